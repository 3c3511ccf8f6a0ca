"""A client's page as the load plays it: waits, is admitted, offers, answers the survey. No browser and no media.

It numbers, beats, keeps its secret and says so, as the real page does (PROTOCOL.md, sections 2, 4 and 5).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from app.bench.load.line import Json, Line
from app.bench.load.tally import Tally
from app.domain.secrets import hash_secret, look_key, new_id, new_token
from app.wire.messages import CLIENT_SUBPROTOCOL, RoomCard


@dataclass(frozen=True, slots=True)
class Door:
    """A room, and the token that link and workstation hold."""

    room: str = field(default_factory=new_id)
    token: str = field(default_factory=new_token)

    def card(self, now: int) -> RoomCard:
        """As it is published; open from now on, for an hour."""
        return RoomCard(
            room=self.room,
            site="jobcenter",
            label="Jobcenter",
            phone="0123 456-0",
            token_hash=hash_secret(self.token),
            look_hash=hash_secret(look_key(self.token)),
            starts_at=now,
            minutes=60,
            opens_at=now - 60,
            closes_at=now + 3600,
            language="de",
        )


class Page:
    """One tab."""

    def __init__(self, origin: str, door: Door, source: str, tally: Tally) -> None:
        self.door = door
        self.seat = ""
        self.secret = ""
        self.origin = origin
        self.source = source
        self._tally = tally
        self._line: Line | None = None
        loop = asyncio.get_running_loop()
        self.epoch = 0
        self.waiting: asyncio.Future[float] = loop.create_future()
        self.admitted: asyncio.Future[float] = loop.create_future()
        """When it knew, `time.perf_counter`; a new one for each admission."""
        self.ended: asyncio.Future[int] = loop.create_future()
        """The close code."""
        self.heard: asyncio.Queue[tuple[Json, float]] = asyncio.Queue()
        """Signalling of the other side, and when it came."""

    async def come(self) -> None:
        """Tap, and sit in the waiting room. Raises what `Line.open` raises."""
        began = time.perf_counter()
        url = f"{self.origin.replace('http', 'ws', 1)}/ws/client"
        self._line = await Line.open(url, CLIENT_SUBPROTOCOL, self._on_message, self._on_end, self.source, self.origin)
        await self._line.send("join", token=self.door.token, language="de")
        await asyncio.wait((self.waiting, self.ended), return_when=asyncio.FIRST_COMPLETED, timeout=60)
        if self.waiting.done():
            self._tally.connected.add(time.perf_counter() - began)
        else:
            self._tally.failed("not-waiting")

    def expect(self) -> None:
        """Another admission, and after it the waiting room again."""
        loop = asyncio.get_running_loop()
        self.admitted, self.waiting = loop.create_future(), loop.create_future()
        self.heard = asyncio.Queue()

    async def send(self, type_: str, **fields: object) -> None:
        """Something about its room."""
        if self._line is not None:
            await self._line.send(type_, room=self.door.room, **fields)

    async def go(self) -> None:
        """Close the tab."""
        if self._line is not None:
            await self._line.close()

    async def _on_message(self, message: Json) -> None:
        now = time.perf_counter()
        match message["type"]:
            case "waiting":
                self.seat = message["seat"]
                if message.get("secret"):
                    self.secret = message["secret"]
                    await self.send("kept")
                settle(self.waiting, now)
            case "admitted":
                settle(self.admitted, now)
            case "answer" | "candidate":
                self.heard.put_nowait((message, now))
            case "refused":
                self._tally.failed(f"page-refused-{message['code']}")

    def _on_end(self, code: int) -> None:
        settle(self.ended, code)


def settle(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)
