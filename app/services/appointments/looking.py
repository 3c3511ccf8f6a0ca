"""The book's part for looking: what stands in the calendar, and who is to be phoned again. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import Mail
from app.domain.readiness import Light
from app.services.appointments.ground import Ground
from app.services.appointments.ports import AppointmentStore
from app.services.appointments.post import needs_a_person

AHEAD_S = 92 * 86_400
"""So far ahead the list "noch einmal anrufen" looks."""


class Looking(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    async def find(self, appointment: str) -> Appointment | None:
        return await self._store.run(lambda store: store.find(appointment))

    async def in_room(self, room: str) -> Appointment | None:
        return await self._store.run(lambda store: store.by_room(room))

    async def between(self, start: int, end: int) -> Sequence[Appointment]:
        return await self._store.run(lambda store: store.between(start, end))

    async def search(self, text: str) -> Sequence[Appointment]:
        wanted = text.strip()
        return await self._store.run(lambda store: store.search(wanted)) if wanted else ()

    async def mails(self, appointment: str) -> Sequence[Mail]:
        return await self._store.run(lambda store: store.mails_of(appointment))

    async def to_call_again(self) -> Sequence[Appointment]:
        now = self._clock.unix()
        return await self._store.run(lambda store: [found for found in _ahead(store, now) if _needs_a_call(store, found)])


def _ahead(store: AppointmentStore, now: int) -> Sequence[Appointment]:
    """Those by video that nobody has come to yet."""
    early = (Stage.NOTED, Stage.AGREED, Stage.INVITED)
    return [found for found in store.between(now, now + AHEAD_S) if found.way is Way.VIDEO and found.stage in early]


def _needs_a_call(store: AppointmentStore, appointment: Appointment) -> bool:
    if appointment.readiness.light is Light.RED:
        return True
    return appointment.agreed and any(needs_a_person(mail) for mail in store.mails_of(appointment.id))
