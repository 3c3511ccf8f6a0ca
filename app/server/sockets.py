"""WebSockets by their address, straight to who serves them; everything else goes to the application inside. Plain ASGI.

A client may wait for an hour, and every layer between keeps a frame for it: Starlette's routing alone is a sixth of what it costs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket


class Sockets:
    """One address, one server of WebSockets."""

    def __init__(self, app: ASGIApp, path: str, serve: Callable[[WebSocket], Awaitable[None]]) -> None:
        self._app = app
        self._path = path
        self._serve = serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == self._path:
            await self._serve(WebSocket(scope, receive, send))
        else:
            await self._app(scope, receive, send)
