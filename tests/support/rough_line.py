"""Lines on the loopback that are as bad as real ones: a TCP relay that delays, narrows and blocks, and a UDP one that loses packets.

What passes are the browser's and the server's own bytes; nothing is told to either of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

LOOPBACK = "127.0.0.1"
PIECE = 65_536


@dataclass(eq=False)
class RoughLine:
    """Between a browser and a server. Every knob may be turned at any time."""

    delays: Iterator[float] = field(default_factory=lambda: itertools.repeat(0.0))
    """Seconds for one piece after the other, on its way to the browser; the order of the pieces stays."""
    bytes_per_s: float = 0.0
    """Of the way to the server; 0 for as much as there comes."""
    blocks_websockets: bool = False
    """As a proxy that knows pages only."""
    cut: bool = False
    """Nobody is at the other end."""
    port: int = 0
    target: int = 0
    _passing: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """What the browser opens."""
        return f"http://{LOOPBACK}:{self.port}"

    def cut_off(self) -> None:
        """From now on, and what stands ends."""
        self.cut = True
        for task in self._passing:
            task.cancel()

    async def passes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._passing.discard(task)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(PIECE)
        if self.cut or (self.blocks_websockets and b"upgrade: websocket" in first.lower()):
            return
        to_reader, to_writer = await asyncio.open_connection(LOOPBACK, self.target)
        try:
            to_writer.write(first)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._up(reader, to_writer))
                group.create_task(self._down(to_reader, writer))
        except* OSError:
            pass
        finally:
            to_writer.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            if self.bytes_per_s:
                await asyncio.sleep(len(data) / self.bytes_per_s)
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each piece is under way by itself, but none overtakes another."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        now = asyncio.get_running_loop().time

        async def arrive() -> None:
            while (piece := await under_way.get())[1]:
                await asyncio.sleep(max(0.0, piece[0] - now()))
                writer.write(piece[1])
                await writer.drain()
            writer.close()

        async with asyncio.TaskGroup() as group:
            group.create_task(arrive())
            while data := await reader.read(PIECE):
                under_way.put_nowait((now() + next(self.delays), data))
            under_way.put_nowait((now(), b""))

    async def close(self) -> None:
        """End all."""
        self.cut_off()
        await asyncio.gather(*self._passing, return_exceptions=True)


@contextlib.asynccontextmanager
async def rough_line() -> AsyncIterator[RoughLine]:
    """Its `target` is set once the server stands."""
    line = RoughLine()
    server = await asyncio.start_server(line.passes, LOOPBACK, 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.close()
        await server.wait_closed()


class _Way(asyncio.DatagramProtocol):
    """Back to one sender."""

    def __init__(self, back: Callable[[bytes], None]) -> None:
        self._back = back

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._back(data)


class LossyLine(asyncio.DatagramProtocol):
    """Datagrams to a server and back; `loses` decides about each on its way there, and the answers of one that loses all never come."""

    def __init__(self, target: int, loses: Callable[[bytes], bool]) -> None:
        self._target, self._loses = target, loses
        self._ways: dict[tuple[str, int], asyncio.Future[asyncio.DatagramTransport]] = {}
        self._own: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._own = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if not self._loses(data):
            way = self._way(address)
            way.add_done_callback(lambda done: done.result().sendto(data))

    def _way(self, sender: tuple[str, int]) -> asyncio.Future[asyncio.DatagramTransport]:
        if sender not in self._ways:
            self._ways[sender] = asyncio.ensure_future(self._open(sender))
        return self._ways[sender]

    async def _open(self, sender: tuple[str, int]) -> asyncio.DatagramTransport:
        own = self._own
        assert own is not None
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Way(lambda data: own.sendto(data, sender)), remote_addr=(LOOPBACK, self._target)
        )
        return transport

    async def close(self) -> None:
        """End all."""
        for way in self._ways.values():
            (await way).close()
        if self._own is not None:
            self._own.close()


@contextlib.asynccontextmanager
async def lossy_line(target: int, loses: Callable[[bytes], bool]) -> AsyncIterator[int]:
    """Gives the port."""
    loop = asyncio.get_running_loop()
    transport, line = await loop.create_datagram_endpoint(lambda: LossyLine(target, loses), local_addr=(LOOPBACK, 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        await line.close()
