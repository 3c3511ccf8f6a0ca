"""The ten steps of a demonstration, in their order. Their titles, hints and presenter's notes stand in the catalogue. No Qt."""

from __future__ import annotations

import enum


class ScriptStep(enum.Enum):
    """`app.training.step.NAME.title`, `.show` (what is to be seen) and `.note` (for the presenter alone)."""

    PHONE_CALL = "phone-call"
    INVITATION = "invitation"
    MAIL = "mail"
    REHEARSAL = "rehearsal"
    LIGHT = "light"
    WAITING_ROOM = "waiting-room"
    ADMISSION = "admission"
    FAULT = "fault"
    """A conversation in which something goes wrong."""
    GOODBYE = "goodbye"
    OUTCOME = "outcome"

    @property
    def number(self) -> int:
        """1 to 10."""
        return list(ScriptStep).index(self) + 1

    @property
    def next(self) -> ScriptStep:
        """The one after it; the last stays."""
        steps = list(ScriptStep)
        return steps[min(self.number, len(steps) - 1)]
