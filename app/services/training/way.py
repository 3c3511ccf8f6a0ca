"""How bad the way between the two is with a fault of the table. Imports `app.domain` and the record of the way."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.checks import Fault
from app.media.roughness import SMOOTH, Roughness

WAYS = {
    Fault.LOSS_HIGH: Roughness(loss=0.12),
    Fault.DELAY_HIGH: Roughness(delay_s=0.35),
    Fault.JITTER_HIGH: Roughness(sway_s=0.15),
    Fault.BANDWIDTH_SMALL: Roughness(kbps=250),
}
"""Of each direction. Two of them together are as bad as each of them."""


def way_of(faults: Collection[Fault]) -> Roughness:
    """All of them together."""
    ways = [WAYS[fault] for fault in faults if fault in WAYS]
    if not ways:
        return SMOOTH
    narrow = [way.kbps for way in ways if way.kbps]
    return Roughness(
        loss=max(way.loss for way in ways),
        delay_s=max(way.delay_s for way in ways),
        sway_s=max(way.sway_s for way in ways),
        kbps=min(narrow, default=0.0),
    )
