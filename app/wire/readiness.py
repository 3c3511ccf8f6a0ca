"""What the page says of the technology, and the client of the appointment (PROTOCOL.md, section 10). Imports `app.domain` and `app.wire`.

A report comes by `POST /api/report`, because it is wanted most where no WebSocket gets through; a workstation gets the whole of it
with `room-state`.
"""

from __future__ import annotations

import enum

import msgspec

from app.domain.checks import Fault
from app.domain.readiness import Check, Readiness, Step, Wish
from app.wire.codes import Code, WireError
from app.wire.discreet import Discreet
from app.wire.fields import DictatedCode, Id, Key32, Reason, StepName, UnixTime
from app.wire.reading import read_message

MAX_REPORT_BYTES = 1024
UNKNOWN_REASON = "unknown"
_FAULTS = frozenset(fault.value for fault in Fault)


class Wished(enum.Enum):
    """What a report says about the client's wish."""

    CANNOT_COME = "cannot-come"
    CALL_ME = "call-me"
    NOTHING = "nothing"
    """Taken back."""

    @property
    def wish(self) -> Wish | None:
        return None if self is Wished.NOTHING else Wish(self.value)


class Report(Discreet, frozen=True, kw_only=True, omit_defaults=True):
    """What became known since a person's tap. What is missing is not known anew and changes nothing.

    It names its room by the link's token, by the dictated code, or by the seat that the tab holds.
    """

    HIDDEN = Discreet.HIDDEN | {"code"}

    token: Key32 | None = None
    code: DictatedCode | None = None
    room: Id | None = None
    seat: Id | None = None
    secret: Key32 | None = None
    step: Step | None = None
    reason: Reason = ""
    """The trouble met at `step`; a report with a step and no reason says that there is none (any more). See `told_reason`."""
    camera: Check | None = None
    microphone: Check | None = None
    loudspeaker: Check | None = None
    network: Check | None = None
    wish: Wished | None = None

    @property
    def told_reason(self) -> str:
        """On a screen of the check only a fault of the table is kept: nothing that a device is called by can come this way."""
        closed = self.step is not None and self.step.of_the_check
        return UNKNOWN_REASON if closed and self.reason and self.reason not in _FAULTS else self.reason


class ReadinessCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of a room's readiness, as its workstation sees it."""

    at: UnixTime
    """The newest report."""
    opened_at: UnixTime
    """When a person tapped on the page the last time."""
    camera: Check = Check.UNKNOWN
    microphone: Check = Check.UNKNOWN
    loudspeaker: Check = Check.UNKNOWN
    network: Check = Check.UNKNOWN
    wish: Wish | None = None
    step: StepName = ""
    reason: Reason = ""

    @classmethod
    def of(cls, known: Readiness) -> ReadinessCard | None:
        """The card of what is known; None if nothing is."""
        if known.opened_at is None:
            return None
        return cls(
            at=known.at,
            opened_at=known.opened_at,
            camera=known.camera,
            microphone=known.microphone,
            loudspeaker=known.loudspeaker,
            network=known.network,
            wish=known.wish,
            step=known.step,
            reason=known.reason,
        )

    @property
    def readiness(self) -> Readiness:
        """As the program speaks of it."""
        return Readiness(
            opened_at=self.opened_at,
            camera=self.camera,
            microphone=self.microphone,
            loudspeaker=self.loudspeaker,
            network=self.network,
            wish=self.wish,
            step=self.step,
            reason=self.reason,
            at=self.at,
        )


def with_report(known: Readiness, report: Report, now: int) -> Readiness:
    """What is known after the report. `unknown` says nothing, so it takes nothing back."""

    def newest(before: Check, said: Check | None) -> Check:
        return before if said is None or said is Check.UNKNOWN else said

    return Readiness(
        opened_at=now,
        camera=newest(known.camera, report.camera),
        microphone=newest(known.microphone, report.microphone),
        loudspeaker=newest(known.loudspeaker, report.loudspeaker),
        network=newest(known.network, report.network),
        wish=known.wish if report.wish is None else report.wish.wish,
        step=known.step if report.step is None else report.step.value,
        reason=known.reason if report.step is None else report.told_reason,
        at=now,
    )


_reports: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)


def parse_report(text: str | bytes) -> Report:
    """The body of `POST /api/report`. Raises WireError with `too-large` or `malformed`."""
    report = read_message(_reports, text, MAX_REPORT_BYTES)
    seat = (report.room, report.seat, report.secret)
    ways = [report.token is not None, report.code is not None, None not in seat]
    if sum(ways) != 1 or (any(seat) and None in seat):
        raise WireError(Code.MALFORMED, "one way to name the room")
    return report
