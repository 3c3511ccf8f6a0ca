"""The book's part for the rooms at the server: which are offered, and what is seen of them. No Qt, no SQL, no link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.appointments import Appointment, Stage
from app.domain.mails import Mail
from app.domain.readiness import Readiness
from app.domain.secrets import new_code
from app.services.appointments.ground import Change, Ground
from app.services.appointments.ports import AppointmentStore, BookError
from app.services.appointments.proposals import NOT_ARRIVED_AFTER_S, OPENS_BEFORE_S
from app.services.appointments.visits import Sight, is_awaited, reported, seen, watched
from app.services.local_time import midnight_after
from app.services.ports import OPEN_AFTER_S, RoomOffer

LONGEST_S = 12 * 3600
"""An appointment that began longer ago has no room any more."""


class AtTheDoor(Ground):
    """For `Door` and `Reception` only; the window does not see it."""

    async def offers(self) -> Sequence[RoomOffer]:
        """The rooms whose link is alive. A client who comes after the outcome was set finds the door as long as the room lasts."""
        now = self._clock.unix()
        return [offer_of(found) for found in await self._store.run(lambda store: _with_a_room(store, now))]

    async def seen(self, room: str, sight: Sight) -> None:
        """A room of nobody's appointment is passed over."""
        await self._at(room, lambda found, _: Change(appointment=seen(found, sight)))

    async def reported(self, room: str, readiness: Readiness) -> None:
        """Not kept any more on the day after."""
        now = self._clock.unix()

        def step(found: Appointment, _: Sequence[Mail]) -> Change:
            is_past = found.stage.is_over or midnight_after(found.ends_at) <= now
            return Change(appointment=found if is_past else reported(found, readiness))

        await self._at(room, step)

    async def new_code(self, room: str) -> None:
        """Another room has the same; what waits in the outbox is written anew with the new one."""
        now = self._clock.unix()

        def step(found: Appointment, mails: Sequence[Mail]) -> Change:
            if found.access is None:
                return Change(appointment=found)
            after = replace(found, access=replace(found.access, code=new_code()))
            letters = self._post.after_change(found, after, mails, tell=False, now=now)
            return Change(appointment=after, drops_mails=letters is not None, mails=letters or ())

        await self._at(room, step)

    async def watched(self, since: int, until: int, there: bool) -> None:
        """Our program stood at the door from `since` to `until`, or did not."""
        begun = await self._store.run(lambda store: store.between(since - NOT_ARRIVED_AFTER_S, until))
        for appointment in filter(is_awaited, begun):
            await self._quietly(appointment.id, lambda found, _: Change(appointment=_watched(found, since, until, there)))

    async def nobody_is_here(self) -> None:
        """At the start: who waited or talked when the program ended is seen anew, or is gone."""
        now = self._clock.unix()
        recent = await self._store.run(lambda store: store.between(now - LONGEST_S * 2, now + LONGEST_S * 2))
        for appointment in recent:
            if appointment.stage in (Stage.WAITING, Stage.IN_SESSION):
                await self._quietly(appointment.id, lambda found, _: Change(appointment=seen(found, Sight(at=now))))

    # ---- inside

    async def _at(self, room: str, step: Callable[[Appointment, Sequence[Mail]], Change]) -> None:
        appointment = await self._store.run(lambda store: store.by_room(room))
        if appointment is not None:
            await self._quietly(appointment.id, step)

    async def _quietly(self, appointment: str, step: Callable[[Appointment, Sequence[Mail]], Change]) -> None:
        """Deleted meanwhile is no trouble."""
        try:
            await self._change(appointment, step)
        except BookError:
            return


def offer_of(appointment: Appointment) -> RoomOffer:
    """What the desk needs of an appointment that has an access."""
    access, client = appointment.access, appointment.client
    if access is None:
        raise ValueError("an appointment without an access has no room")
    return RoomOffer(
        room=access.room,
        title=", ".join(filter(None, (client.name, appointment.topic))),
        token=access.token,
        code=access.code,
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        opens_at=appointment.starts_at - OPENS_BEFORE_S,
        language=client.language,
        save_data=client.save_data,
    )


def _watched(appointment: Appointment, since: int, until: int, there: bool) -> Appointment:
    return watched(appointment, since, until, there) if is_awaited(appointment) else appointment


def _with_a_room(store: AppointmentStore, now: int) -> Sequence[Appointment]:
    closed = [
        found for found in store.between(now - LONGEST_S, now + LONGEST_S) if found.stage is Stage.CLOSED and found.access is not None
    ]
    return [found for found in (*store.open_rooms(now), *closed) if found.ends_at + OPEN_AFTER_S > now]
