"""uvicorn's two protocols with gaps closed: answers without our headers, requests that never end, refusals taken for errors."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.server.headers import BARE_HEADERS

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

HEADERS_DEADLINE_S = 10.0
"""From the connection, or a request's first byte, to the end of its headers; also how long a connection may be open for nothing."""
_BAD_REQUEST = "".join(
    ("HTTP/1.1 400 Bad Request\r\n", *(f"{name}: {value}\r\n" for name, value in BARE_HEADERS.items()), "content-length: 0\r\n\r\n")
).encode("ascii")


class PunctualProtocol(H11Protocol):
    """HTTP whose headers come in time. What is no HTTP is answered with our headers; uvicorn 0.54 has neither."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.scope
        super().data_received(data)
        if self.scope is not before:
            self._headers_came()
        elif self._idle and not self.transport.is_closing():
            self._await_headers()

    @property
    def _idle(self) -> bool:
        """No request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _await_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADERS_DEADLINE_S, self.transport.close)

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP. In the middle of an answer there is nothing to be said any more."""
        if self._idle:
            self.transport.write(_BAD_REQUEST)
        self.transport.close()


class RefusingProtocol(WebSocketsSansIOProtocol):
    """Counts a complete refusal (ASGI extension `websocket.http.response`) as the end of the handshake.

    uvicorn 0.54 logs an error, "returned without completing handshake", for every stranger who knocks.
    """

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
