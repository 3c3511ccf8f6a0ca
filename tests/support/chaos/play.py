"""The whole play: everybody takes their place, one blow falls after the other, and after each the books are compared."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support.chaos.blows import ALL, Blow
from tests.support.chaos.counsellors import Counsellor
from tests.support.chaos.machines import Machines, machines
from tests.support.chaos.people import People, Place, everybody
from tests.support.chaos.truth import Seat, Truth, truth, watch

LOOK_AGAIN_S = 0.25


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    waiting: int = 200
    talking: int = 20
    vanishing: int = 5
    """Who vanishes without a word with each blow: they must be shown as away, or they are ghosts."""
    away_s: float = 5.0
    """What was killed is away for so long: somebody or something has to notice."""
    afterwards_s: float = 10.0
    """Admissions go on for so long after a blow was mended."""
    settle_s: float = 60.0
    """So long everything has to come right."""


@dataclass(frozen=True)
class Spread:
    """Of some times, seconds."""

    count: int
    p50: float
    p95: float
    max: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Spread:
        if not times:
            return cls(0, 0.0, 0.0, 0.0)
        ordered = sorted(times)
        return cls(len(ordered), statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], ordered[-1])


@dataclass
class Result:
    """What one blow cost."""

    blow: str
    struck_s: float
    """How long the blow and its mending took."""
    clients: Spread
    """Who lost the connection: from the blow to the own seat again."""
    counsellors: Spread
    descriptions: Spread
    """From the blow to a description that went to the other side and was answered, of every conversation."""
    admissions: Spread
    """From the click to the client who knows, of every admission while and after it."""
    silence_s: float
    """The longest gap in the sound of the real call."""
    settled_s: float
    """From the end of the admissions until every book said the same."""
    lost: int = 0
    """Clients without their seat."""
    twice: int = 0
    """Admissions that were true more than once, or never."""
    ghosts: int = 0
    """Seats shown otherwise than they are: present and not, or in another state."""
    trouble: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.ghosts or self.trouble)


async def play(folder: Path, size: Size, blows: Sequence[Blow] = ALL, told: Callable[[Result], None] = lambda _: None) -> list[Result]:
    """All blows, one after the other; `told` hears of each. Raises DaemonMissing."""
    counsellors = [Counsellor() for _ in range(size.talking)]
    async with machines(folder, [c.key.public for c in counsellors], size.away_s) as where:
        await asyncio.to_thread(watch, where.writable)
        async with everybody(where, counsellors, size.waiting) as people:
            results = []
            for blow in blows:
                results.append(await _one(where, people, size, blow))
                told(results[-1])
            return results


async def _one(where: Machines, people: People, size: Size, blow: Blow) -> Result:
    before = await _settled(where, people, size)
    gone = random.sample([p for p in people.places if not p.talks], size.vanishing)
    people.told.clear()
    assert people.call is not None
    people.call.longest_gap()
    async with people.admissions():
        await asyncio.sleep(1)
        struck = time.monotonic()
        for place in gone:
            place.tab.vanish()
        describing = asyncio.ensure_future(_described(people, struck))
        await blow.strike(where)
        took = time.monotonic() - struck
        await describing
        await asyncio.sleep(size.afterwards_s)
    closed = time.monotonic()
    faults = await _settled(where, people, size)
    result = Result(
        blow.name,
        took,
        Spread.of([p.tab.seated_at - struck for p in people.places if p.tab.seated_at > struck]),
        Spread.of([c.back_at - struck for c in people.counsellors if c.back_at > struck]),
        Spread.of([p.answered_at - struck for p in people.talking if p.answered_at > struck]),
        Spread.of(people.told),
        people.call.longest_gap(),
        time.monotonic() - closed,
        faults.lost,
        faults.twice,
        faults.ghosts,
        [*before.said, *faults.said][:10],
    )
    await blow.mend(where)
    for place in gone:
        place.tab.come_back()
    return result


async def _described(people: People, struck: float) -> None:
    """From the first moment at which a conversation may notice anything."""
    await asyncio.sleep(max(0.0, struck + 0.2 - time.monotonic()))
    await people.describe_again()


@dataclass
class Faults:
    """What the books say differently at one moment."""

    lost: int = 0
    twice: int = 0
    ghosts: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.lost or self.twice or self.ghosts or self.said)


async def _settled(where: Machines, people: People, size: Size) -> Faults:
    """Waits until everything is right; what is still wrong when the time is over."""
    deadline = time.monotonic() + size.settle_s
    while True:
        try:
            faults = _compared(people, await asyncio.to_thread(truth, where.writable))
        except psycopg.OperationalError as error:
            faults = Faults(said=[f"the database: {type(error).__name__}"])
        if not faults.any or time.monotonic() > deadline:
            return faults
        await asyncio.sleep(LOOK_AGAIN_S)


def _compared(people: People, true: Truth) -> Faults:
    """Client, counsellor and database, seat by seat."""
    faults = Faults()
    for place in people.places:
        compare(place, true, faults)
    faults.said += [f"a counsellor is not connected ({c.link.state.name})" for c in people.counsellors if not c.connected]
    faults.said += [trouble for c in people.counsellors for trouble in c.trouble]
    faults.said += people.trouble
    return faults


def compare(place: Place, true: Truth, faults: Faults) -> None:
    """What is wrong with one client's seat, added to the faults."""
    tab, seats = place.tab, true.seats.get(place.tab.room, [])
    faults.said += tab.trouble
    if [seat.seat for seat in seats] != [tab.seat] or (not tab.connected and not tab.away):
        faults.lost += 1
        faults.said.append(f"{len(seats)} seats, the tab is {'there' if tab.connected else 'not there'}, {tab.state}")
        return
    [seat] = seats
    if true.admissions.get(seat.seat, 0) != place.admitted:
        faults.twice += 1
        faults.said.append(f"admitted {place.admitted} times, true {true.admissions.get(seat.seat, 0)} times")
    told = place.counsellor.client(tab.room)
    shown = Seat(tab.room, told.seat, told.state.value, told.present, told.reached, told.epoch) if told else None
    if shown != seat or seat.present is tab.away or tab.state != (tab.state if tab.away else seat.state):
        faults.ghosts += 1
        faults.said.append(f"true: {seat}, shown to the counsellor: {shown}, to the tab: {'away' if tab.away else tab.state}")


def as_json(size: Size, results: Sequence[Result]) -> dict[str, Any]:
    """Everything, for a file."""
    return {"size": asdict(size), "blows": [asdict(result) | {"clean": result.clean} for result in results]}
