"""One connection alone: what another one's envelope can do to it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, ClassVar, cast

import pytest
from starlette.websockets import WebSocket

from app.domain.secrets import new_id
from app.server import envelopes
from app.server.backlog import MAX_BYTES, Backlog
from app.server.connection import INTERNAL_ERROR, Connection
from app.server.protocols import AT_ONCE, Hearer
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from app.wire.fields import MAX_ROOMS
from app.wire.messages import Message, control_codec, page_codec
from tests.support.server import exchange_over


class Socket:
    """A WebSocket whose peer says nothing."""

    client = None
    scope: ClassVar[dict[str, object]] = {}

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


class QuickSocket(Socket):
    """One that takes a message without waiting for as long as it is `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.open = True
        self.hearer: Hearer | None = None
        self.at_once: list[dict[str, Any]] = []
        self.scope = {AT_ONCE: self}  # type: ignore[misc]

    def send_now(self, text: str) -> bool:
        if self.open:
            self.at_once.append(json.loads(text))
        return self.open


class Listener:
    """A Party that passes on what it hears, as both of the real ones do."""

    at_rest = True
    program = ("", True)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def way_of(self, message: Message) -> None:
        return None

    def passed_on(self, envelope: bytes) -> bool:
        if (text := envelopes.relayed(envelope)) is not None:
            self._connection.send(control_codec().parse(text))
        return text is not None

    async def greet(self) -> None: ...

    async def on_message(self, message: Message) -> None: ...

    async def on_hint(self, envelope: bytes) -> None:
        relay = cast(envelopes.Relay, envelopes.unpack(envelope))
        self._connection.send(control_codec().parse(relay.message))

    def on_sign_of_life(self) -> None: ...

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


async def served(socket: Socket, party: type[Listener]) -> tuple[Connection, asyncio.Task[None]]:
    """A connection over this WebSocket that has greeted its party."""
    clock = lambda: 0.0  # noqa: E731
    connection = Connection(cast(WebSocket, socket), page_codec(), exchange_over(MemoryRoomStore(), MemoryFanout(clock), clock))
    running = asyncio.create_task(connection.run(party(connection)))
    await asyncio.sleep(0)
    return connection, running


def done(number: int) -> bytes:
    return envelopes.pack(envelopes.Relay(message=f'{{"type":"done","seq":1,"re":{number}}}'))


async def test_signalling_goes_out_at_once_and_stays_in_order_where_the_network_is_slow() -> None:
    socket = QuickSocket()
    connection, running = await served(socket, Listener)
    connection.hint(done(7))
    assert socket.at_once == [{"type": "done", "seq": 1, "re": 7}], "nobody waited in between"
    socket.open = False
    connection.hint(done(8))
    socket.open = True
    connection.hint(done(9))
    assert len(socket.at_once) == 1, "what came before is still on its way"
    assert [(await asyncio.wait_for(socket.sent.get(), 5))["re"] for _ in range(2)] == [8, 9]
    socket.peer_went.set()
    await asyncio.wait_for(running, 5)


async def test_only_signs_of_life_are_taken_at_once_and_each_counts_once() -> None:
    socket = QuickSocket()
    _, running = await served(socket, Listener)
    assert socket.hearer is not None
    beat = '{"type":"beat","seq":1,"n":1}'
    taken = [socket.hearer.take_now(text) for text in (beat, beat, '{"type":"ping","seq":2,"n":1}', "{", beat.replace("1", "2", 1))]
    assert taken == [True, False, False, False, True], "what is out of order, different or broken is for the reader to answer"
    socket.peer_went.set()
    await asyncio.wait_for(running, 5)
    assert socket.hearer is None


@pytest.mark.logs_errors
async def test_an_error_of_ours_over_a_message_that_is_taken_at_once_ends_its_connection_only() -> None:
    class Broken(Listener):
        def way_of(self, message: Message) -> None:
            raise KeyError

    socket = QuickSocket()
    _, running = await served(socket, Broken)
    assert socket.hearer is not None
    assert socket.hearer.take_now('{"type":"beat","seq":1,"n":1}')
    await asyncio.wait_for(running, 5)
    assert socket.close_code == INTERNAL_ERROR


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
