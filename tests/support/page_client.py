"""A client's page in Python, as honest as the real one: it numbers, beats, keeps its secret and joins again. No browser, no media.

Also the test's own workstation: proves itself, publishes, commands.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url, hash_code, hash_secret, look_key, new_code, new_id, new_token
from app.wire.handshake import owner_id, signed_by_workstation
from app.wire.messages import CLIENT_SUBPROTOCOL, CONTROL_SUBPROTOCOL

Json = dict[str, Any]


class Line:
    """A WebSocket that answers beats by itself and lets a test wait for a message."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.answers_beats = True
        self.received: list[Json] = []
        self._inbox: asyncio.Queue[Json] = asyncio.Queue()
        self._arrived = asyncio.Event()
        self.numbers = itertools.count(1)
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(lambda _: self._arrived.set())

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                self.received.append(message)
                self._arrived.set()
                if message["type"] != "beat":
                    self._inbox.put_nowait(message)
                elif self.answers_beats:
                    await self.send("beat", n=message["n"])

    async def send(self, type_: str, **fields: Any) -> int:
        """Send one message with the next number; gives the number."""
        seq = next(self.numbers)
        await self.socket.send(json.dumps({"type": type_, "seq": seq, **fields}))
        return seq

    async def sign_of_life(self) -> None:
        """Send something that the server answers, and wait for the answer: everything sent before was taken in, too."""
        seq = await self.send("are-you-there")
        await self.until(lambda: any(m["type"] == "refused" and m.get("re") == seq for m in self.received))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds`, looking whenever a message arrived."""
        async with asyncio.timeout(10):
            while not holds():
                await self._arrived.wait()
                assert not self._reader.done(), f"closed with {self.socket.close_code}"
                self._arrived.clear()

    @property
    def beats(self) -> list[int]:
        """The numbers of the beats so far."""
        return [m["n"] for m in self.received if m["type"] == "beat"]

    async def fall_silent(self) -> None:
        """Answer no more beats; everything sent so far was taken in, so that the silence begins now."""
        self.answers_beats = False
        await self.sign_of_life()

    async def send_raw(self, data: str | bytes) -> None:
        await self.socket.send(data)

    async def expect(self, type_: str, **fields: Any) -> Json:
        """The next message of this type whose fields have these values; others before it are passed over."""
        async with asyncio.timeout(10):
            while True:
                message = await self._inbox.get()
                if message["type"] == type_ and all(message.get(name) == value for name, value in fields.items()):
                    return message

    async def closed(self) -> int:
        """The close code, once the server has closed."""
        async with asyncio.timeout(10):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    def abort(self) -> None:
        """Vanish as a phone in a tunnel does, as far as one machine can show it."""
        self.socket.transport.abort()


@dataclass
class PageClient:
    """One browser tab."""

    origin: str
    token: str
    """Of the link; empty for who has a code."""
    language: str = "de"
    code: str = ""
    seat: str | None = None
    secret: str | None = None
    room: str = ""
    epoch: int = 0
    way: Json = field(default_factory=dict)
    """How the connection is made where it is not the usual way: arguments of `websockets.connect`."""
    line: Line = field(init=False)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[PageClient]:
        """A connection that has not joined yet."""
        url = self.origin.replace("http", "ws", 1) + "/ws/client"
        async with websockets.connect(
            url, origin=self.origin, subprotocols=[CLIENT_SUBPROTOCOL], compression=None, proxy=None, ping_interval=None, **self.way
        ) as socket:  # type: ignore[arg-type, list-item]
            self.line = Line(socket)
            try:
                yield self
            finally:
                await self.line.close()

    async def join(self, confirm: bool = True) -> Json:
        """Tap. Gives `waiting` or `admitted`; the secret is kept and confirmed."""
        again = {"seat": self.seat, "secret": self.secret} if self.seat and self.secret else {}
        if self.token:
            await self.line.send("join", token=self.token, language=self.language, **again)
        elif again:
            await self.line.send("resume", room=self.room, **again)
        else:
            await self.line.send("join-code", code=self.code, language=self.language)
        async with asyncio.timeout(10):
            while True:
                message = await self.line._inbox.get()
                if message["type"] in ("waiting", "admitted", "refused", "ended"):
                    break
        if message["type"] in ("waiting", "admitted"):
            self.room, self.seat, self.secret = message["room"], message["seat"], message["secret"]
            self.epoch = max(self.epoch, message.get("epoch", 0))
            if confirm:
                await self.line.send("kept", room=self.room)
        return message

    async def offer(self, sdp: str = "v=0\r\n") -> int:
        """The next epoch's offer; gives the epoch."""
        self.epoch += 1
        await self.line.send("offer", room=self.room, epoch=self.epoch, sdp=sdp)
        return self.epoch


@dataclass
class Appointment:
    """A room as a workstation publishes it, with the token that only link and workstation hold."""

    now: int
    token: str = field(default_factory=new_token)
    room: str = field(default_factory=new_id)
    opens_in: int = -60
    minutes: int = 30
    code: str = field(default_factory=new_code)
    site: str = "jobcenter"

    @property
    def look(self) -> str:
        """What the page may look with before the tap."""
        return look_key(self.token)

    def card(self) -> Json:
        return {
            "room": self.room,
            "site": self.site,
            "label": "Jobcenter Musterstadt",
            "phone": "0123 456-0",
            "token_hash": hash_secret(self.token),
            "look_hash": hash_secret(look_key(self.token)),
            "starts_at": self.now + self.opens_in + 60,
            "minutes": self.minutes,
            "opens_at": self.now + self.opens_in,
            "closes_at": self.now + self.opens_in + 60 + self.minutes * 60,
            "language": "de",
            "code_hash": hash_code(self.code),
        }


class Workstation:
    """The counsellor's end, as small as the tests need it."""

    def __init__(self, control_port: int, key: Ed25519PrivateKey, origin: str = "", way: Json | None = None) -> None:
        """`origin` and `way` as a PageClient's, where it does not come to the control listener itself."""
        self._url = f"{origin.replace('http', 'ws', 1) or f'ws://127.0.0.1:{control_port}'}/ws/control"
        self._way = way or {}
        self._key = key
        self.line: Line
        self.nonce = ""

    @property
    def public_key(self) -> str:
        return public_key(self._key)

    @property
    def owner(self) -> str:
        return owner_id(self.public_key)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Workstation]:
        """A connection before the proof."""
        async with websockets.connect(
            self._url,
            subprotocols=[CONTROL_SUBPROTOCOL],
            compression=None,
            proxy=None,
            ping_interval=None,
            **self._way,  # type: ignore[list-item]
        ) as socket:
            self.line = Line(socket)
            try:
                yield self
            finally:
                await self.line.close()

    async def prove(self, sign: Callable[[bytes], bytes] | None = None) -> None:
        challenge = await self.line.expect("challenge")
        self.nonce = nonce = new_token()
        text = signed_by_workstation(challenge["server_key"], self.public_key, challenge["nonce"], nonce)
        signature = b64url((sign or self._key.sign)(text))
        await self.line.send("prove", workstation_key=self.public_key, nonce=nonce, signature=signature)

    async def publish(self, *appointments: Appointment) -> list[Json]:
        """Publish these as all rooms; gives their states."""
        seq = await self.line.send("publish", rooms=[a.card() for a in appointments])
        states = [await self.line.expect("room-state", room=a.room) for a in appointments]
        await self.line.expect("done", re=seq)
        return states

    async def command(self, type_: str, **fields: Any) -> Json:
        """Send a command; gives `done` or `refused`."""
        seq = await self.line.send(type_, **fields)
        async with asyncio.timeout(10):
            while True:
                message = await self.line._inbox.get()
                if message.get("re") == seq:
                    return message

    async def state_now(self, room: str) -> list[Json]:
        """The client seats as told last."""
        await self.line.sign_of_life()
        states = [m for m in self.line.received if m["type"] == "room-state" and m["room"] == room]
        return [s for s in states[-1]["seats"] if s["kind"] == "client"]

    async def state(self, room: str, holds: Callable[[list[Json]], bool]) -> list[Json]:
        """The client seats of the first `room-state` for which `holds`."""
        async with asyncio.timeout(10):
            while True:
                message = await self.line.expect("room-state", room=room)
                seats = [s for s in message["seats"] if s["kind"] == "client"]
                if holds(seats):
                    return seats


def public_key(key: Ed25519PrivateKey) -> str:
    return b64url(key.public_key().public_bytes_raw())


async def send_all(line: Line, frames: list[str | bytes]) -> None:
    """Send until the server has had enough; text that is no UTF-8 cannot be sent at all."""
    for frame in frames:
        try:
            await line.send_raw(frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace").decode())
        except websockets.ConnectionClosed:
            return
    if line.socket.close_code is None:
        try:
            await line.send_raw("{")
        except websockets.ConnectionClosed:
            return
        assert await line.closed() in (4001, 4003, 4004)
