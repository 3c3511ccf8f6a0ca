"""What happened at the door of an appointment, as far as our own program saw it. No I/O, imports nothing of `app`.

From it the outcome is proposed. It holds times only, and of the client's technology only what relieves them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An attribute of an appointment. All times are Unix seconds."""

    waited_from: int | None = None
    """Since when somebody sat in the waiting room, the first time."""
    waited_until: int | None = None
    """When the waiting room was seen empty again, the last time; None while somebody waits."""
    admitted_at: int | None = None
    """When somebody was let in, the first time."""
    talked_s: int = 0
    """For so long picture and sound were there, seconds; all conversations together."""
    by_phone: bool = False
    """The last conversation went on by phone."""
    ended_at: int | None = None
    """When a conversation was ended for good; the link is used up."""
    watched_s: int = 0
    """For so long after the start the door was open and our program stood beside it, seconds."""
    away: bool = False
    """Within the first quarter of an hour our program or its server was not to be reached."""
    step: str = ""
    reason: str = ""
    """The trouble that the client's page met (see `Readiness`); it stays longer than the readiness because it relieves the client."""
    trouble: bool = False
    """Something technical stood in the client's way, as far as their page knew."""
    cannot_come: bool = False
    """The client said so by a tap."""
