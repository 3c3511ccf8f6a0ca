"""The book's part for appointments of another calendar. They enter as noted: no agreement, no link, no mail. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.appointments import Appointment, Client, Stage
from app.services.appointments.drafts import checked
from app.services.appointments.ground import Ground
from app.services.appointments.ports import AppointmentStore, Draft, Foreign, Write
from app.services.appointments.stages import noted


class TakingOver(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    async def unknown(self, foreign: Sequence[Foreign]) -> Sequence[Foreign]:
        return await self._store.run(lambda store: _unknown(store, foreign))

    async def take_over(self, foreign: Sequence[Foreign]) -> Sequence[Appointment]:
        now, owner = self._clock.unix(), self._rules.owner
        fresh = {each.id: _noted(each, owner, now) for each in foreign}

        def write(store: AppointmentStore) -> Sequence[Appointment]:
            new = [fresh[each.id] for each in _unknown(store, foreign)]
            return store.write(Write(appointments=new)) if new else ()

        stored = await self._store.run(write)
        if stored:
            self.changed.announce([appointment.id for appointment in stored])
        return stored


def _unknown(store: AppointmentStore, foreign: Sequence[Foreign]) -> Sequence[Foreign]:
    """Neither of that id, nor at the same time with the same person: they may have come in by hand or out of another file."""
    if not foreign:
        return []
    starts = [each.draft.starts_at for each in foreign]
    near = store.between(min(starts), max(starts) + 1)
    there = {(each.starts_at, recognised_by(each.client, each.topic)) for each in near if each.stage is not Stage.CANCELLED}

    def stands(draft: Draft) -> bool:
        who = recognised_by(draft.client, draft.topic)
        return bool(who) and (draft.starts_at, who) in there

    once = {each.id: each for each in foreign}.values()
    return [each for each in once if store.find(each.id) is None and not stands(each.draft)]


def recognised_by(client: Client, topic: str) -> str:
    """What tells a person from others at the same time; without any data about them, what it is about. Empty is nobody in particular."""
    return (client.name or client.email or client.phone or topic).casefold()


def _noted(foreign: Foreign, owner: str, now: int) -> Appointment:
    """Raises BookError."""
    sound = checked(foreign.draft, now)
    return replace(noted(sound, sound.starts_at, owner, now, foreign.series), id=foreign.id)
