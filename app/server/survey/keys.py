"""The keys of the survey, in files of their own: one pair for each quarter of the site, and one that seals the answers that wait.

A pair is made when somebody first asks for it. Files of quarters long gone are deleted, but so late that a clock that is wrong by a year
takes nothing away.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path

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


class QuarterKeys:
    """The signers of one site, for one kind of right."""

    def __init__(self, folder: Path, site: str, clock: Clock, kind: str = SURVEY) -> None:
        self._folder = folder
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
        """The key of an open quarter, else None. One that is not running is never made anew. Raises KeyFileError."""
        if quarter not in self.open_quarters():
            return None
        async with self._making:
            if quarter not in self._signers and (quarter == self.now or self._file(quarter).exists()):
                self._signers[quarter] = await asyncio.to_thread(self._load, quarter)
            return self._signers.get(quarter)

    def _file(self, quarter: str) -> Path:
        return self._folder / f"{self._name}-{quarter}"

    def _load(self, quarter: str) -> Signer:
        self._forget_old()
        file = self._file(quarter)
        try:
            key = serialization.load_der_private_key(load_or_create(file, _new_file), None)
        except ValueError:
            raise KeyFileError(
                f"{file.name} holds no private key: delete it, rights that were given out in this quarter become void"
            ) from None
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS:
            raise KeyFileError(f"{file.name} holds another kind of key")
        return Signer(key)

    def _forget_old(self) -> None:
        oldest = quarter_before(self.now, KEPT_QUARTERS)
        for file in self._folder.glob(f"{self._name}-*"):
            found = re.fullmatch(r"20\d\d-Q[1-4]", file.name[-7:])
            if found and found[0] < oldest:
                file.unlink(missing_ok=True)


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
