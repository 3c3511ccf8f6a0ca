"""What only the fan-out over Redis has: a broker that is lost in the middle of a question, that comes back empty, that was never there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme

from app.server.ports import Presence, StateUnavailable
from app.server.state import redis_session
from app.server.state.broker import SETTLING_S, RedisFanout
from tests.support.daemons import folder_of
from tests.support.proxies import free_ports
from tests.support.redis_server import USER, RedisServer, running_redis
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


async def test_a_broker_that_says_nothing_any_more_is_lost_and_found_again(broker: RedisServer, fanout: RedisFanout) -> None:
    with broker.daemon.frozen():
        assert await fanout.is_present(Presence.SEAT, "elsewhere"), "no answer is none"
        await settled(fanout, False)
    async with asyncio.timeout(30):
        await fanout._connected.wait()


async def test_a_broker_that_is_silent_while_nobody_asks_is_lost_too(
    broker: RedisServer, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_session, "PING_S", 0.01)
    monkeypatch.setattr(redis_session, "SILENT_S", 0.2)
    fanout = await RedisFanout.open(broker.url, clock)
    await settled(fanout, True)
    with broker.daemon.frozen():
        await settled(fanout, False)
        await fanout.close()


@pytest.mark.parametrize(("trusted", "password"), [(True, "geheim"), (False, "geheim"), (True, "falsch")])
async def test_over_tls_the_certificate_and_the_password_have_to_be_right(
    tmp_path: Path, clock: HandClock, trusted: bool, password: str
) -> None:
    authority, trust, (port,) = trustme.CA(), tmp_path / "trust.pem", free_ports(1)
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(str(trust))
    with folder_of(USER) as folder:  # the server reads it as its own user
        pem = folder / "server.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
        files = ["--tls-cert-file", str(pem), "--tls-key-file", str(pem), "--tls-ca-cert-file", str(pem)]
        with running_redis("--tls-port", str(port), *files, "--tls-auth-clients", "no", "--requirepass", "geheim"):
            fanout = await RedisFanout.open(f"rediss://:{password}@127.0.0.1:{port}/0?ssl_ca_certs={trust}", clock)
            assert fanout.settled is (trusted and password == "geheim")
            await fanout.close()


async def test_an_url_that_wants_another_protocol_is_heard_all_the_same(broker: RedisServer, fanout: RedisFanout, clock: HandClock) -> None:
    other = await RedisFanout.open(f"{broker.url}?protocol=3&decode_responses=true", clock)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await other.subscribe("t", heard.put_nowait)
    fanout.publish("t", b"from elsewhere")
    async with asyncio.timeout(10):
        assert await heard.get() == b"from elsewhere"
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
