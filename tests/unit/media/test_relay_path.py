"""Several ways to the relay: who is asked when, who is taken, what is given back. And a real relay, over each way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aioice
import pytest
import trustme
from aioice import stun
from aiortc import RTCPeerConnection
from structlog.testing import capture_logs

from app.media.epoch import configuration, ice_of
from app.media.patches import gathering, relay_path
from app.media.relay_places import Place, places_of
from app.wire.messages import IceServer
from tests.support.turn_server import TurnServer, turn_server

UDP, TCP, TLS = (Place("relay", 1, way, secure, True, "u", "c") for way, secure in (("udp", False), ("tcp", False), ("tcp", True)))


class Relay:
    """Answers when it is told to, and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Place] = []
        self.unwanted: list[str] = []
        self._answers: dict[Place, asyncio.Future[str]] = {}
        self._news = asyncio.Event()

    async def ask(self, place: Place) -> str:
        self.asked.append(place)
        self._news.set()
        return await self._answer(place)

    def _answer(self, place: Place) -> asyncio.Future[str]:
        return self._answers.setdefault(place, asyncio.get_running_loop().create_future())

    def says(self, place: Place, error: Exception | None = None) -> None:
        if error is None:
            self._answer(place).set_result(f"{place.transport}{place.secure}")
        else:
            self._answer(place).set_exception(error)

    async def until_asked(self, *places: Place) -> None:
        while set(self.asked) != set(places):
            self._news.clear()
            await self._news.wait()

    def race(self, *places: Place, seconds: float = 30.0, head_start: float = relay_path.HEAD_START_S) -> asyncio.Task[str | None]:
        return asyncio.ensure_future(relay_path.first_of(places, self.ask, seconds, self.unwanted.append, head_start))


async def test_where_udp_answers_nobody_else_is_asked() -> None:
    relay = Relay()
    relay.says(UDP)
    assert await relay.race(UDP, TCP, TLS) == "udpFalse"
    assert relay.asked == [UDP]


async def test_where_udp_is_silent_the_others_are_asked_beside_it() -> None:
    relay = Relay()
    race = relay.race(UDP, TCP, TLS)
    await relay.until_asked(UDP, TCP, TLS)
    relay.says(TLS)
    assert await race == "tcpTrue"
    assert relay._answers[UDP].cancelled()


async def test_in_a_hurry_the_others_are_asked_sooner() -> None:
    before = relay_path.HEAD_START_S / 2
    for head_start, taken in ((0.0, "tcpTrue"), (relay_path.HEAD_START_S, None)):
        relay = Relay()
        relay.says(TLS)
        assert await relay.race(UDP, TLS, seconds=before, head_start=head_start) == taken


async def test_udp_may_still_win_late() -> None:
    relay = Relay()
    race = relay.race(UDP, TLS)
    await relay.until_asked(UDP, TLS)
    relay.says(UDP)
    assert await race == "udpFalse"


async def test_who_is_refused_over_udp_goes_on_at_once() -> None:
    relay = Relay()
    relay.says(UDP, ConnectionRefusedError())
    relay.says(TLS)
    assert await relay.race(UDP, TLS) == "tcpTrue"


async def test_two_answers_at_once_one_is_given_back() -> None:
    relay = Relay()
    race = relay.race(TCP, TLS)
    await relay.until_asked(TCP, TLS)
    relay.says(TCP)
    relay.says(TLS)
    taken = await race
    assert {taken, *relay.unwanted} == {"tcpFalse", "tcpTrue"}
    assert len(relay.unwanted) == 1


async def test_without_any_answer_there_is_none() -> None:
    relay = Relay()
    assert await relay.race(UDP, TLS, seconds=0.05) is None
    refused = Relay()
    for place in (UDP, TCP):
        refused.says(place, OSError())
    assert await refused.race(UDP, TCP) is None


async def test_who_is_refused_a_way_says_why_in_the_log() -> None:
    relay, refusal = Relay(), stun.Message(stun.Method.ALLOCATE, stun.Class.ERROR)
    refusal.attributes["ERROR-CODE"] = (486, "Allocation Quota Reached")
    relay.says(UDP, stun.TransactionFailed(refusal))
    with capture_logs() as logs:
        assert await relay.race(UDP) is None
    assert {"event": "relay_refused", "error": "TransactionFailed", "code": 486, "log_level": "info"} in logs


async def test_an_error_of_ours_is_not_taken_for_a_refusal() -> None:
    relay = Relay()
    relay.says(UDP, TypeError("ours"))
    with pytest.raises(TypeError):
        await relay.race(UDP)


# ---- with coturn


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[TurnServer]:
    folder: Path = tmp_path_factory.mktemp("turn")
    pem = folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    with turn_server(folder, certificate=(pem, pem)) as server:
        yield server


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    gathering.install()
    relay_path.install()


async def gathered(*servers: IceServer) -> list[aioice.Candidate]:
    """What a connection with these servers shows of itself."""
    connection = RTCPeerConnection(configuration(servers))
    connection.createDataChannel("talk")
    await connection.setLocalDescription(await connection.createOffer())
    assert connection.sctp is not None
    candidates = list(connection.sctp.transport.transport._connection.local_candidates)
    await connection.close()
    return candidates


