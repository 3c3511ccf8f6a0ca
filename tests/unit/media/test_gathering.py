"""ICE gathering: adapters and deadline."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time

import aioice
import aioice.ice
import psutil
import pytest

from app.media.patches import gathering


@pytest.fixture(autouse=True)
def installed() -> None:
    gathering.install()


def test_only_addresses_of_adapters_that_are_up_and_never_link_local() -> None:
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    known = {entry.address for name, entries in psutil.net_if_addrs().items() if name in up for entry in entries}
    found = gathering.host_addresses(use_ipv4=True, use_ipv6=True)
    assert found
    assert set(found) <= known
    assert not any(ipaddress.ip_address(address).is_link_local for address in found)
    assert len({ipaddress.ip_address(address).is_loopback for address in found}) == 1, "loopback stands alone or not at all"


def test_one_family_alone() -> None:
    assert all(ipaddress.ip_address(a).version == 4 for a in gathering.host_addresses(use_ipv4=True, use_ipv6=False))


async def test_a_server_that_does_not_answer_costs_the_deadline_only() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        connection = aioice.Connection(ice_controlling=False, stun_server=deaf.getsockname())
        began = time.monotonic()
        await connection.gather_candidates()
        took = time.monotonic() - began
        await connection.close()
    assert took < 4, "aioice's own deadline is 5 s"
    assert aioice.ice.get_host_addresses is gathering.host_addresses


async def test_without_servers_nothing_is_waited_for() -> None:
    connection = aioice.Connection(ice_controlling=False)
    async with asyncio.timeout(gathering.DEADLINE_S):
        await connection.gather_candidates()
    assert {candidate.type for candidate in connection.local_candidates} == {"host"}
    await connection.close()


@pytest.mark.parametrize("closed", [False, True])
async def test_who_gives_up_or_closes_while_gathering_leaves_no_socket_open(closed: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.setblocking(False)
        connection = aioice.Connection(ice_controlling=False, stun_server=deaf.getsockname())
        gathered = asyncio.create_task(connection.gather_candidates())
        async with asyncio.timeout(10):
            await asyncio.get_running_loop().sock_recv(deaf, 2048)  # the sockets are there, and ask
        if closed:
            await connection.close()
        else:
            gathered.cancel()
        await asyncio.gather(gathered, return_exceptions=True)
    made = vars(connection)["sockets_made"]
    assert made
    assert all(protocol.transport.is_closing() for protocol in made)
    await connection.close()
    assert connection.local_candidates == []


@pytest.mark.parametrize("turns", range(6))
async def test_who_closes_in_any_turn_of_the_loop_leaves_no_socket_open(turns: int) -> None:
    """From before the first socket is made to after the last."""
    connection = aioice.Connection(ice_controlling=False)
    gathered = asyncio.create_task(connection.gather_candidates())
    for _ in range(turns):
        await asyncio.sleep(0)
    await connection.close()
    await gathered
    assert all(protocol.transport.is_closing() for protocol in vars(connection).get("sockets_made", ()))
    await connection.close()
    assert connection._protocols == []
    assert connection.local_candidates == []
