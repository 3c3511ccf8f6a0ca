"""The door for those who dictate a code instead of opening a link: what is stored of a code, and how fast it may be guessed
(PROTOCOL.md, section 11).

There are 10^9 codes, so whoever has the database could try all of them: what is stored is an HMAC under a key that lies in a file of
its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.domain.secrets import b64url, hash_code
from app.server.key_file import KeyFileError, load_or_create
from app.server.ports import Clock, Refusal, RoomRow, RoomStore
from app.server.rate_limits import RateLimits
from app.wire.codes import Code
from app.wire.messages import RoomCard

KEY_FILE = "code-key"
KEY_BYTES = 32
MAX_QUEUE = 8
"""Questions of one address that may stand in line."""


class CodeKey:
    """Turns the hash of a code into what may be stored."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyFileError(
                f"{KEY_FILE} holds no key of {KEY_BYTES} bytes: delete it, and the workstations' next connection makes it good"
            )
        self._key = key

    @classmethod
    def load_or_create(cls, file: Path) -> CodeKey:
        """The key in this file; made on the first start. Raises KeyFileError. With another key no code holds until the workstations
        have published again, which they do whenever they connect."""
        return cls(load_or_create(file, lambda: secrets.token_bytes(KEY_BYTES)))

    def seal(self, code_hash: str) -> str:
        """HMAC-SHA-256 of it, 43 characters."""
        return b64url(hmac.digest(self._key, code_hash.encode("ascii"), "sha256"))


@dataclass(slots=True)
class _Line:
    """The questions of one address, one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class CodeDoor:
    """Finds the room behind a code. Wrong ones are counted; right ones are not, however often they are asked."""

    def __init__(
        self,
        key: CodeKey,
        store: RoomStore,
        limits: RateLimits,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._key = key
        self._store = store
        self._limits = limits
        self._clock = clock
        self._pause = pause
        self._lines: dict[str, _Line] = {}

    def sealed(self, cards: Sequence[RoomCard]) -> list[RoomCard]:
        """The cards as they may be stored."""
        return [msgspec.structs.replace(card, code_hash=self._key.seal(card.code_hash)) if card.code_hash else card for card in cards]

    async def find(self, code: str | None, address: str) -> RoomRow:
        """The one room whose code this is now. Refuses `unknown-code`, whatever is wrong and after the same work (None stands for what was
        no code at all), and `too-many`."""
        async with self._in_line(address):
            if await self._limits.wrong_code_too_often(address):
                raise Refusal(Code.TOO_MANY)
            if delay := await self._limits.code_delay():
                await self._limits.report_in_log("codes")
                await self._pause(delay)
            row = await self._store.find_by_code(self._key.seal(hash_code(code or "")), int(self._clock()))
            if row is None:
                await self._limits.wrong_code(address)
                raise Refusal(Code.UNKNOWN_CODE)
            return row

    @contextlib.asynccontextmanager
    async def _in_line(self, address: str) -> AsyncIterator[None]:
        """One question of an address at a time: otherwise a hundred at once would all come before the first failure is counted."""
        who = self._limits.hidden(address)
        line = self._lines.setdefault(who, _Line())
        if line.length >= MAX_QUEUE:
            raise Refusal(Code.TOO_MANY)
        line.length += 1
        try:
            async with line.turn:
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[who]
