"""What an appointment adds to the take-up figures, told at the moment when it becomes true. Pure rules and their notes; no Qt, no SQL.

Each appointment counts once in each table of `TAKE_UP`. Its last word holds until it was handed in on a later day, so an outcome that is
corrected the same day is counted as corrected; what was handed in stays as it was, because nobody can find it again. The note goes with
its appointment. Whoever takes an appointment over counts its outcome only: the rest was told where it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from app.domain.appointments import Appointment, Way
from app.domain.evaluation import Declined, DeviceClass, Length
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Step
from app.domain.survey import NO_ANSWER, quarter_of
from app.services.appointments.ports import AppointmentStore

Note = tuple[str, bytes]
Change = tuple[Appointment | None, Appointment]
"""Before and after; nothing before for a new one."""
NOTE = "take-up/"
WAITING = "take-up.waiting"
"""Note: ids of appointments that have something to be handed in."""
_WAYS = {Way.PHONE: Declined.RATHER_PHONE, Way.ON_SITE: Declined.RATHER_VISIT}


class Told(msgspec.Struct, frozen=True):
    """One event."""

    answer: str
    """A counter of its table, or NO_ANSWER where that cannot be told."""
    quarter: str
    at: int
    """When it was told like that first, Unix seconds."""


class TakeUp(msgspec.Struct, frozen=True):
    """Of one appointment."""

    waiting: dict[str, Told] = {}
    """Table → what is to be handed in."""
    done: list[str] = []
    """Tables that were handed in."""


def told(before: Appointment | None, after: Appointment, kept: TakeUp, now: int) -> TakeUp:
    """What is to be handed in after this change, made at `now` (Unix seconds)."""
    waiting = dict(kept.waiting)
    for table in ("outcome",) if after.deputy is not None else _RULES:
        if table in kept.done:
            continue
        was = waiting.pop(table, None)
        answer = _RULES[table](before, after, None if was is None else was.answer)
        if was is not None and answer == was.answer:
            waiting[table] = was
        elif answer is not None:
            waiting[table] = Told(answer, quarter_of(now), now)
    return TakeUp(waiting, kept.done)


def notes_of(store: AppointmentStore, changes: Iterable[Change], now: int) -> list[Note]:
    """What is to be written with these changes; nothing where they add nothing. On the store's thread."""
    notes, ids = [], waiting_ids(store)
    for before, after in changes:
        kept = kept_of(store, after.id)
        fresh = told(before, after, kept, now)
        if fresh != kept:
            notes.append(note(after.id, fresh))
            ids += [] if after.id in ids else [after.id]
    return [*notes, ids_note(ids)] if notes else []


def declined_because(kept: TakeUp, appointment: str, why: Declined) -> list[Note]:
    """Another reason for a no that waits to be handed in."""
    was = kept.waiting.get("asked")
    if was is None or not was.answer.startswith("declined."):
        return []
    return [note(appointment, TakeUp({**kept.waiting, "asked": msgspec.structs.replace(was, answer=f"declined.{why.value}")}, kept.done))]


def kept_of(store: AppointmentStore, appointment: str) -> TakeUp:
    """Nothing for one that told nothing, or is gone."""
    found = store.note(NOTE + appointment)
    return TakeUp() if found is None else msgspec.json.decode(found, type=TakeUp)


def waiting_ids(store: AppointmentStore) -> list[str]:
    """Of appointments that may have something to be handed in."""
    found = store.note(WAITING)
    return [] if found is None else msgspec.json.decode(found, type=list[str])


def note(appointment: str, kept: TakeUp) -> Note:
    """Goes with the appointment."""
    return NOTE + appointment, msgspec.json.encode(kept)


def ids_note(ids: list[str]) -> Note:
    """For `waiting_ids`."""
    return WAITING, msgspec.json.encode(ids)


# ---- the rules: the answer after a change, from the appointment before and after it and what was told until now


def _asked(before: Appointment | None, after: Appointment, was: str | None) -> str | None:
    """Whether the client said yes to video on the phone; taken back without another way it is open again."""
    if after.agreed:
        return "agreed"
    if after.way is not Way.VIDEO:
        changed = before is not None and before.way is not after.way
        return f"declined.{_WAYS[after.way].value}" if changed else was
    return "open" if was is not None or after.agreement is not None else None


def _rehearsal(_before: Appointment | None, after: Appointment, was: str | None) -> str | None:
    checks = after.readiness.checks
    if Check.FAILED in checks:
        return "with-trouble"
    return "went-well" if any(check is not Check.UNKNOWN for check in checks) else was


def _outcome(_before: Appointment | None, after: Appointment, _was: str | None) -> str | None:
    """Of appointments by video to which the client agreed; who called off is not counted."""
    if after.outcome is None or after.way is not Way.VIDEO or not after.agreed:
        return None
    return _OUTCOMES.get(after.outcome.kind, lambda _outcome, _talked_s: None)(after.outcome, after.visit.talked_s)


def _held(outcome: Outcome, talked_s: int) -> str:
    minutes = outcome.talked_minutes or talked_s / 60
    return f"held.{Length.of(minutes).value}" if minutes else NO_ANSWER


def _not_in(outcome: Outcome, _talked_s: int) -> str:
    """Whoever was seen in the guided check last stood before the door."""
    step = Step(outcome.step) if outcome.step in {step.value for step in Step} else None
    if step is None:
        return NO_ANSWER
    return f"could-not-get-in.{(Step.LINK if step.of_the_check else step).value}"


def _device(_before: Appointment | None, after: Appointment, was: str | None) -> str | None:
    """As it was noted on the phone, once the link was opened: what the page runs on is told to nobody."""
    device = after.client.device.value
    return (device if device in {known.value for known in DeviceClass} else NO_ANSWER) if _opened(after) else was


def _language(_before: Appointment | None, after: Appointment, was: str | None) -> str | None:
    return ("de" if after.client.language.partition("-")[0] == "de" else "other") if _opened(after) else was


def _opened(appointment: Appointment) -> bool:
    return appointment.readiness.opened_at is not None or appointment.visit.waited_from is not None


_OUTCOMES: Mapping[OutcomeKind, Callable[[Outcome, int], str]] = {
    OutcomeKind.HELD: _held,
    OutcomeKind.BY_PHONE: lambda _outcome, _talked_s: "by-phone",
    OutcomeKind.NOT_ARRIVED: lambda _outcome, _talked_s: "not-arrived",
    OutcomeKind.COULD_NOT_GET_IN: _not_in,
}
_RULES: Mapping[str, Callable[[Appointment | None, Appointment, str | None], str | None]] = {
    "asked": _asked,
    "rehearsal": _rehearsal,
    "outcome": _outcome,
    "device": _device,
    "language": _language,
}
