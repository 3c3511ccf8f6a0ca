"""The book's part for the phone call: noting, changing, agreement, another way. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.appointments import Agreement, Appointment, Stage, Way
from app.domain.evaluation import Declined
from app.domain.mails import Mail, MailKind
from app.domain.secrets import new_id
from app.services.appointments.drafts import checked
from app.services.appointments.ground import Change, Ground, there
from app.services.appointments.ports import AppointmentStore, BookError, Draft, Series, Tell, Write
from app.services.appointments.post import may_know, with_address
from app.services.appointments.series import starts_of
from app.services.appointments.stages import agreed, by_another_way, new_access, noted, still_open, withdrawn
from app.services.appointments.take_up import declined_because, kept_of, notes_of


class PhoneCall(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    async def note(self, draft: Draft, series: Series | None = None) -> Sequence[Appointment]:
        now = self._clock.unix()
        sound = checked(draft, now)
        starts = [sound.starts_at] if series is None else starts_of(sound.starts_at, series)
        for start in starts:
            checked(replace(sound, starts_at=start))
        common = None if series is None else new_id()
        return await self._added([noted(sound, start, self._rules.owner, now, common) for start in starts])

    async def note_now(self, draft: Draft) -> Appointment:
        now = self._clock.unix()
        sound = checked(replace(draft, starts_at=now, way=Way.VIDEO))
        agreement = Agreement(text_version=self._rules.agreement_version, agreed_at=now)
        fresh = replace(noted(sound, now, self._rules.owner, now), stage=Stage.AGREED, agreement=agreement, access=new_access())
        return (await self._added([fresh]))[0]

    async def change(self, appointment: str, draft: Draft, tell: Tell) -> Appointment:
        now = self._clock.unix()
        sound = checked(draft)
        return await self._change(appointment, lambda found, mails: self._changed_to(sound, found, mails, tell, now))

    async def agree(self, appointment: str, text_version: str) -> Appointment:
        now = self._clock.unix()
        return await self._change(appointment, lambda found, _: Change(appointment=agreed(found, text_version, now)))

    async def withdraw(self, appointment: str) -> Appointment:
        now = self._clock.unix()
        return await self._change(appointment, lambda found, _: Change(appointment=withdrawn(found, now), drops_mails=True))

    async def choose_way(self, appointment: str, way: Way, tell: Tell) -> Appointment:
        now = self._clock.unix()

        def step(found: Appointment, mails: Sequence[Mail]) -> Change:
            return self._another_way(by_another_way(found, way, now), found, mails, tell, now)

        return await self._change(appointment, step)

    async def declined(self, appointment: str, why: Declined) -> Appointment:
        def note(store: AppointmentStore) -> Appointment:
            found = there(store, appointment)
            notes = declined_because(kept_of(store, appointment), appointment, why) if self._rules.counts else []
            if notes:
                store.write(Write(notes=notes))
            return found

        return await self._store.run(note)

    # ---- inside

    async def _added(self, fresh: Sequence[Appointment]) -> Sequence[Appointment]:
        now = self._clock.unix()

        def write(store: AppointmentStore) -> Sequence[Appointment]:
            notes = notes_of(store, [(None, each) for each in fresh], now) if self._rules.counts else []
            return store.write(Write(appointments=fresh, notes=notes))

        stored = await self._store.run(write)
        self.changed.announce([appointment.id for appointment in stored])
        return stored

    def _changed_to(self, draft: Draft, found: Appointment, mails: Sequence[Mail], tell: Tell, now: int) -> Change:
        still_open(found)
        on = by_another_way(found, draft.way, now)
        other_time = (found.starts_at, found.minutes) != (draft.starts_at, draft.minutes)
        if other_time:
            _may_move(found, draft, now)
        on = replace(on, starts_at=draft.starts_at, minutes=draft.minutes, topic=draft.topic, client=draft.client)
        if on.way is not found.way:
            return self._another_way(on, found, mails, tell, now)
        invited = on.stage in (Stage.INVITED, Stage.WAITING)
        if other_time and invited:
            on = replace(on, sequence=on.sequence + 1)
        other_address = on.client.email != found.client.email
        if tell is Tell.MAIL and invited and may_know(found, mails) and (other_time or other_address):
            self._refuse_while_locked()
            with_address(on)
        letters = self._post.after_change(found, on, mails, tell is Tell.MAIL, now)
        return Change(appointment=on, drops_mails=letters is not None, mails=letters or ())

    def _another_way(self, on: Appointment, found: Appointment, mails: Sequence[Mail], tell: Tell, now: int) -> Change:
        """The link is dead; who may have it is told that there is no video, if so wished."""
        if on.way is found.way:
            return Change(appointment=on)
        if not (tell is Tell.MAIL and may_know(found, mails)):
            return Change(appointment=on, drops_mails=True)
        on = replace(on, sequence=on.sequence + 1)
        return Change(appointment=on, drops_mails=True, mails=(self._post.mail(MailKind.CANCELLED, with_address(on), now),))


def _may_move(found: Appointment, draft: Draft, now: int) -> None:
    """Raises BookError for a time that makes no sense."""
    if found.stage is Stage.IN_SESSION:
        raise BookError("app.appointment.in-session")
    checked(draft, now)
