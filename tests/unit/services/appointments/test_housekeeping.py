"""What may go goes in time, and a clock that jumps takes nothing along."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from app.domain.appointments import Agreement, Appointment
from app.domain.readiness import Check, Readiness
from app.services.appointments.housekeeping import Housekeeping, RetentionRules, clean_up
from app.services.appointments.ports import Write
from app.services.fakes import DirectStore, ManualClock, MemoryStore, SampleBook
from app.services.tasks import Tasks
from tests.support.book_table import DAY, HOUR, at

NOW = at("2026-09-21 12:00")
RULES = RetentionRules()


def store_with(*appointments: Appointment) -> MemoryStore:
    store = MemoryStore()
    store.write(Write(appointments=appointments))
    return store


def ended(before: int, now: int = NOW, **values: object) -> Appointment:
    """An appointment that ended so many seconds ago."""
    return replace(Appointment(id=f"ended-{before}", starts_at=now - before - 1800, minutes=30), **values)


def ids(store: MemoryStore) -> set[str]:
    return {found.id for found in store.between(0, 2**40)}


def test_after_thirty_days_names_are_gone_and_evidence_stays_for_three_months() -> None:
    agreement = Agreement(text_version="1", agreed_at=NOW - 31 * DAY)
    store = store_with(ended(29 * DAY), ended(31 * DAY, agreement=agreement), ended(-DAY))
    assert clean_up(store, RULES, NOW) == ["ended-2678400"]
    assert ids(store) == {"ended-2505600", "ended--86400"}
    assert [each.appointment for each in store.evidence()] == ["ended-2678400"]
    for day in range(1, 65):
        clean_up(store, RULES, NOW + day * DAY)
    assert store.evidence() == []


@pytest.mark.parametrize(("asked", "kept_days"), [(7, 7), (30, 30), (90, 90), (1000, 90), (0, 1), (-5, 1)])
def test_there_is_a_ceiling(asked: int, kept_days: int) -> None:
    assert RetentionRules(days=asked).at(NOW).appointments_before == NOW - kept_days * DAY


def test_readiness_goes_on_the_day_after() -> None:
    known = Readiness(opened_at=1, camera=Check.FAILED)
    store = store_with(ended(HOUR, readiness=known), ended(13 * HOUR, readiness=known), ended(-HOUR, readiness=known))
    assert clean_up(store, RULES, NOW) == [f"ended-{13 * HOUR}"]
    assert {found.id: found.readiness == known for found in store.between(0, 2**40)} == {
        f"ended-{HOUR}": True,
        f"ended-{13 * HOUR}": False,
        f"ended-{-HOUR}": True,
    }


def test_a_clock_that_jumps_deletes_nothing() -> None:
    store = store_with(ended(DAY))
    clean_up(store, RULES, NOW)
    with capture_logs() as logs:
        clean_up(store, RULES, NOW + 400 * DAY)
        clean_up(store, RULES, NOW + 400 * DAY + 8 * HOUR)
    assert [line["event"] for line in logs] == ["housekeeping.clock_in_doubt"] * 2
    clean_up(store, RULES, NOW + DAY)  # the clock was set right
    clean_up(store, RULES, NOW - 1000 * DAY)
    assert ids(store) == {"ended-86400"}


def test_after_long_holidays_it_goes_on_a_day_later() -> None:
    store = store_with(ended(DAY))
    clean_up(store, RULES, NOW)
    with capture_logs():
        clean_up(store, RULES, NOW + 40 * DAY)
    assert ids(store)
    clean_up(store, RULES, NOW + 41 * DAY)
    assert not ids(store)


async def test_it_runs_at_the_start_and_with_each_new_day() -> None:
    clock, store = ManualClock(NOW), store_with(ended(29 * DAY), ended(30 * DAY + HOUR))
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    book = SampleBook(clock, store=store)
    told: list[object] = []
    book.changed.subscribe(told.append)
    housekeeping = Housekeeping(DirectStore(store), book, RULES, clock, tasks)
    housekeeping.start()
    await housekeeping.settle()
    assert told == [[f"ended-{30 * DAY + HOUR}"]]
    for _ in range(2 * 24):
        clock.advance(HOUR)
        await housekeeping.settle()
    assert told[1:] == [[f"ended-{29 * DAY}"]]
    housekeeping.close()
    await tasks.close()
    assert crashes == []
