"""What every Fanout must do. `near` and `far` stand for two processes of the server where there can be two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from app.server.ports import Fanout, Presence
from app.server.state.memory import MemoryFanout
from tests.support.server import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@dataclass
class Pair:
    """Two ends of one fan-out; the same one twice in memory."""

    near: Fanout
    far: Fanout


@pytest.fixture(params=["memory", "redis"])
async def pair(request: pytest.FixtureRequest, clock: HandClock) -> AsyncIterator[Pair]:
    if request.param == "memory":
        fanout = MemoryFanout(clock)
        yield Pair(fanout, fanout)
        await fanout.close()
        return
    from app.server.state.broker import RedisFanout

    url = request.getfixturevalue("redis_server").empty()
    near, far = await RedisFanout.open(url, clock), await RedisFanout.open(url, clock)
    assert near.settled
    assert far.settled
    yield Pair(near, far)
    await near.close()
    await far.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.005)


async def heard_all(pair: Pair) -> None:
    """Whatever was published before at either end was handed out at both."""
    ends: list[bytes] = []
    for listening in (pair.near, pair.far):
        await listening.subscribe("end", ends.append)
    for number, publishing in enumerate((pair.near, pair.far)):
        publishing.publish("end", b"%d" % number)
    await until(lambda: len(ends) == 4)


async def test_listeners_of_a_topic_hear_everything_in_order_and_others_nothing(pair: Pair) -> None:
    one: list[bytes] = []
    two: list[bytes] = []
    elsewhere: list[bytes] = []
    await pair.near.subscribe("room:a", one.append)
    await pair.far.subscribe("room:a", two.append)
    await pair.far.subscribe("room:b", elsewhere.append)
    for number in range(20):
        pair.near.publish("room:a", b"%d" % number)
    await heard_all(pair)
    assert one == two == [b"%d" % number for number in range(20)]
    assert elsewhere == []


async def test_both_ends_speak_and_hear(pair: Pair) -> None:
    near: list[bytes] = []
    far: list[bytes] = []
    await pair.near.subscribe("t", near.append)
    await pair.far.subscribe("t", far.append)
    pair.near.publish("t", b"from near")
    pair.far.publish("t", b"from far")
    await heard_all(pair)
    assert sorted(near) == sorted(far) == [b"from far", b"from near"]


async def test_nobody_hears_what_came_before_or_after(pair: Pair) -> None:
    heard: list[bytes] = []
    pair.far.publish("t", b"before")
    await heard_all(pair)
    place = await pair.near.subscribe("t", heard.append)
    pair.far.publish("t", b"during")
    await heard_all(pair)
    await place.close()
    await place.close()
    pair.far.publish("t", b"after")
    await heard_all(pair)
    assert heard == [b"during"]


async def test_one_listener_twice_hears_twice_and_leaves_once(pair: Pair) -> None:
    heard: list[bytes] = []
    first = await pair.near.subscribe("t", heard.append)
    await pair.near.subscribe("t", heard.append)
    pair.far.publish("t", b"x")
    await heard_all(pair)
    await first.close()
    pair.far.publish("t", b"y")
    await heard_all(pair)
    assert heard == [b"x", b"x", b"y"]


async def gone(fanout: Fanout, clock: HandClock, presence: Presence, key: str) -> None:
    """Wait until the sign of life has ended, by the clock or by the broker's own."""
    async with asyncio.timeout(10):
        while await fanout.is_present(presence, key):
            clock.now += 0.1
            await asyncio.sleep(0.005)


async def test_a_sign_of_life_lasts_its_time_and_can_be_seen_from_everywhere(pair: Pair, clock: HandClock) -> None:
    assert not await pair.near.is_present(Presence.SEAT, "a")
    pair.near.touch(Presence.SEAT, "a", 3600)
    pair.near.touch(Presence.SEAT, "b", 0.5)
    pair.near.touch(Presence.SEAT, "c", 0.5)
    pair.near.touch(Presence.SEAT, "c", 3600)
    await heard_all(pair)
    await gone(pair.far, clock, Presence.SEAT, "b")
    assert await pair.far.is_present(Presence.SEAT, "a")
    assert await pair.far.is_present(Presence.SEAT, "c")


async def test_presences_of_different_kinds_are_apart(pair: Pair) -> None:
    pair.near.touch(Presence.SEAT, "a", 3600)
    pair.near.touch(Presence.LINK, "b", 3600)
    await heard_all(pair)
    assert not await pair.far.is_present(Presence.LINK, "a")
    await pair.far.drop(Presence.SEAT, "a")
    await pair.far.drop(Presence.SEAT, "never there")
    await heard_all(pair)
    assert not await pair.near.is_present(Presence.SEAT, "a")
    assert await pair.near.is_present(Presence.LINK, "b")
    assert await pair.near.present_among(Presence.LINK, ["a", "b", "never there"]) == {"b"}


async def test_a_closed_end_is_heard_no_more(pair: Pair) -> None:
    heard: list[bytes] = []
    await pair.far.subscribe("t", heard.append)
    await pair.far.close()
    pair.near.publish("t", b"x")
    assert heard == []
