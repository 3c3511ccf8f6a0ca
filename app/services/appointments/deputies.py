"""The book's part for a team: what colleagues may see, and what they do with an appointment while somebody is away. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from app.domain.appointments import Access, Appointment, Stage, Way
from app.domain.deputy import DAY_S, Act, ActKind, Place, Shared, Verdict, is_shared, may_be_acted_on, shared
from app.domain.mails import Mail, MailKind
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Readiness
from app.services.appointments.ground import Ground
from app.services.appointments.ports import AppointmentStore, Tell, Write
from app.services.appointments.post import may_know, with_address
from app.services.appointments.stages import called_off, new_access

LATEST = 4_102_444_800
"""2100, Unix seconds."""
Note = tuple[str, bytes | None]
MakeNote = Callable[[AppointmentStore], Note]
"""On the store's thread."""
_ACTS = "team.acts/"
"""Note: ids of the acts that were carried out on that appointment; it goes with the appointment."""
_BY = {ActKind.CANCEL_BY_CLIENT: OutcomeKind.CANCELLED_BY_CLIENT, ActKind.CANCEL_BY_US: OutcomeKind.CANCELLED_BY_US}


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What became of a deputy's act in the holder's book. `changed` is still to be announced."""

    verdict: Verdict
    room: str | None = None
    """That it had: its link dies, unless the deputy goes on with the room."""


class Deputies(Ground):
    """For `app.services.team` only; the window does not see it."""

    async def to_share(self, appointments: Sequence[str] | None = None) -> dict[str, Shared | None]:
        """Copies by id, of these or of all; None for one that colleagues need no more."""
        now, place = self._clock.unix(), self._rules.place
        return await self._store.run(lambda store: _copies(store, appointments, now, place))

    async def hand_on(self, act: Act, alone: bool) -> HandedOn:
        """In the holder's book: a colleague acts. `alone`: the deputy had to act without us, so it holds whatever was changed."""
        return await self._store.run(lambda store: _handed_on(store, act, alone))

    async def has_room(self, room: str) -> bool:
        """An appointment of this book still leads to that room."""
        return await self._store.run(lambda store: store.by_room(room)) is not None

    async def stand_in(self, act: Act, tell: Tell, note: MakeNote, kept: Access | None = None) -> Appointment:
        """In the deputy's book: the act holds. Taken over, the appointment stands here with a link of its own, or with the one it had
        where the room was taken over (`kept`); called off, it stands here for as long as its mail needs. Done once, however often it is
        asked for; `note` goes into the same transaction."""
        now = self._clock.unix()
        stored = await self._store.run(lambda store: self._stood_in(store, act, tell, note(store), now, kept))
        self.changed.announce([stored.id])
        return stored

    def _stood_in(self, store: AppointmentStore, act: Act, tell: Tell, note: Note, now: int, kept: Access | None) -> Appointment:
        ident = act.seen.appointment.id
        done = _done(store, ident)
        found = store.find(ident)
        if act.id in done and found is not None:
            store.write(Write(notes=[note]))
            return found
        revision = 0 if found is None else found.revision
        hears = act.seen.client_knows and (kept is not None or (tell is Tell.MAIL and bool(act.seen.appointment.client.email)))
        fresh = replace(_as_deputy(act, kept, hears), revision=revision)
        mails = self._letters(act, fresh, now, kept) if tell is Tell.MAIL else ()
        notes = [note, _note(ident, (*done, act.id))]
        return store.write(Write(appointments=[fresh], mails=mails, withdraw_mails_of=[ident], notes=notes))[0]

    def _letters(self, act: Act, fresh: Appointment, now: int, kept: Access | None) -> tuple[Mail, ...]:
        """Whose link stays is only reminded of it, as it was meant."""
        if not act.seen.client_knows or fresh.way is not Way.VIDEO or not fresh.client.email or fresh.ends_at <= now:
            return ()
        if act.kind is ActKind.TAKE_OVER:
            return self._post.with_reminders(MailKind.NEW_LINK, fresh, now) if kept is None else self._post.reminding(fresh, now)
        return (self._post.mail(MailKind.CANCELLED, with_address(fresh), now),)


def _copies(store: AppointmentStore, appointments: Sequence[str] | None, now: int, place: Place | None) -> dict[str, Shared | None]:
    if appointments is None:
        return {found.id: _copy(store, found, place) for found in store.between(now - DAY_S, LATEST) if is_shared(found, now)}
    found = {ident: store.find(ident) for ident in appointments}
    return {ident: None if it is None or not is_shared(it, now) else _copy(store, it, place) for ident, it in found.items()}


def _copy(store: AppointmentStore, found: Appointment, place: Place | None = None) -> Shared:
    return shared(found, may_know(found, store.mails_of(found.id)), place)


def _handed_on(store: AppointmentStore, act: Act, alone: bool) -> HandedOn:
    ident = act.seen.appointment.id
    done = _done(store, ident)
    found = store.find(ident)
    if act.id in done:
        return HandedOn(Verdict.GRANTED)
    if found is None or not may_be_acted_on(found):
        return HandedOn(Verdict.OVER)
    if not alone and _copy(store, found).what_counts != act.seen.what_counts:
        return HandedOn(Verdict.CHANGED)
    notes = [_note(ident, (*done, act.id))]
    store.write(Write(appointments=[_as_holder(found, act)], withdraw_mails_of=[ident], notes=notes))
    return HandedOn(Verdict.GRANTED, None if found.access is None else found.access.room)


def _as_holder(found: Appointment, act: Act) -> Appointment:
    """Ours no more: the link leads nowhere from here and nothing is sent. A taken-over one has no outcome here, for it is not over."""
    if act.kind is ActKind.TAKE_OVER:
        gone = replace(found, stage=Stage.CANCELLED, access=None, sequence=found.sequence + 1)
    else:
        gone = called_off(found, Outcome(kind=_BY[act.kind], decided_at=act.at))
    return replace(gone, deputy=act.deputy, readiness=Readiness())


def _as_deputy(act: Act, kept: Access | None, hears: bool) -> Appointment:
    """Under the same id, so that the client's calendar keeps one entry. The agreement is the client's word and stays. `hears`: the client
    knows of the link, or will."""
    seen = act.seen.appointment
    if act.kind is not ActKind.TAKE_OVER:
        return replace(called_off(seen, Outcome(kind=_BY[act.kind], decided_at=act.at)), deputy=act.deputy)
    by_video = seen.agreed and seen.way is Way.VIDEO
    stage = (Stage.INVITED if hears else Stage.AGREED) if by_video else Stage.NOTED
    access = (kept or new_access()) if by_video else None
    return replace(seen, stage=stage, access=access, deputy=act.deputy, sequence=seen.sequence + 1)


def _done(store: AppointmentStore, appointment: str) -> tuple[str, ...]:
    kept = store.note(_ACTS + appointment)
    return () if kept is None else tuple(msgspec.json.decode(kept, type=list[str]))


def _note(appointment: str, acts: Sequence[str]) -> tuple[str, bytes]:
    return _ACTS + appointment, msgspec.json.encode(list(acts))
