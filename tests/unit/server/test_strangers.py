"""Who asks slowly, reads nothing, or sends what is no WebSocket: they lose their own connection, and others are served at once.

OWASP ASVS 5, 17.3.1 and 17.3.2; RFC 6455, sections 5 and 7.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from app.server import bodies, lobby, protocols, serving
from app.server.lobby import Lobby, Unread
from tests.support.raw import BINARY, CONTINUATION, PING, PONG, TEXT, answer_of, frame, raw, raw_socket, upgrade
from tests.support.server import Answer, RunningServer, running_server
from tests.support.tls_files import Files
from tests.unit.server.test_http import check_headers

SOON_S = 0.3
LONG = b"x" * 1000


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the real deadlines."""
    monkeypatch.setattr(protocols, "HEADERS_DEADLINE_S", SOON_S)
    monkeypatch.setattr(bodies, "BODY_DEADLINE_S", SOON_S)
    monkeypatch.setattr(serving, "HANDSHAKE_S", SOON_S)
    monkeypatch.setattr(lobby, "UNREAD_S", SOON_S)


async def asked(server: RunningServer) -> Answer:
    """By somebody who does it all at once: on this loop, because a thread may be late for the short deadlines of these tests."""
    async with raw(server.ready.public_port) as line:
        await line.send(f"GET /healthz HTTP/1.1\r\nhost: {server.host}\r\nconnection: close\r\n\r\n".encode())
        return answer_of(await line.rest())


async def served(server: RunningServer) -> None:
    """Somebody else, now."""
    assert (await asked(server)).status == 200


# ---- slow ones


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nHost: {host}\r\n", b"GET / HTTP/1.1\r\nx-long: "], ids=["silent", "headers", "header"]
)
async def test_a_request_that_does_not_end(server: RunningServer, begun: bytes) -> None:
    async with raw(server.ready.public_port) as line:
        await line.send(begun.replace(b"{host}", server.host.encode()))
        dripping = asyncio.create_task(line.drip(LONG))
        await served(server)
        assert await line.rest() == b""
        await dripping


async def test_a_body_that_does_not_end(server: RunningServer) -> None:
    for path, status in (("/api/look", 404), ("/api/survey/right", 400), ("/nowhere", 404), ("/static/room.js", 405)):
        async with raw(server.ready.public_port) as line:
            await line.send(f"POST {path} HTTP/1.1\r\nhost: {server.host}\r\ncontent-length: {len(LONG)}\r\n\r\n".encode())
            dripping = asyncio.create_task(line.drip(LONG))
            await served(server)
            answer = await line.head()
            assert answer.status == status, path
            check_headers(answer, server)
            await line.rest()
            await dripping


async def test_a_tls_handshake_that_does_not_end(tmp_path: Path) -> None:
    files = Files(tmp_path, trustme.CA())
    files.issue()
    async with running_server(tmp_path, **files.settings) as server, raw(server.ready.public_port) as line:
        await line.send(b"\x16\x03\x01\x02\x00\x01\x00\x01")
        assert await line.rest() == b""


async def test_who_asks_and_never_reads_is_gone(server: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", server.ready.public_port)) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = f"GET /static/room.js HTTP/1.1\r\nhost: {server.host}\r\n\r\n".encode() * 2000
        await asyncio.to_thread(_push, one, asked)
        poll = select.poll()
        poll.register(one, select.POLLHUP | select.POLLERR)
        assert await asyncio.to_thread(poll.poll, 20_000), "the server has let go of it"
    await served(server)


def _push(one: socket.socket, data: bytes) -> None:
    """As much as the other side takes."""
    one.settimeout(0.2)
    with contextlib.suppress(OSError):
        one.sendall(data)


class Slow(asyncio.Transport):
    """With so much in it that is not read; the test says how much is left at each look."""

    def __init__(self, *left: int) -> None:
        super().__init__()
        self._left, self.aborted, self.read = list(left), asyncio.Event(), asyncio.Event()

    def get_write_buffer_size(self) -> int:
        if self._left[0] == 0:
            self.read.set()
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]

    def abort(self) -> None:
        self.aborted.set()


