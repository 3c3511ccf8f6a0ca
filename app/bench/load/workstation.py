"""A counsellor's program as the load plays it: proves itself, publishes rooms, reaches whoever waits, answers offers."""

from __future__ import annotations

import asyncio
import time

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.bench.load.line import Json, Line
from app.bench.load.page import Door, settle
from app.bench.load.tally import Tally
from app.domain.secrets import b64url, new_token
from app.wire.handshake import signed_by_workstation
from app.wire.messages import CONTROL_SUBPROTOCOL, publish_parts


class Workstation:
    """One control link with its rooms."""

    def __init__(self, control_url: str, key: Ed25519PrivateKey, doors: list[Door], source: str, tally: Tally) -> None:
        self.doors = doors
        self._url = control_url
        self._key = key
        self._source = source
        self._tally = tally
        self._line: Line | None = None
        self._reached: set[str] = set()
        loop = asyncio.get_running_loop()
        self.published: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()
        self._parts = 0
        self.heard_from: dict[str, asyncio.Queue[tuple[Json, float]]] = {}
        """Room -> signalling of its page, and when it came."""

    async def come(self) -> None:
        """Stands, proved and published. Raises what `Line.open` raises, and TimeoutError."""
        self._line = await Line.open(f"{self._url}/ws/control", CONTROL_SUBPROTOCOL, self._on_message, self._on_end, self._source)
        async with asyncio.timeout(60):
            await asyncio.wait((self.published, self.ended), return_when=asyncio.FIRST_COMPLETED)
        if not self.published.done():
            self._tally.failed("workstation-not-published")

    async def send(self, type_: str, **fields: object) -> None:
        """A command or signalling."""
        if self._line is not None:
            await self._line.send(type_, **fields)

    async def go(self) -> None:
        """The program ends."""
        if self._line is not None:
            await self._line.close()

    async def _on_message(self, message: Json) -> None:
        match message["type"]:
            case "challenge":
                await self._prove(message)
            case "welcome":
                await self._publish()
            case "done":
                self._parts -= 1
                if self._parts == 0:
                    settle(self.published, None)
            case "room-state":
                await self._reach(message)
            case "offer" | "candidate":
                if (queue := self.heard_from.get(message["room"])) is not None:
                    queue.put_nowait((message, time.perf_counter()))
            case "refused":
                self._tally.failed(f"workstation-refused-{message['code']}")

    async def _prove(self, challenge: Json) -> None:
        own, nonce = b64url(self._key.public_key().public_bytes_raw()), new_token()
        text = signed_by_workstation(challenge["server_key"], own, challenge["nonce"], nonce)
        await self.send("prove", workstation_key=own, nonce=nonce, signature=b64url(self._key.sign(text)))

    async def _publish(self) -> None:
        now = int(time.time())
        parts = publish_parts([door.card(now) for door in self.doors])
        self._parts = len(parts)
        for part in parts:
            await self.send("publish", rooms=msgspec.to_builtins(part.rooms), more=part.more)

    async def _reach(self, state: Json) -> None:
        for seat in state["seats"]:
            if seat["kind"] == "client" and seat["state"] == "waiting" and not seat["reached"] and seat["seat"] not in self._reached:
                self._reached.add(seat["seat"])
                await self.send("reached", room=state["room"], seat=seat["seat"], reached=True)

    def _on_end(self, code: int) -> None:
        settle(self.ended, code)
