"""One connection alone: what another one's envelope can do to it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import pytest
from starlette.websockets import WebSocket

from app.domain.secrets import new_id
from app.server import envelopes
from app.server.backlog import MAX_BYTES, Backlog
from app.server.connection import Connection
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from app.wire.fields import MAX_ROOMS
from app.wire.messages import Message, control_codec, page_codec
from tests.support.server import exchange_over


class Socket:
    """A WebSocket whose peer says nothing."""

    client = None

    def __init__(self) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.peer_went = asyncio.Event()
        self.close_code: int | None = None

    async def receive(self) -> dict[str, Any]:
        await self.peer_went.wait()
        return {"type": "websocket.disconnect"}

    async def send_text(self, text: str) -> None:
        self.sent.put_nowait(json.loads(text))

    async def close(self, code: int) -> None:
        self.close_code = code


class Listener:
    """A Party that passes on what it hears, as both of the real ones do."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def greet(self) -> None: ...

    async def on_message(self, message: Message) -> None: ...

    async def on_hint(self, envelope: bytes) -> None:
        relay = cast(envelopes.Relay, envelopes.unpack(envelope))
        self._connection.send(control_codec().parse(relay.message))

    async def on_sign_of_life(self) -> None: ...

    async def gone(self) -> None: ...


def test_equal_envelopes_wait_once_and_the_order_stays() -> None:
    backlog = Backlog()
    assert all(map(backlog.put, (b"a", b"b", b"a", b"c", b"b")))
    assert [backlog.pop() for _ in range(3)] == [b"a", b"b", b"c"]
    assert not backlog
    assert backlog.put(b"a")
    assert backlog
    assert backlog.pop() == b"a"


def test_what_waits_is_bounded_whatever_its_number() -> None:
    backlog, large = Backlog(), MAX_BYTES // 4
    assert [backlog.put(number.to_bytes(1) * large) for number in range(5)] == [True] * 4 + [False]
    small = Backlog()
    assert all(small.put(envelopes.pack(envelopes.Changed(room=new_id()))) for _ in range(MAX_ROOMS))


@pytest.mark.logs_errors
async def test_an_envelope_that_cannot_be_read_is_dropped_and_nothing_else() -> None:
    socket, clock = Socket(), lambda: 0.0
    exchange = exchange_over(MemoryRoomStore(), MemoryFanout(clock), clock)
    connection = Connection(cast(WebSocket, socket), page_codec(), exchange)
    running = asyncio.create_task(connection.run(Listener(connection)))
    for broken in ("{", "x" * 70_000, '{"type":"of-tomorrow","seq":1}'):
        connection.hint(envelopes.pack(envelopes.Relay(message=broken)))
    connection.hint(envelopes.pack(envelopes.Relay(message='{"type":"done","seq":1,"re":7}')))
    assert await asyncio.wait_for(socket.sent.get(), 5) == {"type": "done", "seq": 1, "re": 7}
    socket.peer_went.set()
    await asyncio.wait_for(running, 5)
    assert socket.close_code is None
    assert not connection.ending