async def test_a_poor_line_that_takes_a_little_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "UNREAD_S", 0)
    slow = Slow(90, 80, 80, 40, 40, 0)
    Unread(asyncio.get_running_loop(), slow).watch()
    stuck = Slow(90, 90)
    Unread(asyncio.get_running_loop(), stuck).watch()
    await asyncio.wait_for(stuck.aborted.wait(), 5)
    await asyncio.wait_for(slow.read.wait(), 5)
    assert not slow.aborted.is_set()


async def test_tls_that_both_sides_close_at_once_is_left_alone(tmp_path: Path) -> None:
    files = Files(tmp_path, trustme.CA())
    files.issue()
    over = asyncio.Event()

    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x")
        writer.close()
        writer.close()
        Unread(asyncio.get_running_loop(), writer.transport).watch()
        over.set()

    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(files.chain, files.key)
    async with await asyncio.start_server(end, "127.0.0.1", 0, ssl=shown) as listener:
        reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname(), ssl=files.trust())
        assert await reader.read() == b"x"
        writer.close()
        await asyncio.wait_for(over.wait(), 5)


async def test_of_many_silent_ones_from_one_address_the_oldest_go_and_others_come_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "HEADERS_DEADLINE_S", 60)
    monkeypatch.setattr(Lobby.__init__, "__defaults__", (10,))
    async with running_server(tmp_path) as server, contextlib.AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(raw(server.ready.public_port)) for _ in range(40)]
        room = server.appointment()
        async with server.workstation(room), server.page(room).connected() as page:
            assert (await page.join())["type"] == "waiting"
            await served(server)
        await asyncio.gather(*(line.rest() for line in silent[:30]))
        assert not [line for line in silent[35:] if line.reader.at_eof()]


def test_networks_have_places_of_their_own() -> None:
    ended: list[int] = []
    lobby_of_two = Lobby(2)
    for number, address in enumerate(["192.0.2.1", "192.0.2.1", "198.51.100.1", "192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8::3"]):
        lobby_of_two.enter(number, address, lambda number=number: ended.append(number))
    assert ended == [0, 4]
    lobby_of_two.leave(1)
    lobby_of_two.leave(1)
    lobby_of_two.enter(9, "192.0.2.1", lambda: ended.append(9))
    assert ended == [0, 4]


# ---- upgrades and frames


ODD_UPGRADES: list[dict[str, str | None]] = [
    {"method": "POST"},
    {"sec_websocket_key": None},
    {"sec_websocket_key": "short"},
    {"sec_websocket_version": "8"},
    {"sec_websocket_version": None},
    {"content_length": "5"},
    {"transfer_encoding": "chunked"},
    {"x_long": "y" * 9000},
    {f"x_{number}": "y" for number in range(300)},
]


async def test_an_upgrade_that_is_none_is_answered_with_the_headers_and_closed(server: RunningServer) -> None:
    for odd in ODD_UPGRADES:
        async with raw(server.ready.public_port) as line:
            await line.send(upgrade(server, **odd))
            answer = answer_of(await line.rest())
        assert (answer.status, answer.headers["x-content-type-options"]) == (400, "nosniff"), next(iter(odd))
    await served(server)


BAD_FRAMES = [
    (frame(TEXT, b"{}", masked=False), 1002),
    (frame(3, b"{}"), 1002),
    (frame(PING, b"x" * 126), 1002),
    (frame(PING, b"x", end=False), 1002),
    (frame(CONTINUATION, b"x"), 1002),
    (frame(TEXT, b"{", end=False) + frame(TEXT, b"}"), 1002),
    (frame(TEXT, b"\xff\xfe{}"), 1007),
    (frame(TEXT, b"\xc3", end=False) + frame(CONTINUATION, b"("), 1007),
    (frame(TEXT, b"{}", length=2**62), 1009),
    (frame(BINARY, b"{}", length=200_000), 1009),
    (
        frame(TEXT, b"x" * 60_000, end=False) * 1 + frame(CONTINUATION, b"x" * 60_000, end=False) * 2 + frame(CONTINUATION, b"x" * 60_000),
        1009,
    ),
    (b"\xf1\x80" + bytes(4), 1002),
    (frame(8, b"\x00"), 1002),
    (frame(8, (999).to_bytes(2)), 1002),
    (frame(PING) * 700, 1008),
    (frame(PONG) * 700, 1008),
    (frame(TEXT, end=False) + frame(CONTINUATION, end=False) * 700, 1008),
]


