"""Port: the workstation's link to a server, as the desk needs it. Imports the wire's and the domain's records only."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.readiness import Readiness
from app.domain.survey_counts import SurveyCounts
from app.services.events import Event
from app.services.ports import LinkState
from app.wire.messages import Candidate, IceServer, Message, Offer, RoomCard, RoomState


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The server as it must be."""

    url: str
    """`ws://127.0.0.1:PORT/ws/control` or a wss address."""
    server_key: str
    """Its public key; another one is refused."""
    here: bool = False
    """It runs on this machine, so that there is no way to be measured."""


class LinkTrouble(enum.Enum):
    """Why the link does not stand, as far as this side can tell."""

    AWAY = "away"
    """Nobody answers there, or the line broke; it is tried again."""
    CERTIFICATE = "certificate"
    """The operating system does not trust the server's TLS certificate."""
    CLOCK = "clock"
    """The certificate is not valid yet or not any more, by the clock of this machine."""
    OTHER_SERVER = "other-server"
    """Who answers does not hold the key that we know."""
    NOT_ACCEPTED = "not-accepted"
    """The server does not know our key, or not any more."""
    TAKEN_OVER = "taken-over"
    """Another program holds our key and has connected after us."""


@dataclass(frozen=True, slots=True)
class RoomReadiness:
    """What a room's page reported, all of it."""

    room: str
    readiness: Readiness
    """The wish included; an empty one after it was forgotten."""


class Link(Protocol):
    """What the desk needs. Implementations: `ControlLink`, and `app.services.fakes.FakeLink` with a small server inside."""

    state_changed: Event[LinkState]
    room_changed: Event[RoomState]
    signalled: Event[Offer | Candidate]
    readiness_changed: Event[RoomReadiness]
    """A room's readiness or wish is another one than was told last; after a new connection those that are known are told anew."""
    delayed: Event[bool]
    """True: what others do at the agency's servers arrives late for now, nothing is lost; False: at once again. Told when it changes."""
    code_taken: Event[str]
    """Another room has this room's dictatable code: it needs a new one (`RoomCard.code_hash`) and to be published again."""

    ice_servers_changed: Event[Sequence[IceServer]]
    """Fresh credentials, while the link stands."""

    @property
    def state(self) -> LinkState: ...

    @property
    def ice_servers(self) -> Sequence[IceServer]:
        """As the server said last; for calls to come."""
        ...

    @property
    def site(self) -> str | None:
        """Where the server says that this workstation belongs; None before the first welcome, and of a server that does not say it."""
        ...

    @property
    def takes_over(self) -> bool:
        """The server lets a deputy take a colleague's room over (`TakeOver`); False before the first welcome."""
        ...

    @property
    def server_ms(self) -> int | None:
        """Round trip of our own way to the server; None where it runs on this machine, or is not known."""
        ...

    def publish(self, rooms: Sequence[RoomCard]) -> None:
        """From now on these are all rooms of this workstation. Sent at once when connected, and after every welcome."""
        ...

    def send(self, message: Message) -> bool:
        """Send without waiting for an answer (signalling, `reached`). False while not connected: then it is dropped."""
        ...

    async def command(self, message: Message) -> None:
        """Once connected and published, send and wait for `done`. Raises CommandRefused, or LinkLost when no answer came."""
        ...

    async def survey_counts(self, quarter: str) -> SurveyCounts:
        """The sums of the survey of the server's site in a closed quarter (`2026-Q3`), unsuppressed: for the export, never to be shown as
        they are. Raises CommandRefused (`period-open`, `not-ready`), or LinkLost when no answer came."""
        ...

    async def take_up_right(self, quarter: str, blinded: str) -> str:
        """The server's blind signature (base64url) over a right to hand in take-up figures of that quarter. Raises CommandRefused
        (`period-closed`, `too-many`, `not-ready`), or LinkLost when no answer came."""
        ...
