"""The machine: what is really there is measured, and what is missing is found."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from keyring.errors import KeyringLocked

from app.domain.check_result import Measured, judge
from app.domain.check_rules import SystemFigures
from app.domain.checks import Blame, Fault, Side
from app.services.checks import system
from app.services.checks.system import MachineProbe
from app.services.keys import KeyringStore, KeysOfAFolder, MemoryKeyStore
from tests.support.checks import TABLE


def blamed(figures: SystemFigures) -> list[Fault]:
    verdict = judge(Measured(system=figures), TABLE, Side.COUNSELLOR).verdict
    assert verdict.blame in (Blame.OUR_DEVICE, Blame.NOBODY)
    return [fault for fault in (verdict.fault, *verdict.others) if fault]


async def off(seconds: float | None) -> float | None:
    return seconds


class Locked:
    """A key store that nobody has opened."""

    priority = 5

    def set_password(self, *_: str) -> None:
        raise KeyringLocked


async def test_this_machine_is_measured(monkeypatch) -> None:
    monkeypatch.setattr(system, "LOAD_S", 0.1)
    figures = await MachineProbe(lambda: off(0.5), KeysOfAFolder).measure()
    assert figures.clock_off_s == 0.5
    assert figures.keyring is True
    assert figures.memory_mb is not None
    assert 0 < figures.memory_mb < psutil.virtual_memory().total / system.MEBI
    assert figures.load_share is not None
    assert 0 <= figures.load_share <= 1


async def test_a_wrong_clock(monkeypatch) -> None:
    monkeypatch.setattr(system, "LOAD_S", 0.01)
    figures = await MachineProbe(lambda: off(-300.0), KeysOfAFolder).measure()
    assert Fault.CLOCK_WRONG in blamed(figures)


@pytest.mark.parametrize("keys", [MemoryKeyStore, lambda: KeyringStore(Locked())], ids=["none", "locked"])
async def test_no_key_store(monkeypatch, keys) -> None:
    monkeypatch.setattr(system, "LOAD_S", 0.01)
    assert Fault.KEYRING_NONE in blamed(await MachineProbe(keys=keys).measure())


async def test_a_key_store_that_asks_a_person_is_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr(system, "LOAD_S", 0.01)
    monkeypatch.setattr(system, "KEY_STORE_S", 0.05)
    answered = threading.Event()

    def asking() -> MemoryKeyStore:
        answered.wait(10)
        return MemoryKeyStore()

    figures = await MachineProbe(keys=asking).measure()
    answered.set()
    assert figures.keyring is None
    assert Fault.KEYRING_NONE not in blamed(figures)


@contextmanager
def every_processor_busy() -> Iterator[None]:
    workers = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (psutil.cpu_count() or 1))]
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


async def test_a_busy_machine() -> None:
    with every_processor_busy():
        found: list[Fault] = []
        while Fault.LOAD_HIGH not in found:  # they need a moment to start; the test's own time limit ends it
            found = blamed(await MachineProbe(keys=KeysOfAFolder).measure())


async def test_little_memory_and_an_empty_battery(monkeypatch) -> None:
    """Shims: no test may fill a machine's memory, and this one has no battery."""
    monkeypatch.setattr(system, "LOAD_S", 0.01)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 100 * system.MEBI}))
    battery = type("Battery", (), {"percent": 4.0, "power_plugged": False})
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    found = blamed(await MachineProbe(keys=KeysOfAFolder).measure())
    assert {Fault.MEMORY_LOW, Fault.BATTERY_LOW} <= set(found)
    battery.power_plugged = True
    assert Fault.BATTERY_LOW not in blamed(await MachineProbe(keys=KeysOfAFolder).measure())
