"""uvicorn's two protocols with gaps closed: answers without our headers, requests that never end, answers that nobody reads, refusals
taken for errors, strangers who can make the log cry.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from app.server.headers import BARE_HEADERS, HSTS
from app.server.lobby import Lobby, Unread

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent

HEADERS_DEADLINE_S = 10.0
"""From the connection, or a request's first byte, to the end of its headers; also how long a connection may be open for nothing."""
FRAMES = 600
FRAMES_IN_S = 10.0
"""So many pings, pongs and parts of messages in this time: twice of what messages themselves may be."""
INVALID_TEXT, POLICY_VIOLATION = 1007, 1008
"""RFC 6455, section 7.4.1."""
AT_ONCE = "videoberatung.at-once"
"""ASGI extension of ours for WebSockets: a `Quick`, for what need not wait for anybody's turn."""
FOR_HANDSHAKE = frozenset({"app_state", "asgi_version", "default_headers", "request", "response", "root_path", "server"})
"""Attributes of uvicorn's protocol that nobody asks for after it."""
LASTING = {"type", "path", "client", AT_ONCE}
"""What of the scope of a WebSocket (ASGI) is asked for after the handshake."""


class Hearer(Protocol):
    """Who serves a WebSocket."""

    def take_now(self, text: str) -> bool:
        """A message that was dealt with at once; False if it has to be received like every other one."""
        ...


class Quick(Protocol):
    """A WebSocket without the ways round: thousands that wait say every few seconds that they are there, and nothing else."""

    hearer: Hearer | None
    """Is asked about each text message that no other one waits before."""

    def send_now(self, text: str) -> bool:
        """Hand a message to the network, unless it still has enough of those before, or the connection is not open."""
        ...


def _of_class(name: str) -> object:
    return getattr(RefusingProtocol, name, LASTING)


