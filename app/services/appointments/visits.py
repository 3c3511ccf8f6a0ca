"""What the desk sees of a room becomes stage and visit of its appointment. Pure rules, no I/O; imports the domain only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.appointments import ALLOWED_STAGE_STEPS, Appointment, Stage
from app.domain.readiness import Readiness
from app.domain.visit import Visit
from app.services.appointments.proposals import NOT_ARRIVED_AFTER_S, OPENS_BEFORE_S, with_readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look at a room."""

    at: int
    """Unix seconds."""
    waiting: bool = False
    """Somebody sits in the waiting room."""
    in_session: bool = False
    """Somebody was let in, and the conversation is not over."""
    talked_s: int = 0
    """So much talk since the last look, seconds."""
    parted: bool = False
    """A conversation was ended for good: the link is used up."""
    by_phone: bool = False
    """It goes on by phone."""


def seen(appointment: Appointment, sight: Sight) -> Appointment:
    """The appointment after that look. One that was called off stays so."""
    if appointment.stage is Stage.CANCELLED:
        return appointment
    stage = _stage(appointment, sight)
    allowed = stage is appointment.stage or stage in ALLOWED_STAGE_STEPS[appointment.stage]
    return replace(
        appointment,
        stage=stage if allowed else appointment.stage,
        access=None if sight.parted else appointment.access,
        visit=_visit(appointment.visit, sight),
    )


def reported(appointment: Appointment, readiness: Readiness) -> Appointment:
    """The client's page told how it stands; an empty readiness says only that the server has forgotten, and takes no relief away."""
    if readiness == Readiness():
        return replace(appointment, readiness=readiness)
    visit = with_readiness(appointment.visit, readiness, appointment.starts_at - OPENS_BEFORE_S)
    return replace(appointment, readiness=readiness, visit=visit)


def watched(appointment: Appointment, since: int, until: int, there: bool) -> Appointment:
    """Nobody came from `since` to `until` (Unix seconds), and our program stood at the open door, or did not."""
    begins, ends = appointment.starts_at, appointment.starts_at + NOT_ARRIVED_AFTER_S
    seconds = min(until, ends) - max(since, begins)
    if seconds <= 0:
        return appointment
    visit = appointment.visit
    news = replace(visit, watched_s=visit.watched_s + seconds) if there else replace(visit, away=True)
    return replace(appointment, visit=news)


def is_awaited(appointment: Appointment) -> bool:
    """Its client has a link and did not use it yet."""
    return appointment.stage is Stage.INVITED and appointment.access is not None and appointment.visit.waited_from is None


def _stage(appointment: Appointment, sight: Sight) -> Stage:
    if sight.in_session:
        return Stage.IN_SESSION
    if sight.waiting:
        return Stage.WAITING
    if appointment.stage in (Stage.WAITING, Stage.IN_SESSION):
        return Stage.INVITED if appointment.outcome is None else Stage.CLOSED
    return appointment.stage


def _visit(visit: Visit, sight: Sight) -> Visit:
    waits = sight.waiting and not sight.in_session
    came = sight.at if visit.waited_from is None and (waits or sight.in_session) else visit.waited_from
    left = None if waits else sight.at if came is not None and visit.waited_until is None else visit.waited_until
    return replace(
        visit,
        waited_from=came,
        waited_until=left,
        admitted_at=sight.at if sight.in_session and visit.admitted_at is None else visit.admitted_at,
        talked_s=visit.talked_s + sight.talked_s,
        by_phone=sight.by_phone or (visit.by_phone and not sight.in_session),
        ended_at=sight.at if sight.parted else visit.ended_at,
    )
