"""What appointments add to the take-up figures: each event once, the last word of its day, and none of practice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.appointments import Agreement, Appointment, ClientDevice, Way
from app.domain.evaluation import TAKE_UP, Declined
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness
from app.domain.survey import NO_ANSWER
from app.services.appointments.ports import Tell, Write
from app.services.appointments.take_up import kept_of, notes_of, waiting_ids
from app.services.fakes import MemoryStore
from app.services.fakes.appointments import SampleBook
from app.services.take_up.batch import MOST, Batch, next_batch, taken_in
from tests.support.appointments import DAY, NOW, make_appointment
from tests.support.book_table import BookTable, draft_of


@pytest.fixture
async def table() -> AsyncIterator[BookTable]:
    opened = await BookTable().open()
    yield opened
    await opened.close()


def waiting(book: SampleBook, appointment: str) -> dict[str, str]:
    return {table: told.answer for table, told in kept_of(book.store, appointment).waiting.items()}


# ---- where they become true


async def test_who_agrees_on_the_phone_was_asked_and_said_yes(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    assert waiting(table.book, noted.id) == {}
    await table.book.agree(noted.id, "1")
    assert waiting(table.book, noted.id) == {"asked": "agreed"}
    now = await table.book.note_now(draft_of(table.clock))
    assert waiting(table.book, now.id)["asked"] == "agreed"


@pytest.mark.parametrize(("way", "answer"), [(Way.PHONE, "declined.rather-phone"), (Way.ON_SITE, "declined.rather-visit")])
async def test_another_way_is_a_no_until_it_is_video_again(table: BookTable, way: Way, answer: str) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.choose_way(noted.id, way, Tell.NOBODY)
    assert waiting(table.book, noted.id) == {"asked": answer}
    await table.book.choose_way(noted.id, Way.VIDEO, Tell.NOBODY)
    assert waiting(table.book, noted.id) == {"asked": "open"}
    await table.book.agree(noted.id, "1")
    assert waiting(table.book, noted.id) == {"asked": "agreed"}
    await table.book.withdraw(noted.id)
    assert waiting(table.book, noted.id) == {"asked": "open"}


async def test_who_says_why_is_counted_with_that_reason(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.declined(noted.id, Declined.PRIVACY)
    assert waiting(table.book, noted.id) == {}
    await table.book.choose_way(noted.id, Way.PHONE, Tell.NOBODY)
    await table.book.declined(noted.id, Declined.PRIVACY)
    assert waiting(table.book, noted.id) == {"asked": "declined.privacy"}
    await table.book.change(noted.id, draft_of(table.clock, way=Way.PHONE), Tell.NOBODY)
    assert waiting(table.book, noted.id) == {"asked": "declined.privacy"}


async def test_an_appointment_by_phone_from_the_beginning_was_not_asked(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock, way=Way.PHONE))
    assert waiting(table.book, noted.id) == {}


async def test_a_corrected_outcome_counts_as_corrected(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    for outcome, answer in (
        (Outcome(kind=OutcomeKind.HELD, decided_at=0, talked_minutes=25), "held.to-30"),
        (Outcome(kind=OutcomeKind.HELD, decided_at=0), NO_ANSWER),
        (Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=0, step="permission", reason="denied"), "could-not-get-in.permission"),
        (Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=0, step="nowhere"), NO_ANSWER),
        (Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=0, step="check-camera"), "could-not-get-in.link"),
        (Outcome(kind=OutcomeKind.NOT_ARRIVED, decided_at=0), "not-arrived"),
        (Outcome(kind=OutcomeKind.BY_PHONE, decided_at=0), "by-phone"),
    ):
        await table.book.decide(now.id, outcome)
        assert waiting(table.book, now.id)["outcome"] == answer
    await table.book.decide(now.id, Outcome(kind=OutcomeKind.NOT_ATTENDED, decided_at=0))
    assert "outcome" not in waiting(table.book, now.id)


async def test_opening_the_link_and_rehearsing_are_told_by_the_page(table: BookTable) -> None:
    draft = draft_of(table.clock)
    client = replace(draft.client, device=ClientDevice.TABLET, language="uk")
    (noted,) = await table.book.note(replace(draft, client=client))
    access = (await table.book.agree(noted.id, "1")).access
    assert access is not None
    await table.book.reported(access.room, Readiness(opened_at=table.clock.unix()))
    assert waiting(table.book, noted.id) == {"asked": "agreed", "device": "tablet", "language": "other"}
    await table.book.reported(access.room, Readiness(opened_at=1, camera=Check.FAILED))
    assert waiting(table.book, noted.id)["rehearsal"] == "with-trouble"
    await table.book.reported(access.room, Readiness(opened_at=1, camera=Check.OK, microphone=Check.WEAK))
    assert waiting(table.book, noted.id)["rehearsal"] == "went-well"


async def test_practice_is_counted_nowhere(table: BookTable) -> None:
    table.book._rules = replace(table.book._rules, counts=False)
    now = await table.book.note_now(draft_of(table.clock))
    await table.book.decide(now.id, Outcome(kind=OutcomeKind.HELD, decided_at=0, talked_minutes=25))
    assert waiting_ids(table.book.store) == []


async def test_who_is_forgotten_is_forgotten_here_too(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    await table.book.forget_person(now.id)
    assert kept_of(table.book.store, now.id).waiting == {}
    table.clock.advance(2 * DAY)
    batch = next_batch(table.book.store, table.clock.unix())
    assert batch is not None
    assert batch.counts == {}


# ---- once, whatever happens


ACTS = st.sampled_from(
    [
        *("agree", "withdraw", "phone", "on-site", "video", "open-link", "rehearse", "fail", "deputy"),
        *("held", "by-phone", "not-arrived", "not-in", "cancelled"),
        *("next-day", "hand-in", "lost-reply"),
    ]
)
OUTCOMES = {
    "held": Outcome(kind=OutcomeKind.HELD, decided_at=NOW, talked_minutes=20),
    "by-phone": Outcome(kind=OutcomeKind.BY_PHONE, decided_at=NOW),
    "not-arrived": Outcome(kind=OutcomeKind.NOT_ARRIVED, decided_at=NOW),
    "not-in": Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=NOW, step="link"),
    "cancelled": Outcome(kind=OutcomeKind.CANCELLED_BY_US, decided_at=NOW),
}


def changed(before: Appointment, act: str, now: int) -> Appointment:
    """As the book would change it, and as it never would."""
    agreement = Agreement(text_version="1", agreed_at=now)
    gone = None if before.agreement is None else replace(agreement, withdrawn_at=now)
    changes: dict[str, dict[str, object]] = {
        "agree": {"agreement": agreement} if before.way is Way.VIDEO else {},
        "withdraw": {"agreement": gone},
        "open-link": {"readiness": replace(before.readiness, opened_at=now)},
        "rehearse": {"readiness": replace(before.readiness, camera=Check.OK)},
        "fail": {"readiness": replace(before.readiness, network=Check.FAILED)},
        "deputy": {"deputy": "somebody"},
        **{way.value: {"way": way, "agreement": before.agreement if way is before.way else gone} for way in Way},
        **{kind: {"outcome": outcome} for kind, outcome in OUTCOMES.items()},
    }
    return replace(before, **changes[act])


class World:
    """A store, a server that adds up, and what each appointment said last on each day."""

    def __init__(self, appointments: int) -> None:
        self.store = MemoryStore()
        self.now = NOW
        self.appointments = [make_appointment() for _ in range(appointments)]
        self.nonces: set[str] = set()
        self.handed: Counter[tuple[str, str]] = Counter()

    def act(self, which: int, act: str) -> None:
        if act == "next-day":
            self.now += DAY
        elif act in ("hand-in", "lost-reply"):
            self.hand_in(lost=act == "lost-reply")
        else:
            before = self.appointments[which]
            after = changed(before, act, self.now)
            self.store.write(Write(notes=notes_of(self.store, [(before, after)], self.now)))
            self.appointments[which] = after

    def hand_in(self, lost: bool = False) -> Batch | None:
        batch = next_batch(self.store, self.now)
        if batch is None:
            return None
        if batch.nonce not in self.nonces:  # the server burns it
            self.nonces.add(batch.nonce)
            self.handed.update({(table, answer): count for table, of in batch.counts.items() for answer, count in of.items()})
        if not lost:
            taken_in(self.store)
        return batch


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), ACTS), max_size=40))
def test_each_event_is_handed_in_once_and_nothing_is_lost(acts: list[tuple[int, str]]) -> None:
    world = World(3)
    for which, act in acts:
        world.act(which, act)
    before = Counter((table, told.answer) for each in world.appointments for table, told in kept_of(world.store, each.id).waiting.items())
    expected = world.handed + before
    for _ in range(4):
        world.now += DAY
        world.hand_in()
    found = next_batch(world.store, world.now)
    assert found is None
    assert world.handed == expected
    assert waiting_ids(world.store) == []
    for table in TAKE_UP:
        assert sum(count for (of, _), count in world.handed.items() if of == table) <= len(world.appointments)
    assert all(answer in {*TAKE_UP[table], NO_ANSWER} for table, answer in world.handed)


def test_of_today_nothing_is_handed_in_and_once_a_day_even_nothing() -> None:
    world = World(1)
    world.act(0, "agree")
    batch = world.hand_in()
    assert batch is not None
    assert batch.counts == {}
    assert world.hand_in() is None
    world.now += DAY
    batch = world.hand_in()
    assert batch is not None
    assert batch.counts == {"asked": {"agreed": 1}}
    assert world.hand_in() is None


def test_what_was_handed_in_stays_whatever_is_corrected_later() -> None:
    world = World(1)
    for act in ("agree", "held", "next-day", "hand-in", "not-arrived", "next-day", "hand-in", "next-day", "hand-in"):
        world.act(0, act)
    assert world.handed == {("asked", "agreed"): 1, ("outcome", "held.to-30"): 1}


def test_a_batch_has_a_bound_and_the_rest_waits() -> None:
    world = World(MOST + 5)
    for which in range(MOST + 5):
        world.act(which, "agree")
    for _ in range(3):
        world.now += DAY
        world.hand_in()
    assert world.handed == {("asked", "agreed"): MOST + 5}


def test_events_of_the_quarter_before_go_first_and_at_once() -> None:
    world = World(2)
    world.act(0, "agree")
    world.now += 92 * DAY
    world.act(1, "agree")
    world.now += DAY
    quarters = [batch.quarter for batch in (world.hand_in(), world.hand_in()) if batch is not None]
    assert quarters == ["2027-Q1"]
    world.now += DAY
    batch = world.hand_in()
    assert batch is not None
    assert (batch.quarter, batch.counts) == ("2027-Q2", {"asked": {"agreed": 1}})


async def test_who_takes_over_counts_the_outcome_only() -> None:
    store = MemoryStore()
    taken = replace(make_appointment(), deputy="me", agreement=Agreement(text_version="1", agreed_at=NOW), outcome=OUTCOMES["held"])
    store.write(Write(notes=notes_of(store, [(None, taken)], NOW)))
    assert {table: told.answer for table, told in kept_of(store, taken.id).waiting.items()} == {"outcome": "held.to-30"}
