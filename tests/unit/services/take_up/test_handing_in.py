"""Handing in: what was counted arrives once, also when replies are lost, and a key that nobody else has is not trusted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs

from app.domain.appointments import Agreement
from app.services.appointments.ports import Write
from app.services.appointments.take_up import notes_of
from app.services.fakes import DirectStore, ManualClock, MemoryStore
from app.services.fakes.take_up import FakeTakeUpLine
from app.services.take_up.handing_in import LOOK_EVERY_S, HandingIn
from app.services.take_up.ports import LineTrouble
from app.services.tasks import Tasks
from app.wire.survey import ANSWER_BYTES
from tests.support.appointments import DAY, make_appointment

QUARTER = "2026-Q3"


class LosesReplies(FakeTakeUpLine):
    """Counts, and its answer gets lost on the way once."""

    lost = False

    async def hand_in(self, body: bytes) -> str:
        code = await super().hand_in(body)
        assert len(body) == ANSWER_BYTES
        if not self.lost:
            self.lost = True
            raise LineTrouble
        return code


class AnotherKey(FakeTakeUpLine):
    """Signs with a key that is not the published one."""

    async def keys(self) -> Mapping[str, int]:
        return await FakeTakeUpLine(QUARTER).keys()


class Office:
    """A workstation that agreed with so many clients yesterday."""

    def __init__(self, line: FakeTakeUpLine, clients: int = 3) -> None:
        self.clock = ManualClock()
        self.store = MemoryStore()
        self.tasks = Tasks(lambda name, error: pytest.fail(f"{name}: {error!r}"))
        self.line = line
        agreed = [make_appointment(agreement=Agreement(text_version="1", agreed_at=1)) for _ in range(clients)]
        self.store.write(Write(notes=notes_of(self.store, [(None, each) for each in agreed], self.clock.unix())))
        self.clock.advance(DAY)
        self.handing_in = HandingIn(DirectStore(self.store), line, self.clock, self.tasks, lambda: 60)


async def test_it_arrives_once_a_day_at_a_time_of_its_own() -> None:
    office = Office(line := FakeTakeUpLine(QUARTER))
    office.handing_in.start()
    office.clock.advance(59)
    assert not office.tasks.names
    office.clock.advance(1)
    await office.tasks.settle() if hasattr(office.tasks, "settle") else await office.handing_in.hand_in()
    await office.handing_in.hand_in()
    assert line.sums == {(QUARTER, "asked", "agreed"): 3}
    assert line.signed == 1
    office.handing_in.close()
    office.clock.advance(2 * LOOK_EVERY_S)
    await office.tasks.close()
    assert line.signed == 1


async def test_a_workstation_without_events_does_the_same() -> None:
    office = Office(line := FakeTakeUpLine(QUARTER), clients=0)
    await office.handing_in.hand_in()
    assert (line.signed, line.sums) == (1, {})


async def test_a_lost_reply_counts_nothing_twice() -> None:
    office = Office(line := LosesReplies(QUARTER))
    for _ in range(3):
        await office.handing_in.hand_in()
    assert line.sums == {(QUARTER, "asked", "agreed"): 3}


async def test_a_server_that_is_away_gets_it_later() -> None:
    office = Office(line := FakeTakeUpLine(QUARTER))
    line.there = False
    await office.handing_in.hand_in()
    line.there = True
    await office.handing_in.hand_in()
    assert line.sums == {(QUARTER, "asked", "agreed"): 3}


async def test_a_closed_quarter_is_given_up_and_the_next_goes_on() -> None:
    office = Office(line := FakeTakeUpLine(QUARTER, "2026-Q4"))
    line.close_quarter(QUARTER)
    with capture_logs() as logs:
        await office.handing_in.hand_in()
    assert [log["event"] for log in logs] == ["take_up.lost"]
    office.clock.advance(DAY * 40)
    await office.handing_in.hand_in()
    assert line.signed == 1


async def test_a_key_that_is_not_the_published_one_is_not_used() -> None:
    office = Office(line := AnotherKey(QUARTER))
    with capture_logs() as logs:
        await office.handing_in.hand_in()
    assert [log["event"] for log in logs] == ["take_up.other_key"]
    assert line.sums == {}
