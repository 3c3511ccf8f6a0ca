"""What the appointment book offers, for every `Desk`: rooms come, follow, go, and say how their conversation was ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.secrets import new_id, new_token
from app.services.ports import OPEN_AFTER_S, Parted, RoomOffer, SessionState
from tests.support.desk_table import DeskTable, Opener, both, entry
from tests.support.services import until

DAY_S = 86_400


def offer_of(table: DeskTable, starts_in: int = 3600, **fields: object) -> RoomOffer:
    """A room of the appointment book."""
    starts_at = table.clock.unix() + starts_in
    offer = RoomOffer(
        room=new_id(),
        title="Frau M.",
        token=new_token(),
        code="123456789",
        starts_at=starts_at,
        minutes=30,
        opens_at=starts_at - 1800,
        language="de",
    )
    return replace(offer, **fields)


def listed(table: DeskTable) -> list[str]:
    return [room.room for room in table.desk.rooms]


@both
async def test_an_offered_room_is_listed_beside_others_and_follows_changes(opened: Opener) -> None:
    async with opened() as table:
        now = table.desk.create_now("", "de", 30).room
        offer = offer_of(table)
        told: list[object] = []
        table.desk.rooms_changed.subscribe(told.append)
        table.desk.offer([offer])
        assert told
        assert listed(table) == [now, offer.room]
        shown = entry(table, offer.room)
        assert (shown.title, shown.starts_at, shown.minutes, shown.language) == ("Frau M.", offer.starts_at, 30, "de")
        assert shown.link.endswith(f"/r#{offer.token}")
        seat = table.arrives(offer.room)
        table.desk.offer([replace(offer, title="Frau N.", minutes=45, save_data=True)])
        shown = entry(table, offer.room)
        assert (shown.title, shown.minutes, shown.save_data) == ("Frau N.", 45, True)
        assert [s.seat for s in shown.waiting] == [seat]


@both
async def test_what_is_not_offered_any_more_is_gone_and_rooms_of_others_stay(opened: Opener) -> None:
    async with opened() as table:
        own = table.desk.create_now("", "de", 30).room
        first, second = offer_of(table), offer_of(table)
        table.desk.offer([first, second])
        session = table.desk.admit(first.room, table.arrives(first.room))
        assert session is not None
        table.desk.offer([second])
        assert listed(table) == [own, second.room]
        assert session.state is SessionState.OVER
        assert table.desk.session(first.room) is None
        with pytest.raises(LookupError):
            table.desk.admit(first.room, "nobody")


@both
async def test_a_conversation_that_was_ended_stays_over_whatever_is_offered(opened: Opener) -> None:
    async with opened() as table:
        parted: list[Parted] = []
        table.desk.parted.subscribe(parted.append)
        offer = offer_of(table)
        table.desk.offer([offer])
        session = table.desk.admit(offer.room, table.arrives(offer.room))
        assert session is not None
        session.go_on_by_phone()
        table.clock.advance(10)
        await until(lambda: entry(table, offer.room).over)
        assert parted == [Parted(offer.room, by_phone=True)]
        table.desk.offer([replace(offer, minutes=60)])
        assert entry(table, offer.room).over
        table.desk.offer([])
        assert listed(table) == [offer.room]  # it leaves with its time


@both
async def test_sending_back_is_no_parting(opened: Opener) -> None:
    async with opened() as table:
        parted: list[Parted] = []
        table.desk.parted.subscribe(parted.append)
        offer = offer_of(table)
        table.desk.offer([offer])
        seat = table.arrives(offer.room)
        session = table.desk.admit(offer.room, seat)
        assert session is not None
        await until(lambda: entry(table, offer.room).admitted is not None)
        session.send_back()
        await until(lambda: bool(entry(table, offer.room).waiting))
        assert parted == []
        again = table.desk.admit(offer.room, seat)
        assert again is not None
        again.end_now()
        assert parted == [Parted(offer.room, by_phone=False)]


@both
async def test_a_room_enters_the_list_on_its_day(opened: Opener) -> None:
    async with opened() as table:
        offer = offer_of(table, starts_in=3 * DAY_S)
        table.desk.offer([offer])
        assert listed(table) == []
        told: list[object] = []
        table.desk.rooms_changed.subscribe(told.append)
        table.clock.advance(3 * DAY_S)
        assert told
        assert listed(table) == [offer.room]


@both
async def test_what_is_past_is_not_opened(opened: Opener) -> None:
    async with opened() as table:
        table.desk.offer([offer_of(table, starts_in=-30 * 60 - OPEN_AFTER_S)])
        assert listed(table) == []


# ---- deputies


@both
async def test_a_room_that_is_handed_over_stays_at_the_server_whatever_is_offered(opened: Opener) -> None:
    async with opened() as table:
        taken: list[str] = []
        table.desk.taken_over.subscribe(taken.append)
        offer, other = offer_of(table), offer_of(table)
        table.desk.offer([offer, other])
        table.arrives(offer.room)
        table.desk.hand_over(offer.room)
        assert listed(table) == [other.room]
        table.desk.offer([other])
        assert table.stands_at_server(offer.room)
        table.deputy_takes(offer.room)
        assert taken == []
        assert listed(table) == [other.room]


@both
async def test_a_room_that_a_deputy_took_is_told_once_and_not_listed(opened: Opener) -> None:
    async with opened() as table:
        taken: list[str] = []
        table.desk.taken_over.subscribe(taken.append)
        offer = offer_of(table)
        table.desk.offer([offer])
        table.arrives(offer.room)
        table.deputy_takes(offer.room)
        table.desk.offer([offer])
        assert (taken, listed(table)) == ([offer.room], [])


@both
async def test_what_was_taken_back_is_offered_and_listed_again(opened: Opener) -> None:
    async with opened() as table:
        offer = offer_of(table)
        table.desk.offer([offer])
        table.desk.hand_over(offer.room)
        table.desk.offer([])
        table.deputy_takes(offer.room)
        table.desk.offer([replace(offer, title="Frau N.")])
        assert [room.title for room in table.desk.rooms] == ["Frau N."]
        assert table.stands_at_server(offer.room)
        seat = table.arrives(offer.room)
        assert table.desk.admit(offer.room, seat) is not None


@both
async def test_a_conversation_is_not_handed_over(opened: Opener) -> None:
    async with opened() as table:
        offer = offer_of(table)
        table.desk.offer([offer])
        session = table.desk.admit(offer.room, table.arrives(offer.room))
        assert session is not None
        table.desk.hand_over(offer.room)
        table.desk.hand_over("nobody")
        assert listed(table) == [offer.room]
        assert table.desk.session(offer.room) is session
