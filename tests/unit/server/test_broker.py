"""What only the fan-out over Redis has: a broker that is lost in the middle of a question, that comes back empty, that was never there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.server.ports import Presence, StateUnavailable
from app.server.state.broker import SETTLING_S, RedisFanout
from tests.support.redis_server import RedisServer, running_redis
from tests.support.server import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def broker() -> Iterator[RedisServer]:
    """One of its own, to be killed."""
    with running_redis() as server:
        yield server


@pytest.fixture
async def fanout(broker: RedisServer, clock: HandClock) -> AsyncIterator[RedisFanout]:
    fanout = await RedisFanout.open(broker.url, clock)
    yield fanout
    await fanout.close()


async def settled(fanout: RedisFanout, holds: bool) -> None:
    async with asyncio.timeout(30):
        while fanout.settled is not holds:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)


async def test_a_question_that_the_loss_of_the_broker_cuts_off_takes_nobody_for_gone(broker: RedisServer, fanout: RedisFanout) -> None:
    assert not await fanout.is_present(Presence.SEAT, "elsewhere")
    asking = [asyncio.create_task(fanout.is_present(Presence.SEAT, "elsewhere")) for _ in range(20)]
    broker.daemon.kill()
    assert all([await question for question in asking])
    await settled(fanout, False)
    assert await fanout.is_present(Presence.SEAT, "elsewhere")


async def test_a_goodbye_counts_without_the_broker_and_a_broker_that_comes_back_empty_learns_who_is_here(
    broker: RedisServer, fanout: RedisFanout, clock: HandClock
) -> None:
    fanout.touch(Presence.SEAT, "stays", 3600)
    fanout.touch(Presence.SEAT, "leaves", 3600)
    broker.daemon.kill()
    await settled(fanout, False)
    await fanout.drop(Presence.SEAT, "leaves")
    assert not await fanout.is_present(Presence.SEAT, "leaves")
    broker.daemon.start()
    other = await RedisFanout.open(broker.url, clock)
    async with asyncio.timeout(30):
        while not await other.is_present(Presence.SEAT, "stays"):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)
    assert not fanout.settled
    assert await fanout.is_present(Presence.SEAT, "elsewhere")
    clock.now += SETTLING_S
    assert fanout.settled
    assert not await fanout.is_present(Presence.SEAT, "elsewhere")
    assert not await other.is_present(Presence.SEAT, "leaves")
    await other.close()


async def test_what_was_subscribed_while_the_broker_was_away_is_heard_when_it_is_back(
    broker: RedisServer, fanout: RedisFanout, clock: HandClock
) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    broker.daemon.kill()
    await settled(fanout, False)
    await fanout.subscribe("t", heard.put_nowait)
    fanout.publish("t", b"here at once")
    assert heard.get_nowait() == b"here at once"
    broker.daemon.start()
    other = await RedisFanout.open(broker.url, clock)
    async with asyncio.timeout(30):
        while heard.empty():
            other.publish("t", b"from the other")
            await asyncio.sleep(0.01)
    assert heard.get_nowait() == b"from the other"
    await other.close()


async def test_a_broker_that_was_never_there_hinders_nothing(tmp_path: Path, clock: HandClock) -> None:
    fanout = await RedisFanout.open(f"unix://{tmp_path}/nobody", clock)
    heard: list[bytes] = []
    place = await fanout.subscribe("t", heard.append)
    fanout.publish("t", b"x")
    assert (heard, fanout.settled) == ([b"x"], False)
    await place.close()
    await fanout.close()
    with pytest.raises(StateUnavailable, match="redis_url"):
        await RedisFanout.open("http://geheim", clock)
