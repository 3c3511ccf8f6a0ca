"""What is known of the client's technology before the appointment. No I/O, imports nothing of `app`.

Deleted the day after the appointment; it never enters a note, an export or an outcome, except as the client's relief.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Check(enum.Enum):
    """How one part of the rehearsal came out."""

    UNKNOWN = "unknown"
    OK = "ok"
    WEAK = "weak"
    """It works, with something to be said about it."""
    FAILED = "failed"


class Step(enum.Enum):
    """Where the client's page stands (PROTOCOL.md, section 10)."""

    LINK = "link"
    """The link is open; its door is not."""
    AGREEMENT = "agreement"
    PERMISSION = "permission"
    """The browser asks for camera and microphone."""
    PREVIEW = "preview"
    WAITING = "waiting"
    ROOM = "room"
    CHECK_CAMERA = "check-camera"
    """From here on: the guided check, on which screen it is."""
    CHECK_MICROPHONE = "check-microphone"
    CHECK_LOUDSPEAKER = "check-loudspeaker"
    CHECK_NETWORK = "check-network"
    CHECK_DONE = "check-done"
    """What came out is shown."""

    @property
    def of_the_check(self) -> bool:
        return self.value.startswith("check-")


class Wish(enum.Enum):
    """What the client said by one tap on the link's page."""

    CANNOT_COME = "cannot-come"
    CALL_ME = "call-me"


class Light(enum.Enum):
    """One look at all of it."""

    UNKNOWN = "unknown"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    """To be phoned again, in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """An attribute of an appointment, not a state of it."""

    opened_at: int | None = None
    """When a person tapped on the link's page the last time, Unix seconds; a scanner never counts."""
    camera: Check = Check.UNKNOWN
    microphone: Check = Check.UNKNOWN
    loudspeaker: Check = Check.UNKNOWN
    network: Check = Check.UNKNOWN
    wish: Wish | None = None
    step: str = ""
    """How far the page got the last time (a step of PROTOCOL.md, section 10), for *could not get in*."""
    reason: str = ""
    """The trouble it met there: a name of PROTOCOL.md, section 10 (a `Fault` on a screen of the check); empty for none."""
    at: int = 0
    """Unix seconds of the newest report."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """In the order in which the rehearsal asks."""
        return (self.camera, self.microphone, self.loudspeaker, self.network)

    @property
    def checking(self) -> bool:
        """The guided check is what the page showed last: `step` and `reason` are about the technology, not about getting in."""
        return any(step.of_the_check and step.value == self.step for step in Step)

    @property
    def light(self) -> Light:
        """Red where something failed or the client asks for something, green where all is well, yellow between."""
        if self.wish is not None or Check.FAILED in self.checks:
            return Light.RED
        if all(check is Check.OK for check in self.checks):
            return Light.GREEN
        if self.opened_at is None and all(check is Check.UNKNOWN for check in self.checks):
            return Light.UNKNOWN
        return Light.YELLOW
