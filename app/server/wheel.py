"""Thousands of things that are each to be visited once in a period, a few at a time: nobody else waits while all have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

SLOTS = 1_000
"""Places in a period: with ten thousand things ten at each."""
PORTION = 10
"""Things that are visited together, if they are that many."""
TICK_S = 0.05
"""Where there are few, those of so long are: waking up for each costs more than visiting it."""

_T = TypeVar("_T")


class Wheel(Generic[_T]):
    """Each thing keeps its place in the period for as long as it is here, so that it is visited at a steady pace."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._slots: list[dict[_T, None]] = [{} for _ in range(slots)]
        self._slot_of: dict[_T, int] = {}
        self._next = 0

    def __iter__(self) -> Iterator[_T]:
        return iter(tuple(self._slot_of))

    def __len__(self) -> int:
        return len(self._slot_of)

    def add(self, thing: _T) -> None:
        """It is visited from now on; the first time within the period."""
        self._next = (self._next + 1) % len(self._slots)
        self._slot_of[thing] = self._next
        self._slots[self._next][thing] = None

    def remove(self, thing: _T) -> None:
        """It is here no more."""
        del self._slots[self._slot_of.pop(thing)][thing]

    async def turn(self, period: float, visit: Callable[[Sequence[_T], int], None]) -> None:
        """Until cancelled: `visit` gets a portion and the number of this turn, which takes `period` seconds. What went wrong is logged, and
        the next portion follows. One wheel may have several turns, each with its own period."""
        loop = asyncio.get_running_loop()
        pause, last = period / len(self._slots), self._slots[-1]
        turns, due = 0, loop.time()
        while True:
            turns += 1
            due = max(due, loop.time() - period)  # what was missed for longer than a period is not made up for
            portion, since = list[dict[_T, None]](), due
            for slot in self._slots:
                due += pause
                portion += [slot] if slot else []
                if slot is last or sum(map(len, portion)) >= PORTION or (portion and due - since >= TICK_S):
                    await asyncio.sleep(max(0.0, due - loop.time()))
                    _visit(visit, [thing for slot in portion for thing in slot], turns)
                    portion, since = [], due


def _visit(visit: Callable[[Sequence[_T], int], None], things: Sequence[_T], turns: int) -> None:
    if things:
        try:
            visit(things, turns)
        except Exception as error:
            log.error("round-failed", exc_info=error)  # the next round may do better; without beats everybody would be lost