def bad_request(secure: bool) -> bytes:
    """The answer to what is no HTTP, or no WebSocket."""
    headers = {**BARE_HEADERS, "strict-transport-security": HSTS} if secure else BARE_HEADERS
    lines = ("HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers.items()), "content-length: 0", "", "")
    return "\r\n".join(lines).encode("ascii")


class PunctualProtocol(H11Protocol):
    """HTTP whose headers come in time and whose answers are read. What is no HTTP is answered with our headers; uvicorn 0.54 has none of
    these."""

    _deadline: asyncio.TimerHandle | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        lobby: Lobby | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._lobby = lobby or Lobby()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._unread = Unread(self.loop, transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_came()
        self._unread.stop()
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
            self._lobby.enter(self, self.client[0] if self.client else "", self.transport.abort)

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self._lobby.leave(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread.watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unread.watch()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP. In the middle of an answer there is nothing to be said any more."""
        if self._idle:
            self.transport.write(bad_request(self.scheme == "https"))
        self.transport.close()


class _Inbox:
    """What came and was not taken yet, for one taker. asyncio's queue keeps four deques ready, 2.5 KB for each WebSocket."""

    __slots__ = ("_events", "_taker")

    def __init__(self) -> None:
        self._events: list[ASGIReceiveEvent] = []
        self._taker: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._events

    def put_nowait(self, event: ASGIReceiveEvent) -> None:
        self._events.append(event)
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)

    async def get(self) -> ASGIReceiveEvent:
        while not self._events:
            self._taker = asyncio.get_running_loop().create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        return self._events.pop(0)


class _Gate:
    """asyncio's event without a queue of its own while nobody waits."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event: asyncio.Event | None = None

    def set(self) -> None:
        if self._event is not None:
            self._event.set()
            self._event = None

    def clear(self) -> None:
        self._event = self._event or asyncio.Event()

    @property
    def open(self) -> bool:
        return self._event is None

    async def wait(self) -> None:
        if self._event is not None:
            await self._event.wait()


class RefusingProtocol(WebSocketsSansIOProtocol):
    """WebSockets that a stranger cannot misuse before the application sees a message.

    uvicorn 0.54 logs errors for every stranger who knocks and for text that is none, leaves an upgrade that it cannot read open for ever,
    answers others without our headers, counts no pings, and waits for ever for a peer that reads nothing. It also keeps a handshake that is
    over for as long as the connection lasts: its headers, three times, were a tenth of what a waiting client cost.
    """

    _frames_since = 0.0
    _frames = 0

    # What most never need is not kept for each (see `_forget_handshake`).
    ping_timer = pong_timer = close_timer = None
    pending_ping_payload = initial_response = None
    ping_sent_at = last_ping_rtt = 0.0
    close_timeout = 10.0
    close_sent = disconnected = False
    hearer: Hearer | None = None

    _unread: Unread | None = None
    """Once the application has done with it; thousands wait without."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.queue = _Inbox()  # type: ignore[assignment]
        self.writable: _Gate = _Gate()  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._unread is not None:
            self._unread.stop()
        super().connection_lost(exc)
        getattr(self, "scope", {}).pop(AT_ONCE, None)  # or protocol and scope would hold each other

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._refuse_upgrade()

    def handle_connect(self, event: Request) -> None:
        if self.conn.accept(event).status_code == 101:
            super().handle_connect(event)
            self.scope[AT_ONCE] = self  # type: ignore[literal-required]
        else:
            self._refuse_upgrade()

    def _refuse_upgrade(self) -> None:
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        self.transport.write(bad_request(self.scheme == "wss"))
        self.transport.close()

    # ---- frames

    def handle_ping(self) -> None:
        if self._in_time():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._in_time():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if self._in_time():
            super().handle_cont(event)

    def _in_time(self) -> bool:
        """Count a frame that is no message by itself; one too many ends the connection."""
        if self.close_sent:
            return False
        now = self.loop.time()
        if now - self._frames_since >= FRAMES_IN_S:
            self._frames_since, self._frames = now, 0
        self._frames += 1
        if self._frames <= FRAMES:
            return True
        self._fail(POLICY_VIOLATION)
        return False

    def send_receive_event_to_app(self) -> None:
        try:
            text = b"".join(self.frames).decode() if self.curr_msg_data_type == "text" else None
        except UnicodeDecodeError:
            self.frames = []
            self._fail(INVALID_TEXT)
        else:
            if text is not None and self._taken(text):
                self.frames = []
            else:
                super().send_receive_event_to_app()

    def _taken(self, text: str) -> bool:
        return self.hearer is not None and self.queue.empty() and not self.close_sent and self.hearer.take_now(text)

    def _fail(self, code: int) -> None:
        if not self.close_sent:
            self.conn.send_close(code)
            self.handle_parser_exception()

    # ---- sending

    def send_now(self, text: str) -> bool:
        if not self.writable.open or self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            return False
        self.conn.send_text(text.encode())
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    # ---- the end

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if not self.disconnected:
            self._unread = Unread(self.loop, self.transport)
            self._unread.watch()

    async def send(self, message: ASGISendEvent) -> None:
        """A complete refusal (ASGI extension `websocket.http.response`) is the end of the handshake, too."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
        elif message["type"] == "websocket.accept" and self.handshake_complete:  # not where the peer is leaving already
            self._forget_handshake()

    def _forget_handshake(self) -> None:
        """websockets' parser holds on to the request for as long as it lives, so the headers inside go, and of the scope everything but
        who is there."""
        self.request.headers.clear()
        self.response.headers.clear()
        for name in self.scope.keys() - LASTING:
            del self.scope[name]  # type: ignore[misc]
        kept = {name: value for name, value in vars(self).items() if name not in FOR_HANDSHAKE and value is not _of_class(name)}
        self.__dict__ = dict(kept)  # uvicorn's 37 attributes need a table for 85; 21 find room in one for 32
