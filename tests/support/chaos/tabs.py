"""A client's tab that stays: it comes back as the real page does (`resources/web/connection.js`, `protocol.js`), and notes when."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import websockets

from app.wire.codes import CloseCode
from app.wire.messages import CLIENT_SUBPROTOCOL
from tests.support.page_client import Json

SILENCE_S = 12.0
OPENING_S = 5.0
FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 3.0
LONGEST_AT_FIRST_S = 0.4
AT_FIRST_S = 10.0
LONGEST_IN_CONVERSATION_S = 1.0
SLOW_DOWN_S = 10.0
TRY_AGAIN_LATER = 1013
FINAL = (CloseCode.OVER, CloseCode.REFUSED, CloseCode.TAKEN_OVER)
OVER = ("ended", "removed", "replaced")
PASSING = ("not-ready", "too-many", "conflict")
LOST = (OSError, TimeoutError, websockets.WebSocketException)


@dataclass
class Tab:
    """One tab with one link; `address` is where it comes from (127/8), so that the servers' limits see many people."""

    origin: str
    token: str
    address: str
    room: str = ""
    seat: str = ""
    """The first one that it got; losing it would be the worst."""
    state: str = ""
    """`waiting`, `admitted`, or what ended it."""
    seated_at: float = 0.0
    """When the server last gave it its seat again; monotonic seconds."""
    lost_at: float = 0.0
    """When it last lost a connection on which it had its seat."""
    connected: bool = False
    away: bool = False
    """It vanished and does not come back yet."""
    trouble: list[str] = field(default_factory=list)
    """What must never happen to anybody."""
    answered: Callable[[Json], None] = lambda _: None
    _secret: str = ""
    _peer_epoch: int = 0
    _failures: int = 0
    _out_since: float | None = None
    """When the last connection that stood was lost; None while one stands."""
    _socket: websockets.ClientConnection | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """From the tap on, until cancelled or until it is over."""
        while True:
            code = await self._one_connection()
            if code in FINAL:
                self.trouble.append(f"closed for good with {code}")
                self.state = self.state if self.state in OVER else "closed"
                return
            self._out_since = time.monotonic() if self._out_since is None else self._out_since
            await asyncio.sleep(self._pause(code))
            self._failures += 1
            while self.away:
                await self._change()

    async def _one_connection(self) -> int:
        """Gives the close code."""
        url = self.origin.replace("http", "ws", 1) + "/ws/client"
        try:
            async with asyncio.timeout(OPENING_S):
                socket = await websockets.connect(
                    url,
                    origin=self.origin,  # type: ignore[arg-type]
                    subprotocols=[CLIENT_SUBPROTOCOL],  # type: ignore[list-item]
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                    close_timeout=0.1,
                    local_addr=(self.address, 0),
                )
        except LOST:
            return 1006
        self._socket, self._numbers, self._failures, self._out_since = socket, itertools.count(1), 0, None
        try:
            return await self._talk(socket)
        except LOST:
            return socket.close_code or 1006
        finally:
            self.lost_at = time.monotonic() if self.connected else self.lost_at
            self.connected, self._socket = False, None
            socket.transport.abort()

    async def _talk(self, socket: websockets.ClientConnection) -> int:
        known = {"seat": self.seat, "secret": self._secret} if self._secret else {}
        joined = await self.send("join", token=self.token, language="de", **known)
        while True:
            async with asyncio.timeout(SILENCE_S):
                message = json.loads(await socket.recv())
            if message["type"] == "beat":
                await self.send("beat", n=message["n"])
            elif message["type"] == "refused" and message.get("re") == joined:
                return self._refused(message["code"])
            else:
                await self._heard(message)

    def _refused(self, code: str) -> int:
        if code not in PASSING:
            self.trouble.append(code)
            self._secret = ""
        return TRY_AGAIN_LATER if code == "not-ready" else int(CloseCode.SLOW_DOWN)

    async def _heard(self, message: Json) -> None:
        kind = message["type"]
        if kind in ("waiting", "admitted"):
            if self.seat and message["seat"] != self.seat:
                self.trouble.append("another seat")
            self.room, self.seat, self.state = message["room"], message["seat"], kind
            self._peer_epoch = max(self._peer_epoch, message.get("epoch", 0))
            if "secret" in message:
                self._secret = message["secret"]
                await self.send("kept", room=self.room)
                self.seated_at, self.connected = time.monotonic(), True
        elif kind in OVER:
            self.trouble.append(kind)
            self.state = kind
        elif kind == "answer":
            self.answered(message)
        self._changed.set()

    async def send(self, kind: str, **fields: object) -> int:
        """Gives the number it went out with, 0 if it could not be sent."""
        if self._socket is None:
            return 0
        number = next(self._numbers)
        with contextlib.suppress(*LOST):
            await self._socket.send(json.dumps({"type": kind, "seq": number, **fields}))
        return number

    async def offer(self, sdp: str) -> int:
        """The next epoch's offer; gives its epoch."""
        self._peer_epoch += 1
        await self.send("offer", room=self.room, epoch=self._peer_epoch, sdp=sdp)
        return self._peer_epoch

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a message after which `holds`."""
        while not holds():
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def vanish(self) -> None:
        """As a phone in a tunnel: no word, and no way back until `come_back`."""
        self.away = True
        if self._socket is not None:
            self._socket.transport.abort()

    def come_back(self) -> None:
        self.away = False
        self._changed.set()

    def _pause(self, code: int) -> float:
        inside = self.state == "admitted"
        longest = LONGEST_IN_CONVERSATION_S if inside else LONGEST_PAUSE_S
        if code == TRY_AGAIN_LATER:
            return longest * (1 + random.random())
        plain = SLOW_DOWN_S if code == CloseCode.SLOW_DOWN else min(FIRST_PAUSE_S * 2**self._failures, longest)
        pause = plain * (1 + 0.3 * random.random())
        hurried = inside and code != CloseCode.SLOW_DOWN and time.monotonic() - (self._out_since or 0.0) < AT_FIRST_S
        return min(pause, LONGEST_AT_FIRST_S) if hurried else pause
