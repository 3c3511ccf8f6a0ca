"""Picture and sound keep to the UDP ports that the agency's firewall lets through."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import aioice
import pytest
from structlog.testing import capture_logs

from app.domain.udp_ports import FEWEST, UdpPorts
from app.media.engine import AiortcEngine
from app.media.media_loop import MediaLoop, ports_of

T = TypeVar("T")
FIRST = 42000 + FEWEST * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
RANGE = UdpPorts(FIRST, FIRST + FEWEST - 1)
"""Each process of the tests has its own."""


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, T]], T]]:
    """Runs something on a loop that keeps to the range."""
    loop = MediaLoop(RANGE)
    yield loop.run_until_complete
    loop.close()


async def _port_of(local: tuple[str, int] | None, **named: Any) -> int:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, local, **named)
    port = int(transport.get_extra_info("sockname")[1])
    transport.close()
    return port


@contextmanager
def _taken(first: int, last: int) -> Iterator[None]:
    """These ports of loopback are somebody else's."""
    with ExitStack() as held:
        for port in range(first, last + 1):
            held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("127.0.0.1", port))
        yield


async def _gathered() -> list[int]:
    connection = aioice.Connection(ice_controlling=False)
    await connection.gather_candidates()
    ports = [candidate.port for candidate in connection.local_candidates]
    await connection.close()
    return ports


def test_every_address_that_a_description_names_has_a_port_of_the_range(run) -> None:
    ports = run(_gathered())
    assert ports
    assert all(port in RANGE for port in ports)


def test_a_port_that_somebody_has_is_passed_over(run) -> None:
    with _taken(RANGE.first, RANGE.last - 1):
        assert run(_port_of(("127.0.0.1", 0))) == RANGE.last


def test_a_range_that_is_taken_opens_nothing_else_and_the_log_says_so(run) -> None:
    with _taken(RANGE.first, RANGE.last), capture_logs() as logs, pytest.raises(OSError, match="every port"):
        run(_port_of(("127.0.0.1", 0)))
    assert [entry["event"] for entry in logs] == ["udp_ports_taken"]


def test_what_has_nothing_to_do_with_a_port_is_an_error_as_ever(run) -> None:
    with pytest.raises(OSError, match="assign"):
        run(_port_of(("192.0.2.1", 0)))


def test_a_named_port_and_a_way_to_a_server_are_left_alone(run) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        free = one.getsockname()[1]
    assert run(_port_of(("127.0.0.1", free))) == free
    assert run(_port_of(None, remote_addr=("127.0.0.1", 9))) > 0


def test_without_a_range_the_system_chooses() -> None:
    loop = MediaLoop()
    assert loop.run_until_complete(_port_of(("127.0.0.1", 0))) > 0
    loop.close()


def test_a_setting_that_cannot_be_understood_stops_nobody() -> None:
    assert ports_of("") is None
    assert ports_of(f"{RANGE.first}-{RANGE.last}") == RANGE
    with capture_logs() as logs:
        assert ports_of("all of them") is None
    assert [entry["event"] for entry in logs] == ["udp_ports_not_understood"]


def test_the_engine_runs_on_it() -> None:
    engine = AiortcEngine(ports=RANGE)
    engine.start()
    try:
        assert engine._loop is not None
        ports = asyncio.run_coroutine_threadsafe(_gathered(), engine._loop).result(20)
    finally:
        engine.close()
    assert ports
    assert all(port in RANGE for port in ports)
