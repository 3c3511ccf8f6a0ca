"""What every SurveyStore keeps to: a right is burnt once, the step and the right go together, and a restart takes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.survey import Sheet, Spoken, Variant
from app.server.survey.memory import MemorySurveyStore
from app.server.survey.ports import Kept, Step, SurveyStore
from app.server.survey.sql import SqlSurveyStore

Open = Callable[[], Awaitable[SurveyStore]]
SITE, QUARTER = "jobcenter", "2026-Q4"
TALLY = (SITE, QUARTER, "2026-1", "children", "yes")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def opening(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the same store again and again, as a restart or a second process does."""
    memory = MemorySurveyStore()
    url = request.getfixturevalue("postgres").empty_tables() if request.param == "postgres" else f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    async with AsyncExitStack() as stack:

        async def open_() -> SurveyStore:
            if request.param == "memory":
                return memory
            store = await SqlSurveyStore.open(url)
            stack.push_async_callback(store.close)
            return store

        yield open_


def sheet(number: int, quarter: str = QUARTER) -> Sheet:
    return Sheet("2026-1", SITE, quarter, Spoken.GERMAN, Variant.HELD, {"again": "yes", "recommend": str(number)})


def leaving(sealed: bytes, *sheets: Sheet, tallies: int = 0) -> Step:
    return lambda _: Kept(sealed, sheets, {TALLY: tallies} if tallies else {})


async def test_a_step_takes_what_waited_and_leaves_what_waits(opening: Open) -> None:
    store = await opening()
    assert await store.waiting(SITE) is None
    seen: list[bytes | None] = []

    def longer(before: bytes | None) -> Kept:
        seen.append(before)
        return Kept((before or b"") + b"x")

    assert await store.count(SITE, QUARTER, "a" * 43, longer)
    assert await store.count(SITE, QUARTER, "b" * 43, longer)
    assert (seen, await store.waiting(SITE)) == ([None, b"x"], b"xx")
    assert await store.waiting("other") is None


async def test_a_right_is_burnt_once_in_its_quarter_of_its_site(opening: Open) -> None:
    store = await opening()
    assert await store.count(SITE, QUARTER, "a" * 43, leaving(b"1"))
    assert not await store.count(SITE, QUARTER, "a" * 43, leaving(b"2", sheet(1)))
    assert await store.waiting(SITE) == b"1"
    assert list(await store.sheets(SITE, QUARTER)) == []
    assert await store.count(SITE, "2026-Q3", "a" * 43, leaving(b"3"))
    assert await store.count("other", QUARTER, "a" * 43, leaving(b"4"))


async def test_a_step_that_fails_burns_nothing(opening: Open) -> None:
    store = await opening()

    def broken(_: bytes | None) -> Kept:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.count(SITE, QUARTER, "a" * 43, broken)
    assert await store.waiting(SITE) is None
    assert await store.count(SITE, QUARTER, "a" * 43, leaving(b"1"))


async def test_sheets_and_sums_come_together_and_stay(opening: Open) -> None:
    store = await opening()
    await store.count(SITE, QUARTER, "a" * 43, leaving(b"1", *map(sheet, range(5)), tallies=2))
    await store.count(SITE, QUARTER, "b" * 43, leaving(b"2", *map(sheet, range(5, 9)), sheet(0, "2026-Q3"), tallies=3))
    again = await opening()
    found = await again.sheets(SITE, QUARTER)
    assert sorted(found, key=lambda one: one.answers["recommend"]) == [sheet(number) for number in range(9)]
    assert list(await again.sheets(SITE, "2026-Q3")) == [sheet(0, "2026-Q3")]
    assert await again.tallies(SITE, QUARTER) == {TALLY: 5}
    assert await again.tallies("other", QUARTER) == {}
    assert await again.waiting(SITE) == b"2"
    assert not await again.count(SITE, QUARTER, "b" * 43, leaving(b"3"))


async def test_burnt_rights_of_old_quarters_are_forgotten_and_nothing_else(opening: Open) -> None:
    store = await opening()
    for quarter in ("2026-Q3", "2026-Q4"):
        await store.count(SITE, quarter, "a" * 43, leaving(b"1", sheet(1, quarter)))
    await store.forget_before("2026-Q4")
    assert await store.count(SITE, "2026-Q3", "a" * 43, leaving(b"2"))
    assert not await store.count(SITE, "2026-Q4", "a" * 43, leaving(b"3"))
    assert list(await store.sheets(SITE, "2026-Q3")) == [sheet(1, "2026-Q3")]


async def test_of_two_servers_that_make_a_key_at_once_both_have_the_same(opening: Open) -> None:
    one, other = await opening(), await opening()
    kept = await asyncio.gather(one.add_key("survey-key-a", QUARTER, b"1"), other.add_key("survey-key-a", QUARTER, b"2"))
    assert len(set(kept)) == 1
    assert await other.key("survey-key-a", QUARTER) == kept[0] == await one.add_key("survey-key-a", QUARTER, b"3")
    assert await one.key("survey-key-b", QUARTER) is await one.key("survey-key-a", "2026-Q3") is None


async def test_keys_of_quarters_long_gone_are_forgotten(opening: Open) -> None:
    store = await opening()
    for name, quarter in (("survey-key-a", "2026-Q3"), ("survey-key-a", "2026-Q4"), ("survey-key-b", "2026-Q3")):
        await store.add_key(name, quarter, b"1")
    await store.forget_keys("survey-key-a", "2026-Q4")
    assert [await store.key("survey-key-a", quarter) for quarter in ("2026-Q3", "2026-Q4")] == [None, b"1"]
    assert await store.key("survey-key-b", "2026-Q3") == b"1"
