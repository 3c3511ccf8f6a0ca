"""A simulated client: speaks the page's half of the wire to the program's own server, on this machine only. For training. No Qt.

It does what a person's browser does (PROTOCOL.md): takes a seat by the link's token, keeps its secret, beats, knocks, offers, compares
words, chats, and comes back with its seat after it dropped out. Nothing is measured and nothing is played.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from app.domain.secrets import new_id
from app.services.clock import Clock
from app.services.events import Event
from app.services.tasks import Refusal, Tasks
from app.services.training.client_talk import ClientTalk
from app.services.training.ports import ClientMedia
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.messages import (
    CLIENT_SUBPROTOCOL,
    Admitted,
    Answer,
    Beat,
    Candidate,
    Ended,
    Join,
    Kept,
    Knock,
    Leave,
    Message,
    NeedOffer,
    NoticeTold,
    Offer,
    OfferReason,
    Peer,
    Reached,
    Refused,
    Removed,
    Replaced,
    Waiting,
    encode,
    page_side_codec,
)
from app.wire.talk import Chat, encode_talk

_log = structlog.get_logger(__name__)

LOOPBACK = "127.0.0.1"
_HERE = frozenset({LOOPBACK, "localhost", "::1"})
OPEN_S = 5.0
AGAIN_S = 0.5
"""Between two tries to reach the server."""
PATIENCE = 20
"""Tries with a link that the server does not know yet."""
_BROKEN = (OSError, WebSocketException, WireError)


class NotHere(Refusal):
    """A link that leads off this machine: in training nobody goes there."""


class ClientState(enum.Enum):
    """What the simulated client does at the moment."""

    AWAY = "away"
    """Has not opened the link, or left."""
    ARRIVING = "arriving"
    WAITING = "waiting"
    IN_ROOM = "in-room"
    DROPPED = "dropped"
    """Has no network; the seat stays."""
    OVER = "over"
    """The conversation was ended, or the client was sent away."""


@dataclass(slots=True)
class _Seat:
    room: str = ""
    seat: str = ""
    secret: str = ""


class SimulatedClient:
    """One for the training. Everything on the desktop's loop; `changed` is told of every step."""

    def __init__(self, media: ClientMedia, clock: Clock, tasks: Tasks) -> None:
        self.changed: Event[ClientState] = Event()
        self.refused: Event[str] = Event()
        """The code with which the server refused something."""
        self.state = ClientState.AWAY
        self.reached = False
        """The page may say that the counsellor knows."""
        self.notice: NoticeTold | None = None
        """What the counsellor told those who wait."""
        self.media = media
        self.talk = ClientTalk(media, clock, tasks, lambda: self.changed.announce(self.state))
        self._tasks = tasks
        self._codec = page_side_codec()
        self._numbers = itertools.count(1)
        self._origin, self._token, self._language = "", "", "de"
        self._seat = _Seat()
        self._epoch = 0
        self._peer, self._patience = "", PATIENCE
        self._socket: ClientConnection | None = None
        self._running: asyncio.Task[None] | None = None

    # ---- what a trainer lets them do

    def arrive(self, link: str, language: str = "de") -> None:
        """Open that link and go into the waiting room. Raises NotHere for one that leads off this machine."""
        self._origin, self._token = here(link)
        self._language = language
        self._seat, self._epoch, self._patience = _Seat(), 0, PATIENCE
        self.talk.forget()
        self._begin()

    async def knock(self) -> None:
        """Once more, from the waiting room; the server takes one in 30 s."""
        await self._send(Knock(seq=1, room=self._seat.room))

    def say(self, text: str) -> None:
        """A line in the chat."""
        self.media.say(encode_talk(Chat(id=new_id(), text=text)))

    async def drop_out(self) -> None:
        """The network is gone, without a word to anybody."""
        if self.state in (ClientState.WAITING, ClientState.IN_ROOM):
            self._go(ClientState.DROPPED)
            await self._stop(abruptly=True)

    def come_back(self) -> None:
        """With the same seat, as a tab does."""
        if self.state in (ClientState.DROPPED, ClientState.AWAY) and self._seat.secret:
            self._begin()

    async def leave(self) -> None:
        """By a tap."""
        if self.state in (ClientState.WAITING, ClientState.IN_ROOM):
            await self._send(Leave(seq=1, room=self._seat.room))
        self._go(ClientState.AWAY)
        await self._stop()

    async def close(self) -> None:
        """For the end of the training."""
        self._go(ClientState.AWAY)
        await self._stop()
        self.talk.close()

    # ---- the connection

    def _begin(self) -> None:
        if self._running is None or self._running.done():
            self._go(ClientState.ARRIVING)
            self._running = self._tasks.start("simulated-client", self._run())

    async def _stop(self, abruptly: bool = False) -> None:
        running, self._running = self._running, None
        if running is not None:
            if abruptly and self._socket is not None:
                self._socket.transport.abort()
            running.cancel()
            await asyncio.wait([running])
        await self.media.hang_up(silently=abruptly)
        self.talk.hung_up()

    async def _run(self) -> None:
        """Until the conversation is over; a server that is started again is found again."""
        while self.state not in (ClientState.OVER, ClientState.AWAY):
            try:
                await self._connected()
            except _BROKEN as error:
                _log.info("training.client_line", error=type(error).__name__)
            if self.state not in (ClientState.OVER, ClientState.AWAY):
                await asyncio.sleep(AGAIN_S)

    async def _connected(self) -> None:
        url = f"{self._origin.replace('http', 'ws', 1)}/ws/client"
        self._numbers = itertools.count(1)
        async with connect(
            url,
            origin=Origin(self._origin),
            subprotocols=[Subprotocol(CLIENT_SUBPROTOCOL)],
            compression=None,
            max_size=MAX_MESSAGE_BYTES,
            ping_interval=None,
            open_timeout=OPEN_S,
            close_timeout=1,
            proxy=None,
        ) as socket:
            self._socket = socket
            try:
                seat = self._seat
                again = {"seat": seat.seat, "secret": seat.secret} if seat.secret else {}
                await self._send(Join(seq=1, token=self._token, language=self._language, **again))
                async for text in socket:
                    await self._take(self._codec.parse(text))
            finally:
                self._socket = None

    async def _send(self, message: Message) -> None:
        if self._socket is not None:
            with contextlib.suppress(WebSocketException):
                await self._socket.send(encode(replace(message, seq=next(self._numbers))))

    # ---- what the server says

    async def _take(self, message: Message) -> None:
        match message:
            case Beat():
                await self._send(Beat(seq=1, n=message.n))
            case Waiting():
                await self._wait(message)
            case Reached() | Peer():
                self.reached = message.reached if isinstance(message, Reached) else message.present
                self.changed.announce(self.state)
            case NoticeTold():
                self.notice = message
                self.changed.announce(self.state)
            case Admitted():
                await self._enter(message)
            case NeedOffer():
                await self._offer(screen=message.reason is OfferReason.SCREEN)
            case Answer() if message.epoch == self._epoch:
                self.talk.vouched(self._epoch, await self.media.answer(message.sdp))
            case Candidate() if message.epoch == self._epoch:
                self.media.candidate(message.candidate, message.mid, message.line)
            case Removed() | Replaced() | Ended():
                await self._end()
            case Refused():
                await self._hear_no(message)

    async def _wait(self, message: Waiting) -> None:
        await self._keep(message)
        self.reached = message.reached
        await self.media.hang_up()
        self.talk.hung_up()
        self._go(ClientState.WAITING)

    async def _enter(self, message: Admitted) -> None:
        await self._keep(message)
        self._peer, self._epoch, self.reached, self.notice = message.peer, max(self._epoch, message.epoch), message.peer_present, None
        self._go(ClientState.IN_ROOM)
        await self._offer()

    async def _keep(self, message: Waiting | Admitted) -> None:
        self._seat.room, self._seat.seat = message.room, message.seat
        if message.secret is not None:
            self._seat.secret = message.secret
            await self._send(Kept(seq=1, room=message.room))

    async def _offer(self, screen: bool = False) -> None:
        self._epoch += 1
        sdp = await self.media.offer(screen or self.talk.counsellor_shows)
        await self._send(Offer(seq=1, room=self._seat.room, epoch=self._epoch, sdp=sdp, to=self._peer))
        await self._send(Candidate(seq=1, room=self._seat.room, epoch=self._epoch, candidate="", to=self._peer))

    async def _end(self) -> None:
        self._seat = _Seat()
        await self.media.hang_up()
        self.talk.hung_up()
        self._go(ClientState.OVER)
        if self._socket is not None:
            await self._socket.close()

    async def _hear_no(self, message: Refused) -> None:
        self.refused.announce(message.code.value)
        if self.state is ClientState.ARRIVING:
            if message.code is Code.UNKNOWN_LINK and self._patience > 0:
                self._patience -= 1  # the program tells its server of its rooms a moment after the start
            elif self._seat.secret:  # the seat is gone: the link itself still leads into the waiting room
                self._seat = _Seat()
                await self._send(Join(seq=1, token=self._token, language=self._language))
            else:
                await self._end()

    def _go(self, state: ClientState) -> None:
        if state is not self.state:
            self.state = state
            self.changed.announce(state)


def here(link: str) -> tuple[str, str]:
    """Origin on this machine's loopback and token of a personal link. Raises NotHere."""
    parts = urlsplit(link)
    if parts.scheme != "http" or parts.hostname not in _HERE or parts.port is None or parts.path != "/r" or not parts.fragment:
        raise NotHere("a link that leads off this machine")
    return f"http://{LOOPBACK}:{parts.port}", parts.fragment


MakeClient = Callable[[Clock, Tasks], SimulatedClient]
