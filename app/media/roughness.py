"""How bad a way between two ends is. A record only; `app.media.rough_way` makes it so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Roughness:
    """What happens to packets."""

    loss: float = 0.0
    """Share that is lost, 0 to 1; 1 is a cut line."""
    delay_s: float = 0.0
    """Of each direction."""
    sway_s: float = 0.0
    """Up to that much later, by chance."""
    kbps: float = 0.0
    """What passes of each direction; more is lost. 0 is no limit."""


SMOOTH = Roughness()
CUT = Roughness(loss=1.0)
