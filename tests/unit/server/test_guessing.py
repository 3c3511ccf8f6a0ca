"""Guessing is stopped for each address and for all together, and reported; and nobody makes an address up.

OWASP ASVS 5, 2.4.1, 4.1.3, 6.3.1, 16.3.3.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from app.domain.secrets import new_code, new_id, new_token
from app.server.rate_limits import RateLimits, Rates
from tests.support.page_client import PageClient, Workstation
from tests.support.server import RunningServer, running_server

FEW = Rates(failures="3/hour", codes="3/hour", proofs="3/hour")


def warnings_of(said: list) -> list[str]:
    return [entry["event"] for entry in said if entry["log_level"] == "warning"]


async def test_links_codes_and_keys_that_are_guessed_are_reported_once_and_without_an_address(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=FEW) as server:
        with capture_logs() as said:
            for _ in range(6):
                await server.look(new_token())
                await server.post("/api/code", code=new_code())
                await server.post("/api/report", room=new_id(), seat=new_id(), secret=new_token())
                async with PageClient(server.url, new_token()).connected() as page:
                    await page.join()
                stranger = Workstation(server.ready.control_port, Ed25519PrivateKey.generate())
                async with stranger.connected():
                    await stranger.prove()
                    await stranger.line.expect("refused")
    assert sorted(warnings_of(said)) == ["codes-are-guessed", "links-are-guessed", "proofs-are-guessed"]
    assert "127.0.0.1" not in str(said)


async def test_requests_connections_and_messages_that_are_too_many_are_reported(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(requests="2/hour", connections="3/hour", messages="2/hour")) as server:
        with capture_logs() as said:
            for _ in range(3):
                await server.http("GET", "/healthz")
            async with PageClient(server.url, new_token()).connected() as page:
                for number in range(3):
                    await page.line.send("ping", n=number + 1)
                assert await page.line.closed() == 4004
            for code in (None, None, 4004):
                async with PageClient(server.url, new_token()).connected() as page:
                    if code:
                        assert await page.line.closed() == code
    assert sorted(warnings_of(said)) == ["too-many-connections", "too-many-messages", "too-many-requests"]


async def test_when_everybody_fails_each_address_may_fail_a_few_times_and_no_good_one_is_shut_out() -> None:
    limits = RateLimits(Rates(failures="30/hour", all_failures="60/hour", few_failures="3/hour"))
    for number in range(20):
        for _ in range(3):
            await limits.failure(f"192.0.2.{number}")
    assert await limits.failed_too_often("192.0.2.1")
    assert not await limits.failed_too_often("198.51.100.7"), "who never failed"
    for expected in (False, False, True):
        await limits.failure("198.51.100.8")
        assert await limits.failed_too_often("198.51.100.8") is expected


async def test_below_that_an_address_has_all_of_its_failures() -> None:
    limits = RateLimits(Rates(failures="30/hour", all_failures="60/hour", few_failures="3/hour"))
    for _ in range(29):
        await limits.failure("192.0.2.1")
    assert not await limits.failed_too_often("192.0.2.1")


async def test_malformed_unknown_and_forged_get_one_answer(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room), server.page(room).connected() as page:
        await page.join()
        bodies = [b"", b"{", b'{"secret": 1}', json.dumps({"token": new_token()}).encode()]
        bodies += [json.dumps({"room": room.room, "seat": page.seat, "secret": new_token()}).encode()]
        bodies += [json.dumps({"room": new_id(), "seat": page.seat, "secret": page.secret}).encode()]
        answers = [await server.http("POST", "/api/report", body) for body in bodies]
        assert {(a.status, a.body, *sorted(a.headers)) for a in answers} == {(404, b'{"code":"unknown-link"}', *sorted(answers[0].headers))}


# ---- addresses


MADE_UP = ("x_forwarded_for", "forwarded", "x_real_ip", "x_client_ip", "cf_connecting_ip", "true_client_ip", "x_forwarded_host", "via")


@pytest.mark.parametrize("trusted", [(), ("198.51.100.9", "10.0.0.0/8")], ids=["nobody", "others"])
async def test_an_address_that_a_stranger_makes_up_is_not_believed(tmp_path: Path, trusted: tuple[str, ...]) -> None:
    async with running_server(tmp_path, rates=FEW, trusted_proxies=trusted) as server:
        statuses = []
        for number in range(6):
            made_up = dict.fromkeys(MADE_UP, f"192.0.2.{number}") | {"forwarded": f"for=192.0.2.{number}"}
            statuses.append((await server.http("POST", "/api/look", b"{}", **made_up)).status)
        assert statuses == [404, 404, 404, 429, 429, 429]
        assert (await server.http("GET", "/healthz", Host="evil.example", x_forwarded_host=server.host)).status == 403


async def test_a_trusted_proxy_is_believed_the_address_that_it_saw_itself(tmp_path: Path) -> None:
    """The last in the list; what stands before it the client may have written."""
    async with running_server(tmp_path, rates=FEW, trusted_proxies=("127.0.0.1",)) as server:
        for number in range(5):
            answer = await server.http("POST", "/api/look", b"{}", x_forwarded_for=f"192.0.2.{number}")
            assert answer.status == 404, "each address has its own failures"
        statuses = [
            (await server.http("POST", "/api/look", b"{}", x_forwarded_for=f"203.0.113.{n}, 198.51.100.1")).status for n in range(5)
        ]
        assert statuses == [404, 404, 404, 429, 429]
        others = [
            (await server.http("POST", "/api/look", b"{}", forwarded=f"for=192.0.2.{n}", x_real_ip=f"192.0.2.{n}")).status for n in range(5)
        ]
        assert others == [404, 404, 404, 429, 429], "no other header is read"


GARBAGE = ("", ",,,", "'; DROP TABLE rooms; --", "x" * 4000, "\xff\xfe", "::ffff:192.0.2.1%eth0", "[::1]:99999")


async def test_garbage_of_a_trusted_proxy_is_one_more_address(tmp_path: Path) -> None:
    async with running_server(tmp_path, trusted_proxies=("127.0.0.1",)) as server:
        for garbage in GARBAGE:
            assert (await server.http("POST", "/api/look", b"{}", x_forwarded_for=garbage)).status == 404
            assert (await server.http("GET", "/healthz", x_forwarded_proto=garbage)).status == 200
