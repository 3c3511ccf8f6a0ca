"""What every Fanout must do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.server.ports import Fanout, Presence
from app.server.state.memory import MemoryFanout
from tests.support.server import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory"])
async def fanout(clock: HandClock) -> AsyncIterator[Fanout]:
    fanout = MemoryFanout(clock)
    yield fanout
    await fanout.close()


async def test_listeners_of_a_topic_hear_everything_in_order_and_others_nothing(fanout: Fanout) -> None:
    one: list[bytes] = []
    two: list[bytes] = []
    elsewhere: list[bytes] = []
    await fanout.subscribe("room:a", one.append)
    await fanout.subscribe("room:a", two.append)
    await fanout.subscribe("room:b", elsewhere.append)
    for number in range(20):
        await fanout.publish("room:a", b"%d" % number)
    assert one == two == [b"%d" % number for number in range(20)]
    assert elsewhere == []


async def test_nobody_hears_what_came_before_or_after(fanout: Fanout) -> None:
    heard: list[bytes] = []
    await fanout.publish("t", b"before")
    place = await fanout.subscribe("t", heard.append)
    await fanout.publish("t", b"during")
    await place.close()
    await place.close()
    await fanout.publish("t", b"after")
    assert heard == [b"during"]


async def test_one_listener_twice_hears_twice_and_leaves_once(fanout: Fanout) -> None:
    heard: list[bytes] = []
    first = await fanout.subscribe("t", heard.append)
    await fanout.subscribe("t", heard.append)
    await fanout.publish("t", b"x")
    await first.close()
    await fanout.publish("t", b"y")
    assert heard == [b"x", b"x", b"y"]


async def test_a_sign_of_life_lasts_its_time(fanout: Fanout, clock: HandClock) -> None:
    assert not await fanout.is_present(Presence.SEAT, "a")
    await fanout.touch(Presence.SEAT, "a", 15)
    clock.now += 14
    assert await fanout.is_present(Presence.SEAT, "a")
    await fanout.touch(Presence.SEAT, "a", 15)
    clock.now += 14.5
    assert await fanout.is_present(Presence.SEAT, "a")
    clock.now += 0.5
    assert not await fanout.is_present(Presence.SEAT, "a")


async def test_presences_of_different_kinds_are_apart(fanout: Fanout) -> None:
    await fanout.touch(Presence.SEAT, "a", 15)
    await fanout.touch(Presence.LINK, "b", 15)
    assert not await fanout.is_present(Presence.LINK, "a")
    await fanout.drop(Presence.SEAT, "a")
    await fanout.drop(Presence.SEAT, "never there")
    assert not await fanout.is_present(Presence.SEAT, "a")
    assert await fanout.is_present(Presence.LINK, "b")
