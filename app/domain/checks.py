"""Device checks: what can be wrong on either side, and the one verdict on all of it. No I/O, imports only `app.domain.readiness`.

The table of faults is data (`resources/web/faults.json`): the program and the client's page read the same file. What a person reads
about a fault stands in the catalogues: `app.fault.NAME.sentence` and `.action`, `page.fault.NAME.sentence` and `.action`.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.readiness import Check


class Side(enum.Enum):
    """Who checks."""

    CLIENT = "client"
    COUNSELLOR = "counsellor"


class Part(enum.Enum):
    """What is checked, in the order in which a person is asked."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"
    NETWORK = "network"
    SYSTEM = "system"
    """Clock, key store, memory, load, battery."""


class Place(enum.Enum):
    """Where the cause of a fault lies, as the side sees it that checks."""

    DEVICE = "device"
    NETWORK = "network"
    SERVER = "server"


class Blame(enum.Enum):
    """The verdict: whose thing it is. Each has a sentence on either side."""

    NOBODY = "nobody"
    """All is well."""
    CLIENT_DEVICE = "client-device"
    CLIENT_NETWORK = "client-network"
    OUR_DEVICE = "our-device"
    OUR_NETWORK = "our-network"
    OUR_SERVER = "our-server"


class ProvokedBy(enum.Enum):
    """How honestly a test can bring a fault about."""

    REAL = "real"
    CDP = "cdp"
    """The browser is told by its own protocol to behave so."""
    SHIM = "shim"
    """Something stands in for what a test machine cannot do; docs/known-limits.md says so."""


class Fault(enum.Enum):
    """Everything that a check can find. The order of the table, not of this list, decides which one is told first."""

    CAMERA_NONE = "camera-none"
    CAMERA_DENIED = "camera-denied"
    CAMERA_BLOCKED = "camera-blocked"
    CAMERA_BUSY = "camera-busy"
    CAMERA_ENDED = "camera-ended"
    CAMERA_FROZEN = "camera-frozen"
    CAMERA_DARK = "camera-dark"
    CAMERA_BACKLIGHT = "camera-backlight"
    CAMERA_SLOW = "camera-slow"
    CAMERA_WRONG = "camera-wrong"
    """The person does not see themselves: another device is chosen, it is covered, or it looks away."""
    MIC_NONE = "mic-none"
    MIC_DENIED = "mic-denied"
    MIC_BLOCKED = "mic-blocked"
    MIC_BUSY = "mic-busy"
    MIC_ENDED = "mic-ended"
    MIC_SILENT = "mic-silent"
    """Nothing but zeros: muted in the system, or a switch on the device."""
    MIC_QUIET = "mic-quiet"
    MIC_CLIPPING = "mic-clipping"
    MIC_HUM = "mic-hum"
    MIC_WRONG = "mic-wrong"
    """Another device hears better than the chosen one, or the person did not hear their own voice."""
    SPEAKER_NONE = "speaker-none"
    SPEAKER_BUSY = "speaker-busy"
    SPEAKER_WRONG = "speaker-wrong"
    """The person heard nothing: another output is chosen, or it is turned down."""
    SPEAKER_ECHO = "speaker-echo"
    SERVER_UNREACHABLE = "server-unreachable"
    DNS_WRONG = "dns-wrong"
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    PROXY_REFUSED = "proxy-refused"
    WEBSOCKET_BLOCKED = "websocket-blocked"
    UDP_BLOCKED = "udp-blocked"
    """It works over the relay all the same, a little slower."""
    RELAY_REFUSED = "relay-refused"
    BANDWIDTH_SMALL = "bandwidth-small"
    LOSS_HIGH = "loss-high"
    DELAY_HIGH = "delay-high"
    JITTER_HIGH = "jitter-high"
    CLOCK_WRONG = "clock-wrong"
    KEYRING_NONE = "keyring-none"
    MEMORY_LOW = "memory-low"
    LOAD_HIGH = "load-high"
    BATTERY_LOW = "battery-low"
    NOT_MEASURED = "not-measured"
    """The check itself could not be made."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault of the table."""

    fault: Fault
    part: Part
    place: Place
    outcome: Check
    """FAILED: a conversation would suffer so that one does not begin it. WEAK: it works, with something to be said."""
    provoked_by: Mapping[Side, ProvokedBy]
    """The sides that can meet it, and how tests bring it about there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part came out. A part with two faults gives two findings, one without any gives one."""

    part: Part
    fault: Fault | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    """What was measured, by a name with its unit (`level_dbfs`); never a device's name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one word on all findings."""

    blame: Blame
    fault: Fault | None
    """The first to be mended; None only where nobody is to blame."""
    outcome: Check
    others: tuple[Fault, ...] = ()
    """What else is to be mended, in the order of the table."""


_BLAME = {
    (Side.CLIENT, Place.DEVICE): Blame.CLIENT_DEVICE,
    (Side.CLIENT, Place.NETWORK): Blame.CLIENT_NETWORK,
    (Side.COUNSELLOR, Place.DEVICE): Blame.OUR_DEVICE,
    (Side.COUNSELLOR, Place.NETWORK): Blame.OUR_NETWORK,
}


@dataclass(frozen=True, slots=True)
class FaultTable:
    """All faults, first those that are told first, and the limits from which a figure is a fault."""

    rows: tuple[Row, ...]
    limits: Mapping[str, float]
    """By a name with its unit."""

    @classmethod
    def parse(cls, text: str | bytes) -> FaultTable:
        """Of the JSON file. Raises ValueError for one that misses a fault or tells of one that there is not."""
        read = json.loads(text)
        rows = tuple(_row(row) for row in read["faults"])
        if {row.fault for row in rows} != set(Fault) or len(rows) != len(Fault):
            raise ValueError("every fault stands in the table once")
        return cls(rows, {str(name): float(value) for name, value in read["limits"].items()})

    def row(self, fault: Fault) -> Row:
        """That of a fault."""
        return next(row for row in self.rows if row.fault is fault)

    def outcome(self, findings: Iterable[Finding]) -> Check:
        """The worst of them; UNKNOWN if there is none."""
        outcomes = {self.row(finding.fault).outcome if finding.fault else Check.OK for finding in findings}
        return next((worst for worst in (Check.FAILED, Check.WEAK, Check.OK) if worst in outcomes), Check.UNKNOWN)

    def verdict(self, findings: Iterable[Finding], side: Side) -> Verdict:
        """What fails comes before what is weak, then the order of the table decides."""
        found = tuple(findings)
        faults = {finding.fault for finding in found}
        rows = sorted((row for row in self.rows if row.fault in faults), key=lambda row: row.outcome is not Check.FAILED)
        if not rows:
            return Verdict(Blame.NOBODY, None, Check.OK)
        first, *others = rows
        blame = Blame.OUR_SERVER if first.place is Place.SERVER else _BLAME[side, first.place]
        return Verdict(blame, first.fault, self.outcome(found), tuple(row.fault for row in others))


def _row(read: Mapping[str, object]) -> Row:
    provoked = read["provoked_by"]
    if not isinstance(provoked, dict) or not provoked:
        raise ValueError(f"{read['fault']} is met by nobody")
    return Row(
        Fault(read["fault"]),
        Part(read["part"]),
        Place(read["place"]),
        Check(read["outcome"]),
        {Side(side): ProvokedBy(how) for side, how in provoked.items()},
    )
