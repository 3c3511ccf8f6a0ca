"""Every few seconds: who is away, which hints were lost, what is past its time. A portion of the seats at a time: nobody waits long.

Knows the store, the fan-out and which seats have their page in this process; no WebSocket is touched here.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import structlog

from app.domain.rooms import SeatState
from app.server.connection import Connection
from app.server.exchange import PRESENCE_TTL_S, Exchange, room_state
from app.server.ports import ClientSeat, Presence, Refusal, RoomStore

log = structlog.get_logger(__name__)


AT_ONCE = 25
"""Seats that are looked at in one go, a third of a thousandth of a second; then others have their turn."""


class _Seen(NamedTuple):
    """A room as a sweep saw it."""

    owner: str
    revision: int


class Sweeper:
    """The sweeps of one process."""

    def __init__(self, exchange: Exchange, sitting: Mapping[str, Connection], period: float, seat_away: int) -> None:
        """`sitting`: seat -> whose page has it here. A sweep is spread over half of `period`; seats in the waiting room that stay away
        for `seat_away` seconds are deleted."""
        self._exchange = exchange
        self._sitting = sitting
        self._period = period
        self._seat_away = seat_away
        self._seen: dict[str, _Seen] = {}
        """Rooms with a client in them, at the last sweep."""
        self._portions = 1

    async def sweep(self) -> None:
        """Once. Raises StateUnavailable."""
        before, self._seen = self._seen, {}
        try:
            await self._look_at_seats(before)
        except BaseException:
            self._seen = before | self._seen
            raise
        for room, seen in before.items():
            await self._exchange.say_changed(room, seen.owner, 0)
        await self._delete_expired()

    async def _look_at_seats(self, before: dict[str, _Seen]) -> None:
        """Of all rooms; what is left of `before` has nobody in it any more."""
        waiting = away = sessions = portions = 0
        async for portion in all_client_seats(self._exchange.store):
            portions += 1
            of_waiting = [seat.away for seat in portion if seat.state is SeatState.WAITING]
            waiting, away = waiting + len(of_waiting), away + sum(of_waiting)
            sessions += sum(seat.state is SeatState.ADMITTED for seat in portion)  # one in a room at most
            for first in range(0, len(portion), AT_ONCE):
                some = portion[first : first + AT_ONCE]
                await self._say_again(some, before)
                await self._note_absent(some)
                await asyncio.sleep(0)
            if portions < self._portions:  # as many pauses as there were portions last time, however many there are now
                await asyncio.sleep(self._period / 2 / self._portions)
        self._portions = portions
        self._exchange.meter.seats(waiting, away, sessions)

    async def _say_again(self, portion: Sequence[ClientSeat], before: dict[str, _Seen]) -> None:
        """Rooms that are different from what the last sweep saw: who missed the hint looks now, and who did not knows the revision."""
        for seat in portion:
            known = before.pop(seat.room, None) or self._seen.get(seat.room)
            if known is not None and known == (seat.owner, seat.revision):
                self._seen[seat.room] = known
            else:
                self._seen[seat.room] = _Seen(sys.intern(seat.owner), seat.revision)
                await self._exchange.say_changed(seat.room, seat.owner, seat.revision)

    async def _note_absent(self, portion: Sequence[ClientSeat]) -> None:
        """A broker answers many questions in one go."""
        since = self._exchange.clock() - PRESENCE_TTL_S
        there = [seat for seat in portion if not seat.away and not self._heard_here(seat.seat, since)]
        if not there:
            return
        present = await self._exchange.fanout.present_among(Presence.SEAT, [seat.seat for seat in there])
        gone = [seat for seat in there if seat.seat not in present]
        await asyncio.gather(*(self._note_as_absent(seat.room, seat.seat) for seat in gone))

    def _heard_here(self, seat: str, since: float) -> bool:
        """Whether this very process got its sign of life lately: nobody has to be asked."""
        connection = self._sitting.get(seat)
        return connection is not None and connection.last_heard > since and not connection.ending

    async def _note_as_absent(self, room: str, seat: str) -> None:
        exchange = self._exchange
        with contextlib.suppress(Refusal):  # the seat is gone meanwhile
            await exchange.announce(await exchange.store.note_presence(room, seat, False, exchange.now))

    async def _delete_expired(self) -> None:
        exchange = self._exchange
        swept = await exchange.store.delete_expired(exchange.now, self._seat_away)
        for row in swept.closed:
            await exchange.to_owner(row, room_state(row))
            await exchange.announce_to_pages(row)
        for row in swept.thinned:
            await exchange.announce(row)
        if swept.closed:
            log.info("rooms-deleted", count=len(swept.closed))


async def all_client_seats(store: RoomStore) -> AsyncIterator[Sequence[ClientSeat]]:
    """Portion by portion. Raises StateUnavailable."""
    portion = await store.client_seats()
    while portion:
        yield portion
        portion = await store.client_seats(after=portion[-1].seat)