async def test_frames_that_nobody_may_send_end_their_own_connection(server: RunningServer) -> None:
    """A client who waits beside them notices nothing."""
    room = server.appointment()
    async with server.workstation(room), server.page(room).connected() as page:
        await page.join()
        for number, (sent, code) in enumerate(BAD_FRAMES):
            async with raw_socket(server) as bad:
                await bad.send(sent)
                assert await bad.close_code() == code, number
        await page.line.sign_of_life()


async def test_a_message_in_parts_is_a_message(server: RunningServer) -> None:
    async with raw_socket(server) as line:
        for number, part in enumerate(b'{"type":"ping","seq":1,"n":7}'):
            await line.send(frame(CONTINUATION if number else TEXT, bytes([part]), end=False))
        await line.send(frame(PING, b"?") + frame(CONTINUATION))
        async with asyncio.timeout(20):
            assert b'"pong"' in await line.reader.readuntil(b"}")


async def test_a_websocket_that_nobody_reads_is_let_go(server: RunningServer) -> None:
    """Its pings fill what lies there for it, and then it falls silent."""
    with socket.create_connection(("127.0.0.1", server.ready.public_port)) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(upgrade(server))
        await asyncio.to_thread(_push, one, frame(PING, b"x" * 125) * 5000)
        poll = select.poll()
        poll.register(one, select.POLLHUP | select.POLLERR)
        assert await asyncio.to_thread(poll.poll, 20_000)
    await served(server)


# ---- answers


@pytest.mark.logs_errors
async def test_an_error_before_the_application_has_the_headers_and_tells_nothing(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> bool:
        raise ValueError("a secret")

    monkeypatch.setattr("app.server.rate_limits.RateLimits.request", broken)
    answer = await asked(server)
    assert (answer.status, answer.body) == (500, b"{}")
    check_headers(answer, server)


@pytest.mark.logs_errors
async def test_an_error_in_the_application_tells_nothing_either(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr("app.server.code_door.CodeDoor.find", broken)
    answer = await server.post("/api/code", code="x" * 43)
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert b"ValueError" not in answer.body
    assert b"Traceback" not in answer.body
    check_headers(answer, server)


NO_REQUESTS = [
    b"\x16\x03\x01\r\n\r\n",
    b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b\0\r\n\r\n",
    b"GET /\r\n\r\n",
]


async def test_what_is_no_request_is_answered_with_the_headers_and_closed(server: RunningServer) -> None:
    for number, sent in enumerate(NO_REQUESTS):
        async with raw(server.ready.public_port) as line:
            await line.send(sent)
            answer = answer_of(await line.rest())
        assert answer.status in (400, 403), number
        assert (answer.headers["cache-control"], answer.headers["x-frame-options"]) == ("no-store", "DENY"), number
        assert "server" not in answer.headers, number


async def test_over_tls_also_what_is_no_request_is_told_to_stay_there(tmp_path: Path) -> None:
    files = Files(tmp_path, trustme.CA())
    files.issue()
    async with running_server(tmp_path, **files.settings) as server:
        for sent in (b"nonsense\r\n\r\n", upgrade(server, sec_websocket_key=None)):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ready.public_port, ssl=files.trust())
            writer.write(sent)
            answer = answer_of(await asyncio.wait_for(reader.read(), 20))
            writer.close()
            assert answer.status == 400
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
