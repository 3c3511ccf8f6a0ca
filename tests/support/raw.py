"""Bytes that no well-behaved client sends: an HTTP connection and WebSocket frames made by hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator

from app.wire.messages import CLIENT_SUBPROTOCOL
from tests.support.server import Answer, RunningServer

PATIENCE_S = 20.0
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0


class Raw:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def drip(self, data: bytes) -> None:
        """Byte after byte, for as long as the other side takes them."""
        with contextlib.suppress(ConnectionError):
            for byte in data:
                await self.send(bytes([byte]))
                await asyncio.sleep(0.01)

    async def rest(self) -> bytes:
        """What comes until the other side closes."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def head(self) -> Answer:
        """Of the next answer."""
        async with asyncio.timeout(PATIENCE_S):
            return answer_of(await self.reader.readuntil(b"\r\n\r\n"))

    async def close_code(self) -> int:
        """Of the WebSocket, which the server closes; 1006 without one."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    opcode, payload = await self._frame()
                    if opcode == CLOSE:
                        return int(struct.unpack("!H", payload[:2])[0])
            except (asyncio.IncompleteReadError, ConnectionError):
                return 1006

    async def _frame(self) -> tuple[int, bytes]:
        first, length = await self.reader.readexactly(2)
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
        return first & 15, await self.reader.readexactly(length)


@contextlib.asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    """A connection to this machine that says nothing by itself."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def raw_socket(server: RunningServer) -> AsyncIterator[Raw]:
    """A WebSocket of a page; what goes over it is the test's matter."""
    async with raw(server.ready.public_port) as line:
        await line.send(upgrade(server))
        head = await line.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield line


def upgrade(server: RunningServer, method: str = "GET", version: str = "HTTP/1.1", **headers: str | None) -> bytes:
    """The request for a WebSocket; a header that is None is left out."""
    named = {
        "host": server.host,
        "origin": server.url,
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "sec-websocket-protocol": CLIENT_SUBPROTOCOL,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} /ws/client {version}", *(f"{name}: {value}" for name, value in named.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(opcode: int, payload: bytes = b"", *, end: bool = True, masked: bool = True, length: int | None = None) -> bytes:
    """RFC 6455, section 5.2; `length` may lie."""
    size = len(payload) if length is None else length
    mask = os.urandom(4) if masked else b""
    short = size if size < 126 else 126 if size < 65_536 else 127
    long = b"" if size < 126 else size.to_bytes(2 if short == 126 else 8)
    covered = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)) if masked else payload
    return bytes([(128 if end else 0) | opcode, (128 if masked else 0) | short]) + long + mask + covered


def answer_of(data: bytes) -> Answer:
    """The first answer in it."""
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(status.split()[1]), {name.lower(): value for name, value in headers.items()}, body)
