"""The place on this computer to which the browser brings the answer of a sign-in (RFC 8252, section 7.3). Knows no provider and no token.

It listens on 127.0.0.1 and a port that the system chooses, for this one answer. All else that knocks gets a page and changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import socketserver
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import structlog

HOST = "127.0.0.1"
"""Not `localhost`, which may lead elsewhere (RFC 8252, section 8.3)."""
PATH = "/sign-in"
LONGEST_QUERY = 8_000
READ_WITHIN_S = 10.0
POLL_S = 0.05

Arrived = Mapping[str, str]
"""Name -> value of the address that the browser opened."""
Page = Callable[[bool], str]
"""HTML for the person: True when the answer has arrived, False for anything else."""
_log = structlog.get_logger(__name__)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


class Waiting:
    """Waits for the one answer that carries the right state."""

    def __init__(self, address: str, answer: asyncio.Future[Arrived]) -> None:
        self.address = address
        """What the provider is told as `redirect_uri`."""
        self._answer = answer

    async def arrived(self) -> Arrived:
        """What the browser brought; `state` is the right one."""
        return await self._answer


@contextlib.asynccontextmanager
async def waiting_for(state: str, page: Page) -> AsyncIterator[Waiting]:
    """Listens while the context lasts. Raises OSError when this computer gives no port."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Arrived] = loop.create_future()

    def tell(values: Arrived) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if answer.done() else answer.set_result(values))

    with _Listener(state, page, tell) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(POLL_S,), name="sign-in-answer", daemon=True)
        thread.start()
        try:
            yield Waiting(f"http://{listener.host}{PATH}", answer)
        finally:
            answer.cancel()
            await asyncio.to_thread(listener.shutdown)
            thread.join()


class _Listener(socketserver.ThreadingTCPServer):
    """`http.server`'s own asks the name service what 127.0.0.1 is called, and that may take a while."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(self, state: str, page: Page, tell: Callable[[Arrived], None]) -> None:
        self.state = state
        self.page = page
        self.tell = tell
        super().__init__((HOST, 0), _Handler)
        self.host = f"{HOST}:{self.server_address[1]}"

    def server_bind(self) -> None:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def handle_error(self, *_: object) -> None:
        _log.info("sign_in.visitor_gone")


class _Handler(BaseHTTPRequestHandler):
    """One request. Says nothing of itself in headers and logs nothing: the address holds the answer."""

    server: _Listener
    timeout = READ_WITHIN_S

    def do_GET(self) -> None:
        values = self._values()
        if values is None:
            self._send(404, self.server.page(False))
            return
        self._send(200, self.server.page(True))
        self.server.tell(values)

    def _values(self) -> Arrived | None:
        """What was brought, if it is the answer that is waited for."""
        parts = urlsplit(self.path)
        if self.headers.get("Host") != self.server.host or parts.path != PATH or len(parts.query) > LONGEST_QUERY:
            return None
        found = parse_qs(parts.query)
        if any(len(values) > 1 for values in found.values()):  # no name stands twice (RFC 6749, section 3.1)
            return None
        brought = {name: values[0] for name, values in found.items()}
        right = hmac.compare_digest(brought.get("state", "").encode(), self.server.state.encode())
        return brought if right else None

    def _send(self, status: int, page: str) -> None:
        content = page.encode()
        self.send_response_only(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return
