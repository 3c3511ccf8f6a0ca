"""Security headers and the door: every response carries them, and who comes with a foreign Host or Origin gets 403.

Plain ASGI, so that refused WebSocket upgrades and errors carry the headers too. Sources: CSP Level 3, Fetch (CORP), HTML (COOP),
RFC 6797 (HSTS), Permissions Policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.rate_limits import RateLimits
from app.server.settings import Origin
from app.wire.codes import Code

log = structlog.get_logger(__name__)

_OWN_PAGE = ("camera", "microphone", "display-capture", "autoplay", "fullscreen", "screen-wake-lock", "speaker-selection")
"""What the conversation needs: devices, sound without a second tap, full screen, a screen that stays on, the choice of loudspeaker."""
_NOBODY = (
    "accelerometer ambient-light-sensor attribution-reporting bluetooth browsing-topics clipboard-read clipboard-write compute-pressure "
    "cross-origin-isolated document-domain encrypted-media gamepad geolocation gyroscope hid identity-credentials-get idle-detection "
    "keyboard-map local-fonts magnetometer midi otp-credentials payment picture-in-picture publickey-credentials-create "
    "publickey-credentials-get serial storage-access sync-xhr usb web-share window-management xr-spatial-tracking"
)
MAX_INSIDE = 12_000
"""Requests and WebSockets that one listener serves at the same time; more get 503. At 20 KB for a client that waits these are 240 MB
(docs/benchmarks.md)."""
HSTS = "max-age=31536000; includeSubDomains"


def permissions_policy() -> str:
    """Devices for the page itself, everything else for nobody."""
    return ", ".join([*(f"{name}=(self)" for name in _OWN_PAGE), *(f"{name}=()" for name in _NOBODY.split())])


def content_security_policy(websocket: str) -> str:
    """Everything from here, nothing from elsewhere. The WebSocket's origin stands beside 'self' for older Safari."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            f"connect-src 'self' {websocket}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


_FIXED = {
    "permissions-policy": permissions_policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
PARTS = ("text/javascript", "text/css")
"""What is never a document of its own: a policy of permissions means nothing there (W3C Permissions Policy, section 6.1), and over some
sixty modules it would weigh half as much as they do."""
BARE_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    **_FIXED,
    "cache-control": "no-store",
    "connection": "close",
}
"""Headers of an answer that comes from before the application: to what is no HTTP."""


class SecurityHeaders:
    """Adds the headers to every response of the application inside."""

    def __init__(self, app: ASGIApp, origin: Origin) -> None:
        self._app = app
        self._fixed = {"content-security-policy": content_security_policy(origin.websocket), **_FIXED}
        if origin.secure:
            self._fixed["strict-transport-security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers[name] = value
                if headers.get("content-type", "").startswith(PARTS):
                    del headers["permissions-policy"]
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            if begun or scope["type"] not in ("http", "websocket"):
                raise
            log.error("request-failed", exc_info=error)  # before the application, which answers for its own
            await _answer(500, None, scope, receive, with_headers)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may knock."""

    hosts: frozenset[str]
    """Values of the Host header, lower case."""
    origins: frozenset[str]
    """Values of the Origin header."""
    websocket_needs_origin: bool
    """True where only browsers come: they always say their origin."""


class Door:
    """Host and Origin against DNS rebinding and cross-site WebSockets, the pace of requests, and how many may be inside."""

    def __init__(self, app: ASGIApp, allowed: Allowed, limits: RateLimits, places: int = MAX_INSIDE) -> None:
        self._app = app
        self._allowed = allowed
        self._limits = limits
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not self._may_enter(Headers(scope=scope), scope["type"]):
            await _answer(403, None, scope, receive, send)
        elif scope["type"] == "http" and not await self._limits.request(scope["client"][0] if scope.get("client") else ""):
            await _answer(429, Code.TOO_MANY, scope, receive, send)
        elif self._places <= 0:
            await _answer(503, Code.NOT_READY, scope, receive, send)
        else:
            self._places -= 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._places += 1

    def _may_enter(self, headers: Headers, kind: str) -> bool:
        if headers.get("host", "").lower() not in self._allowed.hosts or len(headers.getlist("host")) != 1:
            return False
        origins = headers.getlist("origin")
        if not origins:
            return kind == "http" or not self._allowed.websocket_needs_origin
        return len(origins) == 1 and origins[0] in self._allowed.origins


async def _answer(status: int, code: Code | None, scope: Scope, receive: Receive, send: Send) -> None:
    """A refusal; before a WebSocket's upgrade as an ordinary HTTP response (ASGI extension websocket.http.response)."""
    content = {"code": code.value} if code else {}
    if scope["type"] == "websocket":
        body = JSONResponse(content, status)
        await send({"type": "websocket.http.response.start", "status": status, "headers": body.raw_headers})
        await send({"type": "websocket.http.response.body", "body": body.body})
        return
    await JSONResponse(content, status)(scope, receive, send)
