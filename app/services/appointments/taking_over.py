"""The book's part for appointments of another calendar. They enter as noted: no agreement, no link, no mail. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.appointments import Appointment
from app.services.appointments.drafts import checked
from app.services.appointments.ground import Ground
from app.services.appointments.ports import AppointmentStore, Foreign, Write
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
    return [each for each in {each.id: each for each in foreign}.values() if store.find(each.id) is None]


def _noted(foreign: Foreign, owner: str, now: int) -> Appointment:
    """Raises BookError."""
    sound = checked(foreign.draft, now)
    return replace(noted(sound, sound.starts_at, owner, now, foreign.series), id=foreign.id)
