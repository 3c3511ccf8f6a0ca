"""The figures on the management listener: what is counted, who may look, and that nothing in them leads to a person."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from app.server.metrics import PrometheusMeter
from app.server.rate_limits import RateLimits, Rates
from app.server.settings import SettingsError
from tests.support.figures import Figures, looked_at
from tests.support.server import RunningServer, running_server

RELAY = {"turn_urls": ("turn:relay.example.org:3478?transport=udp",), "turn_secret": "s" * 32, "management_port": 0}


async def until(server: RunningServer, name: str, label: str, value: float) -> Figures:
    """The figures, once this one has the value."""
    async with asyncio.timeout(10):
        while (figures := (await looked_at(server))[0])[name, label] != value:
            pass
    return figures


async def test_what_happens_is_counted_and_nothing_leads_to_a_person(tmp_path: Path) -> None:
    async with running_server(tmp_path, database=None, rates=Rates(failures="2/hour"), **RELAY) as server:
        room = server.appointment()
        async with server.workstation(room) as work, server.page(room).connected() as page:
            await page.join()
            waiting = await until(server, "clients_waiting", "", 1)
            assert (waiting["connections", "page"], waiting["connections", "workstation"]) == (1, 1)
            [seat] = await work.state_now(room.room)
            await work.command("admit", room=room.room, seat=seat["seat"])
            await page.line.expect("admitted")
            for _ in range(3):
                await server.look("x" * 43)
            await until(server, "sessions", "", 1)
        figures = await until(server, "connections", "page", 0)
        _, text = await looked_at(server)
        assert figures["connections_closed_total", "page"] == figures["connections_opened_total", "page"] == 1
        assert figures["admissions_total", ""] == 1
        assert figures["relay_credentials_total", "workstation"] == figures["relay_credentials_total", "room"] == 1
        assert figures["guesses_total", "link"] == 2
        assert figures["rate_limited_total", "failures"] == 1
        assert (figures["refused_total", "unknown-link"], figures["refused_total", "too-many"]) == (2, 1)
        assert figures["database_seconds_count", "done"] > 5
        assert figures["broker_settled", ""] == 1
        assert figures["stopping", ""] == 0
        assert figures["build_info", "0.1.0"] == 1
        assert figures["internal_errors_total", ""] == 0
        for secret in (room.token, room.room, room.look, seat["seat"], work.public_key, work.owner, "127.0.0.1", "musterstadt"):
            assert secret not in text
        assert not re.search(r'="[^"]{20,}"', text)


async def test_it_is_on_its_own_listener_alone(tmp_path: Path) -> None:
    async with running_server(tmp_path, management_port=0) as server:
        ready, port = server.ready, server.ready.management_port
        for other in (ready.public_port, ready.control_port):
            assert (await server.http("GET", "/metrics", port=other)).status == 404
        assert (await server.http("GET", "/healthz", port=port)).status == 200
        health = await server.http("GET", "/readyz", port=port)
        assert health.status == 200
        assert b'"database":true' in health.body
        for path in ("/", "/site.json", "/ws/control"):
            assert (await server.http("GET", path, port=port)).status == 404
        assert (await server.http("GET", "/metrics", port=port, Host="evil.example")).status == 403
        assert (await server.http("GET", "/metrics", port=port, Origin="https://evil.example")).status == 403
        assert (await server.http("POST", "/metrics", b"", port=port)).status == 405


async def test_a_name_of_this_machine_may_be_allowed(tmp_path: Path) -> None:
    async with running_server(tmp_path, management_port=0, management_hosts=("one.example:9480",)) as server:
        assert (await server.http("GET", "/metrics", port=server.ready.management_port, Host="one.example:9480")).status == 200


async def test_nobody_who_does_not_ask_gets_one(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        assert server.ready.management_port is None


async def test_a_machine_without_the_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "app.server.metrics", None)
    with pytest.raises(SettingsError, match="server-agency"):
        async with running_server(tmp_path, management_port=0):
            pass


async def test_codes_for_workstations_that_lead_nowhere_are_counted() -> None:
    meter = PrometheusMeter()
    limits = RateLimits(Rates(enrolments="1/hour"), meter)
    await limits.wrong_enrolment("192.0.2.1")
    assert await limits.enrolled_wrongly_too_often("192.0.2.1")
    figures = meter.exposition().decode()
    assert 'videoberatung_guesses_total{kind="enrolment"} 1.0' in figures
    assert 'videoberatung_rate_limited_total{rate="enrolments"} 1.0' in figures


def test_every_label_is_one_of_a_handful() -> None:
    """A label of ours is never free text: its name says which list its values are from."""
    figures = PrometheusMeter().exposition().decode()
    names = set(re.findall(r'([a-z_]+)="', figures))
    assert names <= {"side", "code", "rate", "kind", "answer", "version", "le"}
