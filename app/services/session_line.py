"""What a session needs of the desk, and with what its call is opened. Imports the ports only."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.features import EVERY, Feature
from app.media.ports import DeviceChoice, Engine
from app.services.ports import RoomEntry
from app.wire.messages import IceServer, OfferReason


class Parting(enum.Enum):
    """How a session ends on our side."""

    GOODBYE = "goodbye"
    """For good; the link is used up."""
    BY_PHONE = "by-phone"
    """For good, and the counsellor phones now."""
    SENT_BACK = "sent-back"
    """The client returns to the waiting room."""


class SessionLine(Protocol):
    """A session's room, the way to its client's browser, and a word at the end."""

    @property
    def room(self) -> RoomEntry: ...

    @property
    def server_ms(self) -> int | None:
        """Round trip of our own way to the server, None where it runs on this machine or was not measured yet."""
        ...

    def answer(self, epoch: int, sdp: str) -> None: ...

    def need_offer(self, epoch: int, reason: OfferReason) -> None: ...

    def devices_chosen(self, choice: DeviceChoice) -> None:
        """Worth remembering for the next session."""
        ...

    def finished(self, how: Parting) -> None:
        """The session is over on our side."""
        ...


@dataclass(frozen=True, slots=True)
class CallPlan:
    """With what a call is opened."""

    engine: Engine
    devices: DeviceChoice
    ice_servers: Sequence[IceServer]
    features: frozenset[Feature] = EVERY
    """What the agency allows in conversations."""
