"""Days, rows, lanes and plans: pure, both changes of the clock and midnight included."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import MAX_MINUTES, ZONE, Appointment, Stage
from app.ui.calendar.lanes import arrange
from app.ui.calendar.plan import Plan, plan_between, plan_of
from app.ui.calendar.spans import Mode, at, by_months, day_end, day_of, day_start, first_and_last, step
from app.ui.calendar.timetable import SLOT_S, SNAP_S, timetable

BERLIN = ZoneInfo(ZONE)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 5, 13), 24)])
def test_a_day_has_its_hours(day, hours) -> None:
    assert day_end(day, BERLIN) - day_start(day, BERLIN) == hours * 3600
    assert len(timetable([day], BERLIN).rows) == hours * 2


def test_doubled_hour_stands_there_twice_in_the_order_of_the_day() -> None:
    table = timetable([AUTUMN], BERLIN)
    assert [(row.hour, row.minute, row.fold) for row in table.rows[3:9]] == [
        (1, 30, 0),
        (2, 0, 0),
        (2, 30, 0),
        (2, 0, 1),
        (2, 30, 1),
        (3, 0, 0),
    ]
    slots = [slot for slot in table.columns[0].slots if slot is not None]
    assert [later - earlier for earlier, later in itertools.pairwise(slots)] == [SLOT_S] * 49


def test_missing_hour_is_a_gap_beside_other_days() -> None:
    table = timetable([SPRING, SPRING + timedelta(1)], BERLIN)
    assert len(table.rows) == 48
    assert [number for number, slot in enumerate(table.columns[0].slots) if slot is None] == [4, 5]
    assert None not in table.columns[1].slots
    begin = at(SPRING, 1, 30, BERLIN)
    assert table.columns[0].place(begin) == 3
    assert table.columns[0].place(begin + 3600) == 6.0 + 1
    assert table.columns[0].time(4.5) == at(SPRING, 3, 0, BERLIN)


@given(days, st.integers(0, 26 * 4 - 1))
def test_place_and_time_are_each_others_way_back(day, quarter) -> None:
    (column,) = timetable([day], BERLIN).columns
    unix = column.start + quarter * SNAP_S
    if unix < column.end:
        assert column.time(column.place(unix)) == unix
        assert column.slots[column.row_of(unix)] is not None
    assert column.place(column.end) == len(column.slots)


@given(st.sampled_from(Mode), days, st.integers(-30, 30))
def test_steps_lead_on_without_a_gap(mode, day, count) -> None:
    first, last = first_and_last(mode, day)
    assert first <= day <= last
    following, _ = first_and_last(mode, step(mode, day, 1))
    assert following <= last + timedelta(1)
    assert step(mode, day, 0) == day
    assert step(mode, step(mode, day, count), 0) == step(mode, day, count)


def test_month_ends() -> None:
    assert by_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert by_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert first_and_last(Mode.MONTH, date(2026, 5, 13)) == (date(2026, 4, 27), date(2026, 5, 31))


def one(start: int, minutes: int, name: str = "a", stage: Stage = Stage.NOTED) -> Appointment:
    return Appointment(id=name, starts_at=start, minutes=minutes, stage=stage)


@given(st.lists(st.tuples(st.integers(-200, 26 * 60), st.integers(1, MAX_MINUTES)), max_size=40))
def test_nothing_lies_over_another(times) -> None:
    start, end = day_start(AUTUMN, BERLIN), day_end(AUTUMN, BERLIN)
    made = [one(start + begin * 60, minutes, str(number)) for number, (begin, minutes) in enumerate(times)]
    placed = arrange(made, start, end)
    assert {p.appointment.id for p in placed} == {a.id for a in made if a.starts_at < end and a.ends_at > start}
    for number, p in enumerate(placed):
        assert 0 <= p.lane < p.lanes
        assert start <= p.start < p.end <= end
        for other in placed[number + 1 :]:
            if p.start < other.end and other.start < p.end:
                assert p.lane != other.lane
                assert p.lanes == other.lanes


def test_across_midnight_lies_on_both_days() -> None:
    day = date(2026, 5, 13)
    late = one(at(day, 23, 30, BERLIN), 60)
    midnight = day_end(day, BERLIN)
    for start, end in ((day_start(day, BERLIN), midnight), (midnight, day_end(day + timedelta(1), BERLIN))):
        (placed,) = arrange([late], start, end)
        assert placed.end - placed.start == 1800
        assert midnight in (placed.start, placed.end)


def test_plans_snap_and_keep_within_what_is_allowed() -> None:
    odd = one(at(date(2026, 5, 13), 9, 10, BERLIN), 40)
    plan = plan_of(odd)
    assert not plan.changes
    assert plan.later(1).start == at(date(2026, 5, 13), 9, 15, BERLIN)
    assert plan.later(-1).start == at(date(2026, 5, 13), 9, 0, BERLIN)
    assert (plan.longer(1).minutes, plan.longer(-1).minutes) == (45, 30)
    assert Plan(0, 15).longer(-1).minutes == 15
    assert Plan(0, MAX_MINUTES).longer(1).minutes == MAX_MINUTES
    assert plan_between(7200, 3600) == Plan(3600, 60)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_a_plan_keeps_its_time_over_the_change_of_the_clock(change) -> None:
    before, after = change - timedelta(2), change + timedelta(1)
    moved = plan_of(one(at(before, 9, 30, BERLIN), 30)).on(after, BERLIN)
    assert datetime.fromtimestamp(moved.start, BERLIN) == datetime(after.year, after.month, after.day, 9, 30, tzinfo=BERLIN)
    assert day_of(moved.start, BERLIN) == after
