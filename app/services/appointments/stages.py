"""Which step an appointment may take, and what each does to its link and agreement. Pure, no I/O; imports the domain and the ports only."""

from __future__ import annotations

from dataclasses import replace

from app.domain.appointments import ALLOWED_STAGE_STEPS, Access, Agreement, Appointment, Stage, Way
from app.domain.outcome import Outcome
from app.domain.readiness import Readiness
from app.domain.secrets import new_code, new_id, new_token
from app.services.appointments.ports import BookError, Draft


def new_access() -> Access:
    """A room, a token and a code that nobody had before."""
    return Access(room=new_id(), token=new_token(), code=new_code())


def noted(draft: Draft, starts_at: int, owner: str, now: int, series: str | None = None) -> Appointment:
    """A new one in the calendar; `draft` is checked, `owner` the opaque id of the counsellor."""
    return Appointment(
        id=new_id(),
        starts_at=starts_at,
        minutes=draft.minutes,
        topic=draft.topic,
        client=draft.client,
        way=draft.way,
        series=series,
        owner=owner,
        made_at=now,
    )


def moved(appointment: Appointment, stage: Stage) -> Appointment:
    """In another stage. Raises BookError where no step leads there."""
    if stage is appointment.stage:
        return appointment
    if stage not in ALLOWED_STAGE_STEPS[appointment.stage]:
        raise BookError(_why_not(appointment))
    return replace(appointment, stage=stage)


def still_open(appointment: Appointment) -> Appointment:
    """The appointment, if something can still be done about it. Raises BookError."""
    if appointment.stage.is_over:
        raise BookError(_why_not(appointment))
    return appointment


def agreed(appointment: Appointment, text_version: str, now: int) -> Appointment:
    """The client agreed on the phone: the appointment has a link from now on, which nobody has yet."""
    still_open(appointment)
    if appointment.way is not Way.VIDEO:
        raise BookError("app.appointment.not-by-video")
    if appointment.agreed:
        return appointment
    if appointment.ends_at <= now:
        raise BookError("app.appointment.past")
    agreement = Agreement(text_version=text_version, agreed_at=now)
    return replace(moved(appointment, Stage.AGREED), agreement=agreement, access=new_access())


def withdrawn(appointment: Appointment, now: int) -> Appointment:
    """The agreement is taken back: nobody gets in by the link any more, and what the page told of the device is gone with it."""
    still_open(appointment)
    if appointment.stage is Stage.IN_SESSION:
        raise BookError("app.appointment.in-session")
    if appointment.agreement is None or not appointment.agreement.holds:
        raise BookError("app.appointment.no-agreement")
    agreement = replace(appointment.agreement, withdrawn_at=now)
    return replace(moved(appointment, Stage.NOTED), agreement=agreement, access=None, readiness=Readiness())


def by_another_way(appointment: Appointment, way: Way, now: int) -> Appointment:
    """On the phone, on site, or by video again; an agreement to video ends with the video."""
    still_open(appointment)
    if way is appointment.way:
        return appointment
    if appointment.stage is Stage.IN_SESSION:
        raise BookError("app.appointment.in-session")
    without = withdrawn(appointment, now) if appointment.agreed else appointment
    return replace(without, way=way)


def called_off(appointment: Appointment, outcome: Outcome) -> Appointment:
    """Cancelled before it began: the link is dead."""
    if appointment.stage is Stage.IN_SESSION:
        raise BookError("app.appointment.in-session")
    gone = moved(still_open(appointment), Stage.CANCELLED)
    return replace(gone, access=None, outcome=outcome, sequence=gone.sequence + 1)


def _why_not(appointment: Appointment) -> str:
    if appointment.stage is Stage.CANCELLED:
        return "app.appointment.cancelled"
    if appointment.stage is Stage.CLOSED:
        return "app.appointment.closed"
    if appointment.stage is Stage.IN_SESSION:
        return "app.appointment.in-session"
    return "app.appointment.no-agreement" if not appointment.agreed else "app.appointment.not-now"
