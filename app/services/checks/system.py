"""This machine beside its devices: clock, key store, memory, load, battery. Imports `app.domain`, the key store and psutil."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

import psutil
import structlog

from app.domain.check_rules import SystemFigures
from app.services.keys import KeyStore, KeyStoreError, choose_key_store

_log = structlog.get_logger(__name__)

LOAD_S = 1.0
KEY_STORE_S = 3.0
"""A key store that asks a person for its own passphrase is not waited for: then nothing is known."""
CHECK_KEY = "check-key"
MEBI = 1 << 20


async def _unknown() -> float | None:
    return None


class MachineProbe:
    """`SystemProbe`."""

    def __init__(
        self, clock_off_s: Callable[[], Awaitable[float | None]] = _unknown, keys: Callable[[], KeyStore] = choose_key_store
    ) -> None:
        """`clock_off_s` asks the server; `keys` may wait and is called on a thread."""
        self._clock_off_s = clock_off_s
        self._keys = keys

    async def measure(self) -> SystemFigures:
        """See `SystemProbe`."""
        keyring, load, clock = await asyncio.gather(self._keyring(), asyncio.to_thread(_load), self._clock_off_s())
        return SystemFigures(
            clock_off_s=clock,
            keyring=keyring,
            memory_mb=round(psutil.virtual_memory().available / MEBI, 1),
            load_share=load,
            battery_share=_battery(),
        )

    async def _keyring(self) -> bool | None:
        try:
            async with asyncio.timeout(KEY_STORE_S):
                return await asyncio.to_thread(_keeps, self._keys)
        except TimeoutError:
            return None


def _keeps(keys: Callable[[], KeyStore]) -> bool:
    """Whether what is given to the store is found there again. What was given stays: a few random bytes under a name of their own."""
    store = keys()
    if not store.lasting:
        return False
    secret = secrets.token_bytes(32)
    try:
        store.save(CHECK_KEY, secret)
        return store.load(CHECK_KEY) == secret
    except KeyStoreError as error:
        _log.info("check.key_store_refused", error=type(error).__name__)
        return False


def _load() -> float:
    """Share of all processors, 0 to 1."""
    return float(round(psutil.cpu_percent(interval=LOAD_S) / 100, 3))


def _battery() -> float | None:
    """Share that is left; None on the mains, and where nobody knows."""
    with contextlib.suppress(OSError, AttributeError, NotImplementedError):
        battery = psutil.sensors_battery()
        if battery is not None and not battery.power_plugged:
            return float(round(battery.percent / 100, 3))
    return None
