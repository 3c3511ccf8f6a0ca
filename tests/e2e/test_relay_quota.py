"""The relay as it is shipped, when somebody takes all that there is: where they are stopped, and who still gets a way.

OWASP ASVS 5, 17.1.2. Each test has a relay of its own, in a namespace that leads nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme

from tests.support.relay_client import NO_PORT_LEFT, REFUSED_BY_QUOTA, allocate, give_back, opened, refresh
from tests.support.relay_net import RelayNet, ShippedRelay, on_host, shipped_relay, shipped_value

WAYS_OF_A_TRY = 4
"""A browser takes one by UDP, TCP and TLS each, the program one."""
CONVERSATION = 2 * WAYS_OF_A_TRY
"""While one epoch follows another both have theirs."""
SESSIONS, RELAYS = 6_000, 5
"""All Jobcenters together, every conversation over the relay; `docs/capacity.md`."""


class Crowd:
    """Clients of many rooms, each way with a socket of its own."""

    def __init__(self, relay: ShippedRelay) -> None:
        self._relay = relay
        self._ends_at = int(time.time()) + 600
        self.clients: list[Any] = []

    async def takes(self, room: str, ways: int, later: int = 0) -> list[int]:
        """The answers to so many questions for a way; credentials may be `later` ones of the same room."""
        server = self._relay.server("udp", self._ends_at + later, room=room)
        new = [await opened(server) for _ in range(ways)]
        self.clients += new
        return [await allocate(client) for client in new]


@contextlib.asynccontextmanager
async def crowd(relay: ShippedRelay) -> AsyncIterator[Crowd]:
    found = Crowd(relay)
    yield found
    for client in found.clients:
        client.transport.abort()
    await asyncio.sleep(0)


@contextmanager
def alone(folder: Path, **values: int) -> Iterator[tuple[RelayNet, ShippedRelay]]:
    with RelayNet() as net, shipped_relay(folder, net.relay, trustme.CA(), **values) as relay:
        yield net, relay


def test_who_takes_all_that_a_room_may_have_is_stopped_and_others_get_theirs(tmp_path: Path) -> None:
    quota = shipped_value("user-quota")

    async def storm() -> None:
        async with crowd(relay) as clients:
            assert await clients.takes("storm", quota + 3) == [0] * quota + [REFUSED_BY_QUOTA] * 3
            assert await clients.takes("storm", 1, later=1) == [REFUSED_BY_QUOTA], "it counts by room, not by credentials"
            for room in range(10):
                assert await clients.takes(f"other{room}", CONVERSATION) == [0] * CONVERSATION
            assert await give_back(clients.clients[0]) == 0
            async with asyncio.timeout(20):
                while await clients.takes("storm", 1) != [0]:  # noqa: ASYNC110  coturn counts it as given back within two seconds
                    await asyncio.sleep(0.1)

    with alone(tmp_path) as (net, relay):
        on_host(net.relay, storm)


def test_when_all_rooms_together_have_all_those_who_talk_go_on(tmp_path: Path) -> None:
    async def crowded() -> None:
        async with crowd(relay) as clients:
            answers = [answer for room in range(total) for answer in await clients.takes(f"room{room}", 2)]
            given = answers.index(REFUSED_BY_QUOTA)
            assert total - 1 <= given <= total, "that the relay is there was asked by a way that may not have ended yet"
            assert answers[total:] == [REFUSED_BY_QUOTA] * total, "also for rooms that have none"
            assert await refresh(clients.clients[0]) == 0

    total = 30
    with alone(tmp_path, total_quota=total) as (net, relay):
        on_host(net.relay, crowded)


def test_a_range_that_is_used_up_is_told_in_the_log(tmp_path: Path) -> None:
    """What the quotas are to prevent; they themselves are refused without a word of coturn's."""
    least = 64

    async def full() -> None:
        async with crowd(relay) as clients:
            answers = await clients.takes("room", least + 1)
            assert answers[-1] == NO_PORT_LEFT
            assert await refresh(clients.clients[0]) == 0

    with alone(tmp_path, min_port=65_536 - least) as (net, relay):
        on_host(net.relay, full)
        assert "no available ports" in relay.log.read_text("utf-8", "replace")


def test_the_shipped_numbers_fit_together_and_to_what_is_planned() -> None:
    ports = shipped_value("max-port") - shipped_value("min-port") + 1
    assert shipped_value("total-quota") <= ports, "the quota is reached before the ports are used up"
    assert CONVERSATION < shipped_value("user-quota") <= shipped_value("total-quota") / 10, "no room has more than its part"
    assert ports >= SESSIONS * CONVERSATION / RELAYS
