"""One verdict on the line between two people, from both sides' reports (PROTOCOL.md, section 9). Imports nothing of `app`."""

from __future__ import annotations

import enum
from dataclasses import dataclass

SOME_LOSS = 0.03
"""Share of lost packets from which speech and picture suffer."""
SLOW_MS = 300
"""Round trip from which two people begin to talk into each other (ITU-T G.114: 150 ms each way)."""
FAR_SERVER_MS = 150
"""Round trip of a side's own way to the server from which that way may be the cause."""


class LineVerdict(enum.Enum):
    """What is weak, in one word. Each has a sentence for either side in the catalogue."""

    UNKNOWN = "unknown"
    GOOD = "good"
    CLIENT_NETWORK = "client-network"
    COUNSELLOR_NETWORK = "counsellor-network"
    NETWORK_BETWEEN = "network-between"
    """Weak, and nobody can say on whose side."""
    CLIENT_DEVICE = "client-device"
    COUNSELLOR_DEVICE = "counsellor-device"


@dataclass(frozen=True, slots=True)
class SideReport:
    """How the line looks from one side; the fields of the wire's `line-report`."""

    loss: float
    """Share of packets that did not reach this side, 0 to 1."""
    round_trip_ms: int | None = None
    server_ms: int | None = None
    """This side's own round trip to the server; None where that is the same machine."""
    network_limited: bool = False
    device_limited: bool = False


def verdict(client: SideReport | None, counsellor: SideReport | None) -> LineVerdict:
    """The table of section 9. None stands for a report that is missing or too old."""
    if client is None or counsellor is None:
        return LineVerdict.UNKNOWN
    if client.device_limited or counsellor.device_limited:
        return LineVerdict.CLIENT_DEVICE if client.device_limited else LineVerdict.COUNSELLOR_DEVICE
    return LineVerdict.GOOD if _good(client) and _good(counsellor) else _weak_network(client, counsellor)


def _weak_network(client: SideReport, counsellor: SideReport) -> LineVerdict:
    """Whose way to the server is the long one; only for a server between the two, to which both ways are known.

    One on the counsellor's machine lies at the end of the same way that picture and sound take: it tells nobody's part of it.
    """
    if _far(client.server_ms, counsellor.server_ms):
        return LineVerdict.CLIENT_NETWORK
    if _far(counsellor.server_ms, client.server_ms):
        return LineVerdict.COUNSELLOR_NETWORK
    return LineVerdict.NETWORK_BETWEEN


def _good(side: SideReport) -> bool:
    quick = side.round_trip_ms is None or side.round_trip_ms < SLOW_MS
    return side.loss < SOME_LOSS and quick and not side.network_limited


def _far(own_ms: int | None, other_ms: int | None) -> bool:
    return own_ms is not None and other_ms is not None and own_ms >= max(FAR_SERVER_MS, 2 * other_ms)
