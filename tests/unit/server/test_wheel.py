"""Thousands are visited a few at a time, each once in a period."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest

from app.server.wheel import PORTION, TICK_S, Wheel

PERIOD_S = 3 * TICK_S
"""Three portions, if there are three places."""


@contextlib.asynccontextmanager
async def turning(wheel: Wheel[int], visits: list[tuple[int, ...]], turns: Counter[int], until: int) -> AsyncIterator[None]:
    """So many portions were visited when the context begins."""
    enough = asyncio.Event()

    def visit(things: Sequence[int], turn: int) -> None:
        visits.append(tuple(things))
        turns[turn] += 1
        if len(visits) >= until:
            enough.set()
        if things == (13,):
            raise ValueError

    task = asyncio.create_task(wheel.turn(PERIOD_S, visit))
    async with asyncio.timeout(10):
        await enough.wait()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_is_visited_once_in_a_turn_and_keeps_its_place() -> None:
    wheel: Wheel[int] = Wheel(3)
    for thing in range(7):
        wheel.add(thing)
    visits: list[tuple[int, ...]] = []
    turns: Counter[int] = Counter()
    async with turning(wheel, visits, turns, 6):
        first, second = visits[:3], visits[3:6]
    assert first == second
    assert sorted(thing for portion in first for thing in portion) == list(range(7))
    assert max(map(len, first)) - min(map(len, first)) <= 1
    assert turns[1] == turns[2] == 3


async def test_who_is_gone_is_not_visited_and_the_others_keep_theirs() -> None:
    wheel: Wheel[int] = Wheel(3)
    for thing in range(6):
        wheel.add(thing)
    wheel.remove(2)
    assert len(wheel) == 5
    assert list(wheel) == [0, 1, 3, 4, 5]
    visits: list[tuple[int, ...]] = []
    async with turning(wheel, visits, Counter(), 3):
        assert sorted(thing for portion in visits[:3] for thing in portion) == [0, 1, 3, 4, 5]


async def test_a_single_portion_holds_all() -> None:
    wheel: Wheel[int] = Wheel(1)
    for thing in range(3):
        wheel.add(thing)
    visits: list[tuple[int, ...]] = []
    async with turning(wheel, visits, Counter(), 2):
        assert visits[:2] == [(0, 1, 2), (0, 1, 2)]


@pytest.mark.logs_errors
async def test_what_goes_wrong_ends_no_turn() -> None:
    wheel: Wheel[int] = Wheel(1)
    wheel.add(13)
    visits: list[tuple[int, ...]] = []
    async with turning(wheel, visits, Counter(), 2):
        assert visits[:2] == [(13,), (13,)]


async def test_one_who_is_alone_among_many_places_is_visited_once_in_each_turn_and_nobody_in_vain() -> None:
    wheel: Wheel[int] = Wheel(1_000)
    wheel.add(1)
    visits: list[tuple[int, ...]] = []
    turns: Counter[int] = Counter()
    async with turning(wheel, visits, turns, 3):
        assert visits[:3] == [(1,)] * 3
        assert [turns[1], turns[2], turns[3]] == [1, 1, 1]


async def test_few_are_visited_together_and_many_apart() -> None:
    for count, most in ((PORTION // 2, PORTION // 2), (10 * PORTION, PORTION)):
        wheel: Wheel[int] = Wheel(100)
        for thing in range(count):
            wheel.add(thing)
        visits: list[tuple[int, ...]] = []
        wheel_turns: Counter[int] = Counter()
        async with turning(wheel, visits, wheel_turns, count // most):
            of_first_turn = visits[: count // most]
        assert sorted(thing for portion in of_first_turn for thing in portion) == list(range(count))
        assert max(map(len, of_first_turn)) == most
