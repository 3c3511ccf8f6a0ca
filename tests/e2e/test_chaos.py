"""An agency's servers are broken one after the other while people wait, are admitted and talk: nobody loses anything.

This is the small one; `make chaos` plays it with 200 waiting clients and 20 conversations and prints how long everything took.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.rooms import SeatKind, SeatState
from app.wire.messages import RoomState, SeatCard
from tests.support.chaos.blows import ALL
from tests.support.chaos.counsellors import Counsellor
from tests.support.chaos.people import Place
from tests.support.chaos.play import Faults, Size, compare, play
from tests.support.chaos.tabs import Tab
from tests.support.chaos.truth import Seat, Truth

SMALL = Size(waiting=12, talking=2, vanishing=0, away_s=0.5, afterwards_s=0.5)
ROOM, SEAT, OTHER = "r" * 22, "s" * 22, "o" * 22


async def test_nobody_loses_the_seat_is_admitted_twice_or_haunts_a_room(tmp_path: Path) -> None:
    results = await play(tmp_path, SMALL)
    assert [result.blow for result in results] == [blow.name for blow in ALL]
    assert [result for result in results if not result.clean] == []
    assert all(result.admissions.count for result in results)
    assert all(result.descriptions.count == SMALL.talking - 1 for result in results)
    drained, killed, *_ = results
    assert drained.clients.count > 0
    assert killed.clients.count == SMALL.waiting + SMALL.talking


def place(state: str = "waiting", admitted: int = 1) -> Place:
    """A client who was admitted once and waits again; everybody agrees."""
    tab = Tab("", "", "", room=ROOM, seat=SEAT, state=state, connected=True)
    counsellor = Counsellor()
    seat = SeatCard(seat=SEAT, kind=SeatKind.CLIENT, state=SeatState.WAITING, present=True, reached=True, since=0, language="de", epoch=0)
    counsellor.rooms[ROOM] = RoomState(seq=1, room=ROOM, revision=4, seats=[seat])
    return Place(tab, counsellor, talks=False, admitted=admitted)


def faults(of: Place, *seats: Seat, admissions: int = 1) -> tuple[int, int, int]:
    """Lost, twice, ghosts."""
    found = Faults()
    compare(of, Truth({ROOM: list(seats)}, {SEAT: admissions}), found)
    assert found.any is (found != Faults())
    return found.lost, found.twice, found.ghosts


def true(seat: str = SEAT, state: str = "waiting", present: bool = True) -> Seat:
    return Seat(ROOM, seat, state, present, reached=True, epoch=0)


def test_the_comparison_finds_nothing_where_everybody_agrees() -> None:
    assert faults(place(), true()) == (0, 0, 0)


@pytest.mark.parametrize("seats", [[], [true(OTHER)], [true(), true(OTHER)]])
def test_the_comparison_finds_a_seat_that_is_lost_or_doubled(seats: list[Seat]) -> None:
    assert faults(place(), *seats) == (1, 0, 0)


@pytest.mark.parametrize("times", [0, 2])
def test_the_comparison_finds_an_admission_that_was_true_twice_or_never(times: int) -> None:
    assert faults(place(), true(), admissions=times) == (0, 1, 0)


@pytest.mark.parametrize("seat", [true(present=False), true(state="admitted")])
def test_the_comparison_finds_what_is_shown_otherwise_than_it_is(seat: Seat) -> None:
    assert faults(place(), seat) == (0, 0, 1)


def test_the_comparison_finds_a_client_who_is_shown_as_present_and_is_gone() -> None:
    gone = place()
    gone.tab.away, gone.tab.connected = True, False
    assert faults(gone, true()) == (0, 0, 1)


def test_the_comparison_finds_a_client_who_does_not_come_back() -> None:
    out = place()
    out.tab.connected = False
    assert faults(out, true()) == (1, 0, 0)
