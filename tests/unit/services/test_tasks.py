"""The one door for background work."""

from __future__ import annotations

import asyncio
import gc

import pytest

from app.services.tasks import Outcome, Refusal, Tasks
from tests.support.services import until


def tasks() -> tuple[Tasks, list[tuple[str, BaseException]], list[tuple[str, Outcome]]]:
    crashes: list[tuple[str, BaseException]] = []
    ends: list[tuple[str, Outcome]] = []
    made = Tasks(lambda name, error: crashes.append((name, error)))
    made.finished.subscribe(lambda finished: ends.append((finished.name, finished.outcome)))
    return made, crashes, ends


async def test_each_way_to_end_is_told_once() -> None:
    made, crashes, ends = tasks()

    async def fine() -> int:
        return 7

    async def refused() -> None:
        raise Refusal("no")

    waiting = made.start("cancelled", asyncio.Event().wait())
    assert await made.start("fine", fine()) == 7
    with pytest.raises(Refusal):
        await made.start("refused", refused())
    waiting.cancel()
    await asyncio.wait([waiting])
    await asyncio.sleep(0)
    assert ends == [("fine", Outcome.OK), ("refused", Outcome.REFUSED), ("cancelled", Outcome.CANCELLED)]
    assert crashes == []
    assert made.names == []


@pytest.mark.logs_errors
async def test_a_crash_reaches_the_handler() -> None:
    made, crashes, ends = tasks()

    async def broken() -> None:
        raise ZeroDivisionError

    await asyncio.wait([made.start("broken", broken())])
    await asyncio.sleep(0)
    assert [(name, type(error)) for name, error in crashes] == [("broken", ZeroDivisionError)]
    assert ends == [("broken", Outcome.CRASHED)]


async def test_work_is_held_although_nobody_keeps_the_task() -> None:
    made, _, ends = tasks()
    going = asyncio.Event()
    made.start("held", going.wait())
    await asyncio.sleep(0)
    gc.collect()
    assert made.names == ["held"]
    going.set()
    await until(lambda: bool(ends))
    assert ends == [("held", Outcome.OK)]


async def test_closing_cancels_and_waits_and_lets_nothing_new_in() -> None:
    made, _, ends = tasks()
    cleaned = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    made.start("work", work())
    await asyncio.sleep(0)
    await made.close()
    assert cleaned == [True]
    assert ends == [("work", Outcome.CANCELLED)]
    with pytest.raises(RuntimeError):
        made.start("late", work())
