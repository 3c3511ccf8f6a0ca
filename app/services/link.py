"""The control link of the workstation: opened by a mutual proof, kept alive, opened again (PROTOCOL.md, section 6). No Qt.

It knows messages, not appointments: what is published and what a room's state means is the desk's business.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidURI
from websockets.typing import Subprotocol

from app.domain.readiness import Readiness
from app.domain.survey_counts import SurveyCounts
from app.services.control_connection import HANDSHAKE_S, CommandRefused, ControlConnection, LinkLost, NotAccepted, NotNow
from app.services.events import Event
from app.services.keys import WorkstationKey
from app.services.link_port import Link, LinkTarget, LinkTrouble, RoomReadiness
from app.services.ports import LinkState
from app.services.round_trip import PING_EVERY_S, RoundTrip
from app.services.tasks import Tasks
from app.services.tls import system_trust, trouble_of_certificate
from app.wire.codes import CloseCode, Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.messages import (
    CONTROL_SUBPROTOCOL,
    Candidate,
    Delayed,
    IceServer,
    Message,
    Offer,
    Ping,
    Pong,
    RelayTold,
    RoomCard,
    RoomState,
    SurveyWanted,
    TakeUpRightWanted,
    Welcome,
    publish_parts,
)

__all__ = ["CommandRefused", "ControlLink", "Link", "LinkLost", "LinkTarget", "system_trust"]

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)

COMMAND_S = 8.0
FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 3.0
SLOW_DOWN_PAUSE_S = 10.0
"""After the server's rate limit, which counts by the minute."""
NOT_READY_PAUSE_S = 2.0
"""After a server that cannot serve anybody for now, because its database is away."""
TRY_AGAIN_LATER = 1013
"""WebSocket close code of the IANA registry: the same."""
REFUSED_PAUSE_S = 30.0
"""After a refusal only a person or a new server changes anything; a slow look is enough."""
_NOT_CONNECTED = (InvalidHandshake, InvalidURI, InvalidProxy, ImportError)
"""An answer that is none, ours or a proxy's; a proxy that websockets cannot use (a SOCKS one wants a package more)."""


