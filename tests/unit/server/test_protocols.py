"""Before the application: what is no HTTP, headers that do not end, and a full house."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from app.server.headers import Allowed, Door, SecurityHeaders
from app.server.protocols import HEADERS_DEADLINE_S, PunctualProtocol, RefusingProtocol
from app.server.rate_limits import RateLimits, Rates
from app.server.settings import Origin
from tests.support.server import RunningServer

REQUEST = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@dataclass
class Timer:
    seconds: float
    work: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Loop:
    """The running loop with timers that the test fires."""

    timers: list[Timer] = field(default_factory=list)

    def call_later(self, seconds: float, work: Callable[[], None]) -> Timer:
        self.timers.append(Timer(seconds, work))
        return self.timers[-1]

    def create_task(self, work: Any) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work)

    @property
    def deadlines(self) -> list[Timer]:
        return [t for t in self.timers if t.seconds == HEADERS_DEADLINE_S and not t.cancelled]


class Wire(asyncio.Transport):
    """What the protocol writes, and whether it has closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closing = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 0

    def resume_reading(self) -> None: ...

    def pause_reading(self) -> None: ...


@dataclass
class Bench:
    """The protocol over a wire and an application that answers when it is let."""

    loop: Loop = field(default_factory=Loop)
    wire: Wire = field(default_factory=Wire)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        config = uvicorn.Config(self.answer, interface="asgi3", log_config=None, lifespan="off")
        self.protocol = PunctualProtocol(config, ServerState(), {}, cast(asyncio.AbstractEventLoop, self.loop))
        self.protocol.connection_made(self.wire)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.go.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def answered(self) -> None:
        self.go.set()
        await asyncio.gather(*self.protocol.tasks)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_headers_that_do_not_end_close_the_connection(bench: Bench) -> None:
    for byte in REQUEST[:-1]:
        bench.protocol.data_received(bytes([byte]))
    [deadline] = bench.loop.deadlines  # one for the whole request: dripping prolongs nothing
    deadline.work()
    assert (bench.wire.closing, bench.wire.written) == (True, b"")


async def test_an_answer_may_take_its_time_and_the_next_request_has_a_deadline_of_its_own(bench: Bench) -> None:
    bench.protocol.data_received(REQUEST)
    assert bench.loop.deadlines == []
    await bench.answered()
    assert bench.loop.deadlines == []
    bench.protocol.data_received(REQUEST[:5])
    [deadline] = bench.loop.deadlines
    bench.protocol.data_received(REQUEST[5:])
    await bench.answered()
    assert bench.loop.deadlines == []
    assert bench.wire.written.count(b"HTTP/1.1 204") == 2
    assert deadline.cancelled


async def test_nonsense_amid_an_answer_ends_the_connection_without_a_word(bench: Bench) -> None:
    bench.protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")
    assert (bench.wire.closing, bench.wire.written) == (True, b"")
    bench.protocol.connection_lost(None)
    await bench.answered()


async def test_a_connection_that_goes_leaves_no_timer(bench: Bench) -> None:
    bench.protocol.connection_lost(None)
    assert bench.loop.deadlines == []


async def test_what_is_no_http_is_answered_with_the_headers(server: RunningServer) -> None:
    for port in (server.ready.public_port, server.ready.control_port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01 no HTTP\r\n\r\n")
        async with asyncio.timeout(10):
            head = (await reader.read()).decode("ascii").lower()
        writer.close()
        assert head.startswith("http/1.1 400 ")
        for expected in ("content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "cache-control: no-store"):
            assert expected in head


# ---- a full house


def come(door: SecurityHeaders, kind: str) -> tuple[asyncio.Task[None], list[Message]]:
    """Somebody at the door; gives their stay and what they were sent."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": kind, "path": "/", "method": "GET", "headers": [(b"host", b"x")], "client": ("192.0.2.1", 1)}
    return asyncio.get_running_loop().create_task(door(scope, receive, send)), sent  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "start"), [("http", "http.response.start"), ("websocket", "websocket.http.response.start")])
async def test_more_than_fit_are_turned_away_until_somebody_goes(kind: str, start: str) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        entered.set()
        await leave.wait()

    allowed = Allowed(frozenset({"x"}), frozenset(), websocket_needs_origin=False)
    door = SecurityHeaders(Door(app, allowed, RateLimits(Rates()), places=1), Origin("http", "x"))
    first, _ = come(door, kind)
    await entered.wait()
    second, sent = come(door, kind)
    await second
    assert (sent[0]["type"], sent[0]["status"], sent[1]["body"]) == (start, 503, b'{"code":"not-ready"}')
    assert b"content-security-policy" in dict(sent[0]["headers"])
    leave.set()
    await first
    third, sent = come(door, kind)
    await third
    assert sent == []


async def test_who_leaves_amid_the_handshake_is_refused_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """The wire closes already, as TLS does for a while, and nobody has said yet that it is lost."""
    wire = Wire()

    async def full(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        wire.close()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4004})

    protocol = RefusingProtocol(uvicorn.Config(full, interface="asgi3", log_config=None, lifespan="off"), ServerState(), {})
    protocol.connection_made(wire)
    protocol.data_received(UPGRADE)
    await asyncio.gather(*protocol.tasks)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
