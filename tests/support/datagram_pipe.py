"""What stands for an ICE transport under a DTLS handshake of a test: datagrams from one queue into another, some of them lost."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from pyee.asyncio import AsyncIOEventEmitter


class Pipe(AsyncIOEventEmitter):
    """Stands for an ICE transport; loses the datagrams whose numbers it is told."""

    def __init__(self, role: str, lost: set[int]) -> None:
        super().__init__()
        self.role, self.lost = role, lost
        self._connection = SimpleNamespace(take_media=None)
        self.sent = 0
        self.thrice = asyncio.Event()
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.other: Pipe | None = None

    async def _send(self, data: bytes) -> None:
        self.sent += 1
        if self.sent == 3:
            self.thrice.set()
        if self.sent not in self.lost and self.other is not None:
            self.other.inbox.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self.inbox.get()
        if data is None:
            raise ConnectionError
        return data


def pipes(lost_by_server: set[int] | None = None, lost_by_client: set[int] | None = None) -> tuple[Pipe, Pipe]:
    """Two ends of one line: of the side that opens it, and of the side that answers."""
    server, client = Pipe("controlling", lost_by_server or set()), Pipe("controlled", lost_by_client or set())
    server.other, client.other = client, server
    return server, client
