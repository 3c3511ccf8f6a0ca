"""A server under a crowd, measured: memory, processor time and durations at so many clients."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.bench.load.host import Running
from app.bench.load.tally import Tally

MB = 1e6
SETTLED_BYTES = 256 * 1024
"""A process whose memory changes by no more in a second has settled."""
SETTLED_WITHIN_S = 10.0


class Playing(Protocol):
    """A crowd that is there."""

    tally: Tally

    async def sessions(self, per_s: float, seconds: float) -> None:
        """So many begin in each second."""
        ...

    def lost(self) -> int:
        """Connections that ended though nobody closed them."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is measured, and how much happens meanwhile."""

    rest_s: float = 6.0
    """After the last client came nothing is measured: hints about who arrived are still under way."""
    quiet_s: float = 15.0
    """Everybody waits, and nothing happens but beats and sweeps."""
    per_s: float = 20.0
    """Sessions that begin in each second."""
    seconds: float = 25.0
    """So long they begin."""

    def faster(self, times: int) -> Pace:
        """As long, with so many times the sessions."""
        return replace(self, per_s=self.per_s * times)


@dataclass(frozen=True, slots=True)
class Point:
    """With so many clients."""

    clients: int
    resident_mb: float
    bytes_per_client: int
    """Over the server that has nobody: rooms, workstations and all."""
    cpu_quiet: float
    """Cores, while everybody waits."""
    cpu_sessions: float
    """Cores, while sessions begin at the pace."""
    cpu_ms_per_session: float
    """What a session takes over waiting, all processes together."""
    cpu_ms_to_come: float
    """What it took one client to come and be seen by its workstation; workstations' own way in included."""
    durations: dict[str, object]
    errors: dict[str, int]

    @property
    def error_count(self) -> int:
        """All of them."""
        return sum(self.errors.values())


class Measured:
    """Processes, from the moment on when nobody is there."""

    def __init__(self, processes: Sequence[Running], pace: Pace) -> None:
        self._processes = processes
        self._pace = pace
        self._empty = 0
        self._used = 0.0
        self._clients = 0

    async def empty(self) -> None:
        """Nobody is there. What starting left behind is given back a moment after a process says that it is ready."""
        before, deadline = 0, time.monotonic() + SETTLED_WITHIN_S
        while abs(self._resident() - before) > SETTLED_BYTES and time.monotonic() < deadline:
            before = self._resident()
            await asyncio.sleep(1)
        self._empty, self._used = self._resident(), self._cpu_s()

    async def point(self, crowd: Playing, clients: int) -> Point:
        """Now, after those clients have come."""
        came = (self._cpu_s() - self._used) / (clients - self._clients)
        await asyncio.sleep(self._pace.rest_s)
        quiet = await self._cores(asyncio.sleep(self._pace.quiet_s))
        resident = self._resident()
        busy = await self._cores(crowd.sessions(self._pace.per_s, self._pace.seconds))
        self._used, self._clients = self._cpu_s(), clients
        tally = crowd.tally
        tally.errors["lost"] += crowd.lost()
        return Point(
            clients=clients,
            resident_mb=round(resident / MB, 1),
            bytes_per_client=round((resident - self._empty) / clients),
            cpu_quiet=round(quiet, 3),
            cpu_sessions=round(busy, 3),
            cpu_ms_per_session=round((busy - quiet) / self._pace.per_s * 1000, 2),
            cpu_ms_to_come=round(came * 1000, 2),
            durations=tally.durations(),
            errors={what: count for what, count in tally.errors.items() if count},
        )

    async def _cores(self, work: Awaitable[None]) -> float:
        """Mean number of cores busy while it runs."""
        began, used = time.monotonic(), self._cpu_s()
        await work
        return (self._cpu_s() - used) / (time.monotonic() - began)

    def _resident(self) -> int:
        return sum(process.resident_bytes() for process in self._processes)

    def _cpu_s(self) -> float:
        return sum(process.cpu_s() for process in self._processes)
