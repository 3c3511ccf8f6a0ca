"""One WebSocket of the load: numbers what it sends, answers beats, hands everything else to its owner."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import websockets
from websockets.typing import Origin, Subprotocol

Json = dict[str, Any]
Heard = Callable[[Json], Awaitable[None]]
Ended = Callable[[int], None]
"""Gets the close code."""
_decoder = msgspec.json.Decoder(Json)

OPEN_S = 60.0
"""A connection that does not stand by then is an error."""
CLOSE_S = 10.0


class Line:
    """Open, until either side ends it."""

    def __init__(self, socket: websockets.ClientConnection, heard: Heard, ended: Ended) -> None:
        self._socket = socket
        self._heard = heard
        self._ended = ended
        self._numbers = itertools.count(1)
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        url: str,
        subprotocol: str,
        heard: Heard,
        ended: Ended,
        source: str,
        origin: str | None = None,
    ) -> Line:
        """A connection from this address, without compression and without the library's own pings. Raises OSError, TimeoutError,
        WebSocketException."""
        socket = await websockets.connect(
            url,
            subprotocols=[Subprotocol(subprotocol)],
            origin=Origin(origin) if origin else None,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            user_agent_header=None,
            local_addr=(source, 0),
        )
        return cls(socket, heard, ended)

    async def send(self, type_: str, **fields: Any) -> None:
        """One message; nothing happens on a connection that is over, because its end is told anyway."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(msgspec.json.encode({"type": type_, "seq": next(self._numbers), **fields}), text=True)

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self._socket:
                message = _decoder.decode(text)
                if message["type"] == "beat":
                    await self.send("beat", n=message["n"])
                else:
                    await self._heard(message)
        self._ended(self._socket.close_code or 1006)

    async def close(self) -> None:
        """From our side."""
        await self._socket.close()
        await self._reader
