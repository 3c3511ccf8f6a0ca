"""What may stand before a server: a TLS end, a firewall that lets no WebSocket through, a proxy that refuses, a host with another clock.

Each is a real listener on 127.0.0.1 in this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, port: int = 0, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port. Connections that stand at the end are cut."""
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # cancelled at the end only
                await serve(reader, writer)
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(one, "127.0.0.1", port, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def saying(status: str, body: bytes = b"", **headers: str) -> Serve:
    """Answers every request alike."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        given = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{given}\r\n".encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return serve


def with_clock(unix: float) -> Serve:
    """Our own `/healthz` of a host whose clock shows that."""
    return saying("200 OK", b'{"ok":true}', Date=formatdate(unix, usegmt=True))


def leading_to(port: int, upgrades: bool = True) -> Serve:
    """Passes everything on to a server on this machine; without `upgrades` a WebSocket is refused as many a firewall does it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not upgrades and b"upgrade: websocket" in head.lower():
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        to_writer.write(head)
        try:
            await asyncio.gather(pumped(reader, to_writer), pumped(to_reader, writer))
        finally:
            to_writer.transport.abort()

    return serve


async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the sender ends; then the receiver hears so."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