class ControlLink:
    """One link to one server. `aim` may change while it runs (an embedded server that was started again)."""

    def __init__(self, key: WorkstationKey, tasks: Tasks, trust: Callable[[], ssl.SSLContext] = system_trust) -> None:
        """`trust` makes the context for wss addresses."""
        self.state_changed: Event[LinkState] = Event()
        self.room_changed: Event[RoomState] = Event()
        self.signalled: Event[Offer | Candidate] = Event()
        self.readiness_changed: Event[RoomReadiness] = Event()
        self.code_taken: Event[str] = Event()
        self.delayed: Event[bool] = Event()
        self.ice_servers_changed: Event[Sequence[IceServer]] = Event()
        self.welcomed: Event[Welcome] = Event()
        """What the server says of itself, each time it has let us in."""
        self.trouble_changed: Event[LinkTrouble | None] = Event()
        self._key = key
        self._tasks = tasks
        self._trust = trust
        self._state = LinkState.CONNECTING
        self._trouble: LinkTrouble | None = None
        self._delayed = False
        self._ice_servers: Sequence[IceServer] = ()
        self._rooms: tuple[RoomCard, ...] = ()
        self._site: str | None = None
        """Where the server says that this workstation belongs; rooms of an earlier place move with it."""
        self._takes_over = False
        self._revisions: dict[str, int] = {}
        self._readiness: dict[str, Readiness] = {}
        """As it was told last, where anything is known."""
        self._target: LinkTarget | None = None
        self._hurry = asyncio.Event()
        self._published = asyncio.Event()
        self._connection: ControlConnection | None = None
        self._way: RoundTrip | None = None
        self._least_pause_s = 0.0
        """What the end of the last connection asks for."""

    @property
    def state(self) -> LinkState:
        return self._state

    @property
    def trouble(self) -> LinkTrouble | None:
        """What ended the last attempt; None while the link stands, and before one has ended."""
        return self._trouble

    @property
    def target(self) -> LinkTarget | None:
        """The server it was aimed at."""
        return self._target

    @property
    def ice_servers(self) -> Sequence[IceServer]:
        return self._ice_servers

    def start(self) -> None:
        """Connect from now on, as soon as there is a target."""
        self._tasks.start("control link", self._run())

    def aim(self, target: LinkTarget) -> None:
        """The server to talk to. Called again when it has a new key or address; tries at once."""
        self._target = target
        self._hurry.set()
        if self._state is LinkState.REFUSED:
            self._go(LinkState.CONNECTING)

    def stay_away(self) -> None:
        """Before a person has done something there is nothing to connect to."""
        self._set_trouble(LinkTrouble.NOT_ACCEPTED)
        self._go(LinkState.REFUSED)

    @property
    def site(self) -> str | None:
        return self._site

    @property
    def takes_over(self) -> bool:
        return self._takes_over

    @property
    def server_ms(self) -> int | None:
        return None if self._way is None else self._way.ms

    def publish(self, rooms: Sequence[RoomCard]) -> None:
        self._rooms = tuple(rooms)
        if self._connection is not None:
            self._publish_on(self._connection)

    def send(self, message: Message) -> bool:
        if self._connection is None:
            return False
        self._connection.post(message)
        return True

    async def command(self, message: Message) -> None:
        await self._answered(lambda connection: connection.ask(message))

    async def survey_counts(self, quarter: str) -> SurveyCounts:
        return await self._answered(lambda connection: connection.ask_counts(SurveyWanted(seq=1, quarter=quarter)))

    async def take_up_right(self, quarter: str, blinded: str) -> str:
        return await self._answered(lambda connection: connection.ask_right(TakeUpRightWanted(seq=1, quarter=quarter, blinded=blinded)))

    async def _answered(self, ask: Callable[[ControlConnection], asyncio.Future[_T]]) -> _T:
        await self._published.wait()
        if self._connection is None:
            raise LinkLost
        try:
            async with asyncio.timeout(COMMAND_S):
                return await ask(self._connection)
        except TimeoutError:
            raise LinkLost from None

    # ---- one connection after the other

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            self._hurry.clear()
            if self._target is not None:
                welcomed = await self._one_connection(self._target)
                pause = FIRST_PAUSE_S if welcomed else min(pause * 2, LONGEST_PAUSE_S)
            await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        """Wait, with up to 30 % of chance so that many workstations do not come at once; a new target cuts it short."""
        least = REFUSED_PAUSE_S if self._state is LinkState.REFUSED else self._least_pause_s
        pause = max(pause, least) * (1 + 0.3 * random.random())  # noqa: S311 - no secret
        try:
            async with asyncio.timeout(None if self._target is None else pause):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _one_connection(self, target: LinkTarget) -> bool:
        """From connecting to the end of the connection; True if it was welcomed."""
        welcomed = False
        self._least_pause_s = 0.0
        try:
            async with connect(
                target.url,
                subprotocols=[Subprotocol(CONTROL_SUBPROTOCOL)],
                ssl=self._trust() if target.url.startswith("wss:") else None,
                compression=None,
                max_size=MAX_MESSAGE_BYTES,
                ping_interval=None,  # the protocol has beats of its own
                open_timeout=HANDSHAKE_S,
                close_timeout=1,
                proxy=True if target.url.startswith("wss:") else None,  # elsewhere as the operating system says
            ) as socket:
                connection = ControlConnection(socket, self._key, target.server_key)
                welcome = await connection.open()
                welcomed = True
                self._welcomed(connection, welcome)
                await self._run_connection(connection, measured=not target.here)
        except NotAccepted as error:
            known = str(error) == Code.UNAUTHORISED.value
            self._refused(str(error), LinkTrouble.NOT_ACCEPTED if known else LinkTrouble.OTHER_SERVER)
        except NotNow as error:
            self._put_off(str(error), NOT_READY_PAUSE_S if str(error) == Code.NOT_READY.value else SLOW_DOWN_PAUSE_S)
        except ConnectionClosed as error:
            self._closed(error.rcvd.code if error.rcvd is not None else None)
        except (OSError, *_NOT_CONNECTED, WireError) as error:  # TimeoutError is an OSError
            _log.info("link.not_connected", error=type(error).__name__)
            self._set_trouble(trouble_of_certificate(error) or LinkTrouble.AWAY)
        finally:
            self._ended()
        return welcomed

    async def _run_connection(self, connection: ControlConnection, measured: bool) -> None:
        """Raises what ends it, see `ControlConnection.run`."""
        pings = asyncio.ensure_future(self._measure(connection)) if measured else None
        try:
            await connection.run(self._heard)
        finally:
            if pings is not None:
                pings.cancel()

    async def _measure(self, connection: ControlConnection) -> None:
        way = self._way = RoundTrip()
        while True:
            connection.post(Ping(seq=1, n=way.next_ping()))
            await asyncio.sleep(PING_EVERY_S)

    def _welcomed(self, connection: ControlConnection, welcome: Welcome) -> None:
        self._connection = connection
        self._set_trouble(None)
        self._ice_servers = tuple(welcome.ice_servers)
        self._site = welcome.site
        self._takes_over = welcome.takes_over
        self._revisions.clear()
        self._readiness.clear()
        self._tell_delayed(False)
        self.welcomed.announce(welcome)
        self._publish_on(connection)

    def _publish_on(self, connection: ControlConnection) -> None:
        rooms = [card if self._site in (None, card.site) else replace(card, site=self._site) for card in self._rooms]
        *parts, last = publish_parts(rooms)
        for part in parts:
            connection.post(part)
        connection.ask(last).add_done_callback(self._publish_answered)

    def _publish_answered(self, answer: asyncio.Future[None]) -> None:
        error = answer.exception()
        if error is None and self._connection is not None:
            self._published.set()
            self._go(LinkState.CONNECTED)
        elif isinstance(error, CommandRefused):
            _log.error("link.publish_refused", code=error.code.value)

    def _heard(self, message: Message) -> None:
        try:
            self._announce(message)
        except Exception as error:  # trouble with one room must not cut all others off
            self._tasks.report("control link message", error)

    def _announce(self, message: Message) -> None:
        if isinstance(message, RoomState):
            if message.revision > self._revisions.get(message.room, -1):
                self._revisions[message.room] = message.revision
                self._tell(message)
        elif isinstance(message, Pong):
            if self._way is not None:
                self._way.pong(message.n)
        elif isinstance(message, Delayed):
            self._tell_delayed(message.delayed)
        elif isinstance(message, RelayTold):
            self._ice_servers = tuple(message.ice_servers)
            self.ice_servers_changed.announce(self._ice_servers)
        elif isinstance(message, Offer | Candidate):
            self.signalled.announce(message)

    def _tell_delayed(self, delayed: bool) -> None:
        if delayed is not self._delayed:
            self._delayed = delayed
            self.delayed.announce(delayed)

    def _tell(self, state: RoomState) -> None:
        """The seats first: nobody waits longer because of a report."""
        self.room_changed.announce(state)
        if state.code_taken:
            self.code_taken.announce(state.room)
        readiness = state.readiness.readiness if state.readiness else Readiness()
        if readiness != self._readiness.get(state.room, Readiness()):
            self._readiness[state.room] = readiness
            self.readiness_changed.announce(RoomReadiness(state.room, readiness))

    def _closed(self, code: int | None) -> None:
        if code in (CloseCode.REFUSED, CloseCode.TAKEN_OVER):
            self._refused(CloseCode(code).name, LinkTrouble.NOT_ACCEPTED if code == CloseCode.REFUSED else LinkTrouble.TAKEN_OVER)
        elif code == CloseCode.SLOW_DOWN and self._connection is None:  # in the handshake; later it is our own slowness
            self._put_off(CloseCode.SLOW_DOWN.name, SLOW_DOWN_PAUSE_S)
        elif code == TRY_AGAIN_LATER:
            self._put_off("TRY_AGAIN_LATER", NOT_READY_PAUSE_S)
        else:
            self._set_trouble(LinkTrouble.AWAY)

    def _put_off(self, reason: str, pause_s: float) -> None:
        _log.warning("link.put_off", reason=reason, pause_s=pause_s)
        self._least_pause_s = pause_s
        self._set_trouble(LinkTrouble.AWAY)
        self._go(LinkState.LOST)

    def _refused(self, reason: str, trouble: LinkTrouble) -> None:
        _log.error("link.not_accepted", reason=reason)
        self._set_trouble(trouble)
        self._go(LinkState.REFUSED)

    def _set_trouble(self, trouble: LinkTrouble | None) -> None:
        if trouble is not self._trouble:
            self._trouble = trouble
            self.trouble_changed.announce(trouble)

    def _ended(self) -> None:
        self._connection = self._way = None
        self._published.clear()
        if self._state is LinkState.CONNECTED:
            self._go(LinkState.LOST)

    def _go(self, state: LinkState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.announce(state)
