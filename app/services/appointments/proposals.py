"""What the program proposes as the outcome. Pure rules, no I/O; imports the domain only.

Absence is proposed only where our own side was there to see it, and nothing technical can have been the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Step, Wish
from app.domain.visit import Visit

NOT_ARRIVED_AFTER_S = 15 * 60
"""After the start; before that somebody is late."""
WATCHED_AT_LEAST_S = 10 * 60
"""Of that quarter of an hour our program has to have stood at the open door."""
NOT_ATTENDED_AFTER_S = 5 * 60
"""Who waited so long after the start and was not let in was not attended to by us."""
OPENS_BEFORE_S = 30 * 60
"""The waiting room opens so long before the start."""

_TELLS_OF_THE_LINK = frozenset({MailKind.INVITATION, MailKind.MOVED, MailKind.NEW_LINK})


def proposed(appointment: Appointment, mails: Sequence[Mail], now: int) -> Outcome | None:
    """What was decided already, or what the program would say; None while nothing can be said."""
    if appointment.outcome is not None:
        return appointment.outcome
    visit = appointment.visit
    if visit.talked_s or visit.by_phone:
        kind = OutcomeKind.BY_PHONE if visit.by_phone else OutcomeKind.HELD
        return Outcome(kind=kind, decided_at=now, talked_minutes=minutes_of(visit.talked_s))
    if appointment.way is not Way.VIDEO or appointment.stage is Stage.IN_SESSION:
        return None
    if visit.admitted_at is not None:
        return _could_not_get_in(now, visit.step or Step.ROOM.value, visit.reason)
    if visit.waited_from is not None:
        return _after_waiting(appointment, now)
    return _nobody_came(appointment, mails, now)


def minutes_of(seconds: int) -> int:
    """A conversation that took place took a minute at least."""
    return max(1, round(seconds / 60)) if seconds else 0


def with_readiness(visit: Visit, readiness: Readiness, opens_at: int) -> Visit:
    """What remains of the readiness for the outcome: the client's relief."""
    tried = readiness.opened_at is not None and readiness.opened_at >= opens_at
    step, reason = ("", "") if readiness.checking else (readiness.step, readiness.reason)
    met = bool(readiness.reason) or Check.FAILED in readiness.checks
    wish = readiness.wish is Wish.CANNOT_COME
    return replace(visit, step=step, reason=reason, trouble=met or tried, cannot_come=wish)


def _after_waiting(appointment: Appointment, now: int) -> Outcome | None:
    """Somebody came and was not let in: that is never their absence."""
    visit = appointment.visit
    until, since = visit.waited_until, max(visit.waited_from or 0, appointment.starts_at)
    if until is None and now < appointment.ends_at:
        return None
    waited_s = (now if until is None else until) - since
    return Outcome(kind=OutcomeKind.NOT_ATTENDED, decided_at=now) if waited_s >= NOT_ATTENDED_AFTER_S else None


def _nobody_came(appointment: Appointment, mails: Sequence[Mail], now: int) -> Outcome | None:
    visit = appointment.visit
    if visit.cannot_come or appointment.readiness.wish is Wish.CANNOT_COME:
        return Outcome(kind=OutcomeKind.CANCELLED_BY_CLIENT, decided_at=now)
    if now < appointment.starts_at + NOT_ARRIVED_AFTER_S or appointment.stage is not Stage.INVITED:
        return None
    if visit.trouble or not may_have_the_link(mails):
        return _could_not_get_in(now, visit.step or Step.LINK.value, visit.reason)
    unseen = visit.away or visit.watched_s < WATCHED_AT_LEAST_S or appointment.readiness.wish is Wish.CALL_ME
    return None if unseen else Outcome(kind=OutcomeKind.NOT_ARRIVED, decided_at=now)


def may_have_the_link(mails: Sequence[Mail]) -> bool:
    """It was handed over without a mail, or the agency's mail server took one that tells of it."""
    about = [mail for mail in mails if mail.kind in _TELLS_OF_THE_LINK and mail.state is not MailState.WITHDRAWN]
    return not about or any(mail.state is MailState.ACCEPTED for mail in about)


def _could_not_get_in(now: int, step: str, reason: str) -> Outcome:
    return Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=now, step=step, reason=reason)
