"""What happens to the machines. Each is a coroutine; what it broke is mended when it returns, but for a server that was told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.support.chaos.machines import Machines


async def nothing(_: Machines) -> None:
    """What time alone does."""


async def drain(where: Machines) -> None:
    """A server is told to stop (SIGTERM), as for a new version."""
    await where.replicas[0].end(signal.SIGTERM)


async def drained_again(where: Machines) -> None:
    """It is there again."""
    await where.replicas[0].start()


async def kill(where: Machines) -> None:
    """A server dies and is started again."""
    await where.replicas[1].end(signal.SIGKILL)
    await asyncio.sleep(where.away_s)
    await where.replicas[1].start()


async def broker(where: Machines) -> None:
    """Redis dies, is away for a moment and begins empty."""
    await asyncio.to_thread(where.redis.daemon.kill)
    await asyncio.sleep(where.away_s)
    await asyncio.to_thread(where.redis.daemon.start)


async def database(where: Machines) -> None:
    """PostgreSQL dies and is started again: it has its log to read first."""
    await asyncio.to_thread(where.postgres.daemon.kill)
    await asyncio.sleep(where.away_s)
    await asyncio.to_thread(where.postgres.daemon.start)


async def promotion(where: Machines) -> None:
    """The primary dies for good, the standby takes over."""
    await asyncio.to_thread(where.postgres.daemon.kill)
    await asyncio.sleep(where.away_s)
    await asyncio.to_thread(where.standby.promote)
    where.promoted = True


@dataclass(frozen=True)
class Blow:
    """One of them."""

    name: str
    strike: Callable[[Machines], Awaitable[None]]
    mend: Callable[[Machines], Awaitable[None]] = nothing


ALL = (
    Blow("a server is drained (SIGTERM)", drain, drained_again),
    Blow("a server is killed (-9) and restarted", kill),
    Blow("Redis is killed and restarted", broker),
    Blow("PostgreSQL is killed (-9) and restarted", database),
    Blow("the standby is promoted", promotion),
)
