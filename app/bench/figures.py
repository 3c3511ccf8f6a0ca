"""Figures of the call benchmark: records, percentiles, medians. Pure functions; imports nothing of `app`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

CLOCK_PERIOD_MS = 65536
"""The picture clock repeats after that (see `app.media.clock`)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock of one picture as somebody saw it."""

    value: int
    """The clock in the picture, ms modulo 65536."""
    at: float
    """When it was seen, Unix ms."""

    @property
    def delay_ms(self) -> float:
        """Age of the picture; a little below 0 is a matter of rounding."""
        delay = (self.at - self.value) % CLOCK_PERIOD_MS
        return delay if delay < CLOCK_PERIOD_MS / 2 else delay - CLOCK_PERIOD_MS


@dataclass(frozen=True, slots=True)
class Round:
    """One call. None where a figure could not be had."""

    join_ms: float | None
    """From the click on "admit" to the first picture shown at the client."""
    delay_p50_ms: float | None
    """From drawing the counsellor's picture to showing it at the client, median."""
    delay_p95_ms: float | None
    cpu_cores: float
    """CPU time of the counsellor's side per second, without server and without the client."""
    freeze_share: float | None
    """Time in which the picture at the client stood still, by the rule of `freezeCount` (W3C webrtc-stats), per time."""
    client_width: int | None
    """Width of what the client sends at the end, pixels."""
    client_kbps: float | None
    """What the client sends at the end, picture only, kbit/s."""
    hd_from_client_ms: float | None
    """From the click to 1280 pixels at 20 or more pictures a second arriving from the client; None if that never came."""
    back_p50_ms: float | None
    """The other way: client to counsellor, median."""
    back_p95_ms: float | None
    fps_at_client: float | None
    width_at_client: int | None
    server_cpu_cores: float
    """The server child's share; not part of `cpu_cores`."""
    window_cpu_cores: float | None
    """Only where a browser stands in: the program's window beside it, not part of `cpu_cores`."""
    program_start_ms: float
    memory_mb: float
    """Memory of the counsellor's side in the session, shared pages by their share (PSS)."""
    resident_mb: float
    """The same with shared pages in full (RSS)."""
    server_idle_mb: float
    """Of the server child before anybody came (PSS)."""
    server_idle_resident_mb: float
    """The same (RSS)."""


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the values lie (nearest rank); None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def medians(rounds: Sequence[Round]) -> dict[str, float | None]:
    """The median of each figure over the rounds. A figure that is missing in more than half of them is None."""
    return {field.name: _median(getattr(r, field.name) for r in rounds) for field in fields(Round)}


def _median(values: Iterable[float | None]) -> float | None:
    """None counts as worse than every number, so that a goal missed in most rounds is not hidden by the others."""
    listed = list(values)
    known = sorted(v for v in listed if v is not None)
    if len(known) * 2 <= len(listed):
        return None
    return round(statistics.median([*known, *[known[-1]] * (len(listed) - len(known))]), 3)


def entry(rounds: Sequence[Round]) -> dict[str, Any]:
    """What the report holds of one side: medians, and each round."""
    return {**medians(rounds), "rounds": [asdict(r) for r in rounds]}