def relay_only(server: IceServer) -> IceServer:
    return IceServer(urls=server.urls, username=server.username, credential=server.credential, relay_only=True)


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_under_the_policy_a_side_shows_the_relay_and_nothing_else(turn: TurnServer, way: str) -> None:
    (candidate,) = await gathered(IceServer(urls=["stun:127.0.0.1:9"]), relay_only(turn.ice(way)))
    assert (candidate.type, candidate.host, candidate.related_address, candidate.related_port) == ("relay", "127.0.0.1", "0.0.0.0", 9)  # noqa: S104


async def test_udp_that_nobody_answers_is_followed_by_tls(turn: TurnServer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        tls = turn.ice("tls")
        urls = [f"turn:127.0.0.1:{deaf.getsockname()[1]}", *tls.urls]
        (candidate,) = await gathered(IceServer(urls=urls, username=tls.username, credential=tls.credential, relay_only=True))
    assert candidate.type == "relay"


async def test_an_epoch_in_a_hurry_hands_it_on_to_who_asks_the_relay(turn: TurnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    first_of, given = relay_path.first_of, list[float]()

    def note(*about: Any) -> Any:
        given.append(about[4])
        return first_of(*about)

    monkeypatch.setattr(relay_path, "first_of", note)
    for hurried in (False, True):
        connection = RTCPeerConnection(configuration([relay_only(turn.ice("udp"))]))
        connection.addTransceiver("audio")
        if hurried:
            relay_path.hurry(ice_of(connection), None)
        await connection.setLocalDescription(await connection.createOffer())
        await connection.close()
    assert given == [relay_path.HEAD_START_S, relay_path.HEAD_START_IN_HURRY_S]


@pytest.fixture
async def in_reserve(turn: TurnServer) -> AsyncIterator[relay_path.Reserve]:
    reserve = relay_path.Reserve([relay_only(turn.ice("tls"))])
    yield reserve
    reserve.give_back()
    await asyncio.wait([reserve._opening])
    await asyncio.sleep(0)


async def hurried(turn: TurnServer, reserve: relay_path.Reserve) -> RTCPeerConnection:
    """It has gathered. Only what is in reserve can have served it: the server that it knows is not there."""
    connection = RTCPeerConnection(configuration([IceServer(urls=["turn:127.0.0.1:9?transport=tcp"], relay_only=True)]))
    connection.addTransceiver("audio")
    relay_path.hurry(ice_of(connection), reserve)
    await connection.setLocalDescription(await connection.createOffer())
    return connection


async def test_what_is_in_reserve_goes_over_to_who_wants_it(turn: TurnServer, in_reserve: relay_path.Reserve) -> None:
    connection = await hurried(turn, in_reserve)
    (candidate,) = ice_of(connection).local_candidates
    assert candidate.type == "relay"
    (protocol,) = ice_of(connection)._protocols
    assert protocol.receiver is ice_of(connection)
    in_reserve.give_back()
    assert protocol.transport._TurnTransport__close_task is None, "it is somebody else's by now"
    await connection.close()


async def test_what_is_in_reserve_is_given_once(turn: TurnServer, in_reserve: relay_path.Reserve) -> None:
    first, second = await hurried(turn, in_reserve), await hurried(turn, in_reserve)
    assert [len(ice_of(one).local_candidates) for one in (first, second)] == [1, 0]
    await first.close()
    await second.close()


async def test_what_nobody_wants_is_given_back_opened_or_not(turn: TurnServer) -> None:
    early, late = (relay_path.Reserve([relay_only(turn.ice("udp"))]) for _ in range(2))
    early.give_back()
    found = await late._opening
    assert found is not None
    late.give_back()
    late.give_back()
    await asyncio.sleep(0)
    assert early._opening.cancelled()
    assert found[1].transport._TurnTransport__close_task is not None
    await found[1].transport._TurnTransport__close_task


async def test_without_the_policy_own_addresses_stand_beside_the_relay(turn: TurnServer) -> None:
    assert {candidate.type for candidate in await gathered(turn.ice("udp"))} == {"host", "relay"}


async def test_a_relay_that_gives_nothing_leaves_no_address_at_all(turn: TurnServer) -> None:
    assert await gathered(relay_only(turn.ice("udp", "tcp", password="another"))) == []


async def test_a_strange_certificate_is_no_relay(turn: TurnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert await gathered(relay_only(turn.ice("tls"))) == []


class Peer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, _: object) -> None:
        self.heard.put_nowait(data)


async def test_media_takes_the_short_way_and_a_full_connection_drops_it(turn: TurnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    (place,) = places_of(turn.ice("tcp"))
    there, peer = await asyncio.get_running_loop().create_datagram_endpoint(Peer, local_addr=("127.0.0.1", 0))
    address = there.get_extra_info("sockname")
    transport, _ = await aioice.turn.create_turn_endpoint(
        asyncio.DatagramProtocol, place.address, place.username, place.credential, transport="tcp"
    )
    media, signal = b"\x80\x60" + b"m" * 50, b"\x16" + b"s" * 50
    transport.sendto(media, address)
    assert await peer.heard.get() == media, "the first binds a channel"
    tasks = len(asyncio.all_tasks())
    transport.sendto(media, address)
    assert len(asyncio.all_tasks()) == tasks
    assert await peer.heard.get() == media
    monkeypatch.setattr(relay_path, "MOST_QUEUED", -1)
    transport.sendto(media, address)
    transport.sendto(signal, address)
    assert await peer.heard.get() == signal, "a handshake is never dropped"
    await transport._TurnTransport__inner_protocol.delete()
    there.close()
