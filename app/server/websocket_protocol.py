"""uvicorn's WebSocket protocol with one gap closed: after a refusal in place of the upgrade (ASGI extension `websocket.http.response`)
uvicorn 0.54 logs an error, "returned without completing handshake", for every stranger who knocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


class RefusingProtocol(WebSocketsSansIOProtocol):
    """Counts a complete refusal as the end of the handshake."""

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
