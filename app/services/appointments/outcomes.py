"""The book's part for the outcome: proposal, decision, the note for the agency's case system. No Qt, no SQL."""

from __future__ import annotations

from dataclasses import replace

from app.domain.appointments import Appointment, Stage
from app.domain.outcome import Outcome, OutcomeKind
from app.services.appointments.case_note import case_note
from app.services.appointments.drafts import text_lines
from app.services.appointments.ground import Change, Ground, there
from app.services.appointments.ports import BookError
from app.services.appointments.proposals import proposed
from app.services.appointments.stages import called_off, moved

REMARK_LETTERS = 500
CANCELLED = frozenset({OutcomeKind.CANCELLED_BY_CLIENT, OutcomeKind.CANCELLED_BY_US})
ENDS_THE_LINK = frozenset({OutcomeKind.HELD, OutcomeKind.BY_PHONE})
"""After the others the client may still come while the room lasts."""
NOT_BEFORE_THE_START = frozenset({OutcomeKind.NOT_ARRIVED, OutcomeKind.NOT_ATTENDED})


class Outcomes(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    async def proposal(self, appointment: str) -> Outcome | None:
        now = self._clock.unix()
        return await self._store.run(lambda store: proposed(there(store, appointment), store.mails_of(appointment), now))

    async def decide(self, appointment: str, outcome: Outcome) -> Appointment:
        now = self._clock.unix()
        sound = replace(_checked(outcome), decided_at=now)
        return await self._change(appointment, lambda found, _: Change(appointment=_decided(found, sound, now), drops_mails=True))

    async def case_note(self, appointment: str) -> str:
        found = await self._there(appointment)
        if found.outcome is None:
            raise BookError("app.appointment.no-outcome")
        return case_note(found, found.outcome, self._rules.texts)


def _checked(outcome: Outcome) -> Outcome:
    """Without what does not belong to its kind. Raises BookError."""
    remark = text_lines(outcome.remark, "remark", REMARK_LETTERS)
    tried = outcome.kind is OutcomeKind.COULD_NOT_GET_IN
    talked = max(0, outcome.talked_minutes) if outcome.kind in ENDS_THE_LINK else 0
    return replace(
        outcome, remark=remark, talked_minutes=talked, step=outcome.step if tried else "", reason=outcome.reason if tried else ""
    )


def _decided(found: Appointment, outcome: Outcome, now: int) -> Appointment:
    if found.stage is Stage.CANCELLED:
        raise BookError("app.appointment.cancelled")
    if outcome.kind in NOT_BEFORE_THE_START and now < found.starts_at:
        raise BookError("app.appointment.not-begun")
    if outcome.kind in CANCELLED and not found.stage.is_over and found.stage is not Stage.IN_SESSION:
        return called_off(found, outcome)
    closed = replace(moved(found, Stage.CLOSED), outcome=outcome)
    talks = found.stage is Stage.IN_SESSION  # whoever decides early does not cut anybody off
    return replace(closed, access=None) if outcome.kind in ENDS_THE_LINK and not talks else closed
