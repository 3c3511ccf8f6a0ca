"""The keys of the survey: one pair for each quarter of a site, and one that seals the answers that wait.

A pair is made when somebody first asks for it. Those of quarters long gone are deleted, but so late that a clock that is wrong by a year
takes nothing away. Where they lie says the shelf: in files of one machine, or sealed in the database that several servers share.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.survey import GRACE_S, quarter_before, quarter_of, start_of
from app.server.key_file import KeyFileError, load_or_create
from app.server.ports import Clock
from app.server.survey.blind_signature import BITS, Signer, new_key

SURVEY, TAKE_UP = "survey-key", "take-up-key"
"""Beginnings of the files' names. Two kinds, because nobody sees what is signed: a client's right must not hold for a workstation's."""
SEAL_FILE = "survey-seal"
SEAL_BYTES = 32
KEPT_QUARTERS = 8
"""Two years."""


class KeyShelf(Protocol):
    """Where the pairs of all sites lie, as DER. Every method may raise KeyFileError and what the place raises."""

    async def find(self, name: str, quarter: str) -> bytes | None: ...

    async def add(self, name: str, quarter: str, key: bytes) -> bytes:
        """Put it there; gives the one that lies there from now on, which is another one if somebody was faster."""
        ...

    async def forget_before(self, name: str, quarter: str) -> None:
        """Delete those of quarters before this one."""
        ...


class FolderShelf:
    """Each pair in a file of its own, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def find(self, name: str, quarter: str) -> bytes | None:
        file = self._folder / f"{name}-{quarter}"
        return await asyncio.to_thread(_content_of, file)

    async def add(self, name: str, quarter: str, key: bytes) -> bytes:
        return await asyncio.to_thread(load_or_create, self._folder / f"{name}-{quarter}", lambda: key)

    async def forget_before(self, name: str, quarter: str) -> None:
        await asyncio.to_thread(self._forget_before, name, quarter)

    def _forget_before(self, name: str, quarter: str) -> None:
        for file in self._folder.glob(f"{name}-*"):
            found = re.fullmatch(r"20\d\d-Q[1-4]", file.name[-7:])
            if found and found[0] < quarter:
                file.unlink(missing_ok=True)


def _content_of(file: Path) -> bytes | None:
    """None for no file, and for an empty one: a first start was cut off while it wrote."""
    return load_or_create(file, bytes) if file.is_file() and file.stat().st_size else None


class QuarterKeys:
    """The signers of one site, for one kind of right."""

    def __init__(self, shelf: KeyShelf | Path, site: str, clock: Clock, kind: str = SURVEY) -> None:
        """`shelf` may be the folder of files."""
        self._shelf = FolderShelf(shelf) if isinstance(shelf, Path) else shelf
        self._name = f"{kind}-{site}"
        self._clock = clock
        self._signers: dict[str, Signer] = {}
        self._making = asyncio.Lock()

    @property
    def now(self) -> str:
        """The running quarter."""
        return quarter_of(int(self._clock()))

    @property
    def day(self) -> int:
        """The running day, counted."""
        return int(self._clock()) // 86_400

    def open_quarters(self) -> list[str]:
        """Whose answers are counted: the running one first."""
        before = quarter_before(self.now)
        return [self.now, before] if self._clock() < start_of(self.now) + GRACE_S else [self.now]

    def is_closed(self, quarter: str) -> bool:
        """No answer of it will be counted any more."""
        return quarter < self.now and quarter not in self.open_quarters()

    async def signer(self, quarter: str) -> Signer | None:
        """The key of an open quarter, else None. One that is not running is never made anew. Raises KeyFileError, StateUnavailable."""
        if quarter not in self.open_quarters():
            return None
        async with self._making:
            if quarter not in self._signers and (key := await self._key(quarter)) is not None:
                self._signers[quarter] = self._read(quarter, key)
            return self._signers.get(quarter)

    async def _key(self, quarter: str) -> bytes | None:
        await self._shelf.forget_before(self._name, quarter_before(self.now, KEPT_QUARTERS))
        found = await self._shelf.find(self._name, quarter)
        if found is not None or quarter != self.now:
            return found
        return await self._shelf.add(self._name, quarter, await asyncio.to_thread(_new_file))

    def _read(self, quarter: str, content: bytes) -> Signer:
        file = f"{self._name}-{quarter}"
        try:
            key = serialization.load_der_private_key(content, None)
        except ValueError:
            raise KeyFileError(f"{file} holds no private key: delete it, rights that were given out in this quarter become void") from None
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS:
            raise KeyFileError(f"{file} holds another kind of key")
        return Signer(key)


def _new_file() -> bytes:
    return new_key().private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def seal_key(folder: Path) -> bytes:
    """The key over the answers that wait; made on the first start. Raises KeyFileError."""
    key = load_or_create(folder / SEAL_FILE, lambda: secrets.token_bytes(SEAL_BYTES))
    if len(key) != SEAL_BYTES:
        raise KeyFileError(
            f"{SEAL_FILE} holds no key of {SEAL_BYTES} bytes: put the right one back, or delete it and the answers that wait"
        )
    return key
