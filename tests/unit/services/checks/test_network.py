"""The way to the server, against real listeners: what stands in the way is found by its own name, and ends in its verdict."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import trustme

from app.domain.check_result import Measured, judge
from app.domain.check_rules import NetworkFigures
from app.domain.checks import Blame, Fault, Side
from app.domain.readiness import Check
from app.media.check_ports import RelayFigures
from app.services.checks.network import ServerNetworkProbe
from app.services.checks.reach import reach
from app.services.checks.system import MachineProbe
from app.services.checks.way import measure_way
from app.services.keys import KeysOfAFolder
from app.services.link import system_trust
from tests.support.checks import TABLE
from tests.support.doors import leading_to, listening, saying, with_clock
from tests.support.server import RunningServer, running_server


class NoRelay:
    """The agency has none."""

    def __init__(self, figures: RelayFigures | None = None) -> None:
        self.figures = figures or RelayFigures()

    async def measure(self, servers, *, brief=False) -> RelayFigures:
        return self.figures


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path / "data") as running:
        yield running


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def measured(url: str, trust=system_trust, relay: NoRelay | None = None, brief: bool = True) -> NetworkFigures:
    return await ServerNetworkProbe(url, relay or NoRelay(), trust=trust).measure(brief=brief)


def blamed(figures: NetworkFigures) -> tuple[Fault | None, Blame]:
    verdict = judge(Measured(network=figures), TABLE, Side.COUNSELLOR).verdict
    return verdict.fault, verdict.blame


async def test_a_good_way_is_measured_whole(server: RunningServer) -> None:
    figures = await measured(server.url, brief=False)
    assert blamed(figures) == (None, Blame.NOBODY)
    assert figures.round_trip_ms is not None
    assert figures.jitter_ms is not None
    assert figures.loss == 0.0
    assert figures.down_kbps is not None
    assert figures.up_kbps is not None
    assert min(figures.down_kbps, figures.up_kbps) > 1000


async def test_brief_weighs_nothing(server: RunningServer) -> None:
    figures = await measured(server.url)
    assert (figures.down_kbps, figures.up_kbps) == (None, None)
    assert figures.round_trip_ms is not None


async def test_what_passes_beside_tcp_counts_more(server: RunningServer) -> None:
    relay = NoRelay(RelayFigures(udp=True, relay=True, round_trip_ms=310.0, jitter_ms=70.0, loss=0.1))
    figures = await measured(server.url, relay=relay)
    assert (figures.round_trip_ms, figures.jitter_ms, figures.loss) == (310.0, 70.0, 0.1)


async def test_nobody_listens_there() -> None:
    assert blamed(await measured(f"http://localhost:{free_port()}")) == (Fault.SERVER_UNREACHABLE, Blame.OUR_SERVER)


async def test_somebody_else_answers() -> None:
    async with listening(saying("200 OK", b"<html>")) as port:
        assert (await measured(f"http://localhost:{port}")).trouble is Fault.SERVER_UNREACHABLE


async def test_what_answers_speaks_no_http() -> None:
    async def nonsense(reader, writer) -> None:
        await reader.read(100)
        writer.write(b"220 mail ready\r\n")
        await writer.drain()

    async with listening(nonsense) as port:
        assert (await measured(f"http://localhost:{port}")).trouble is Fault.SERVER_UNREACHABLE


async def test_the_name_is_not_known() -> None:
    assert blamed(await measured("https://no-such-server.invalid")) == (Fault.DNS_WRONG, Blame.OUR_NETWORK)


async def test_a_page_to_sign_in_stands_between() -> None:
    async with listening(saying("302 Found", Location="http://localhost/login")) as port:
        assert blamed(await measured(f"http://localhost:{port}")) == (Fault.PROXY_REFUSED, Blame.OUR_NETWORK)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_proxy_refuses(server: RunningServer, monkeypatch, scheme) -> None:
    async with listening(saying("407 Proxy Authentication Required")) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}")
        url = server.url.replace("http:", f"{scheme}:")
        assert blamed(await measured(url)) == (Fault.PROXY_REFUSED, Blame.OUR_NETWORK)


async def test_the_proxy_is_not_there(server: RunningServer, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert (await measured(server.url)).trouble is Fault.PROXY_REFUSED
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert (await measured(server.url)).trouble is None


async def test_a_firewall_lets_no_websocket_through(server: RunningServer) -> None:
    async with listening(leading_to(server.ready.public_port, upgrades=False)) as port:
        assert blamed(await measured(f"http://localhost:{port}")) == (Fault.SERVER_UNREACHABLE, Blame.OUR_SERVER), "a Host of its own"
    public = free_port()
    async with (
        running_server(server.data / "second", public_url=f"http://localhost:{public}") as known,
        listening(leading_to(known.ready.public_port, upgrades=False), public),
    ):
        assert blamed(await measured(known.url)) == (Fault.WEBSOCKET_BLOCKED, Blame.OUR_NETWORK)


async def test_a_websocket_that_hangs(monkeypatch) -> None:
    async def swallowing(reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"upgrade: websocket" in head.lower():
            await reader.read()
            return
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"ok":true}')
        await writer.drain()

    monkeypatch.setattr("app.services.checks.way.OPEN_S", 0.2)
    async with listening(swallowing) as port:
        assert (await measured(f"http://localhost:{port}")).trouble is Fault.WEBSOCKET_BLOCKED


async def test_certificates(tmp_path: Path) -> None:
    ours, strange = trustme.CA(), trustme.CA()
    public = free_port()

    def trusting(authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(context)
        return context

    async def with_certificate(name: str) -> list[tuple[Fault | None, Blame]]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ours.issue_cert(name).configure_cert(context)
        async with (
            running_server(tmp_path / name, public_url=f"https://localhost:{public}") as server,
            listening(leading_to(server.ready.public_port), public, context),
        ):
            return [blamed(await measured(server.url, partial(trusting, one))) for one in (ours, strange)]

    assert await with_certificate("localhost") == [(None, Blame.NOBODY), (Fault.CERTIFICATE_UNTRUSTED, Blame.OUR_SERVER)]
    assert (await with_certificate("another.example"))[0] == (Fault.CERTIFICATE_UNTRUSTED, Blame.OUR_SERVER), "of another server"


@pytest.mark.parametrize(("off_s", "told"), [(3600.0, 3600.0), (-3600.0, -3600.0), (0.0, 0.0)])
async def test_this_clock_against_the_servers(off_s: float, told: float) -> None:
    async with listening(with_clock(time.time() - off_s)) as port:
        probe = ServerNetworkProbe(f"http://localhost:{port}", NoRelay())
        off = await probe.clock_off_s()
    assert off == pytest.approx(told, abs=2)


async def test_a_server_whose_clock_is_another(monkeypatch) -> None:
    monkeypatch.setattr("app.services.checks.system.LOAD_S", 0.01)
    async with listening(with_clock(time.time() + 3600)) as port:
        probe = ServerNetworkProbe(f"http://localhost:{port}", NoRelay())
        figures = await MachineProbe(probe.clock_off_s, KeysOfAFolder).measure()
    verdict = judge(Measured(system=replace(figures, load_share=None, memory_mb=None)), TABLE, Side.COUNSELLOR).verdict
    assert (verdict.fault, verdict.blame, verdict.outcome) == (Fault.CLOCK_WRONG, Blame.OUR_DEVICE, Check.WEAK)


@pytest.mark.parametrize("date", [{}, {"Date": "yesterday"}])
async def test_a_server_without_a_clock(date) -> None:
    async with listening(saying("200 OK", b'{"ok":true}', **date)) as port:
        reached = await reach(f"http://localhost:{port}", system_trust)
    assert (reached.trouble, reached.clock_off_s) == (None, None)


async def test_the_clock_is_known_by_the_look_that_was_had(server: RunningServer) -> None:
    probe = ServerNetworkProbe(server.url, NoRelay())
    await probe.measure(brief=True)
    assert await probe.clock_off_s() == pytest.approx(0, abs=2)


async def test_the_seat_of_nobody_is_taken(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        await measure_way(server.url, system_trust, brief=False)
        await work.line.sign_of_life()
        assert not [m for m in work.line.received if m["type"] == "room-state" and len(m["seats"]) > 1]
