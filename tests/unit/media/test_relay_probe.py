"""The agency's STUN and TURN server, asked for real: coturn on this machine."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from app.media.check_ports import RelayFigures
from app.media.relay_probe import IceRelayProbe, Place, places_of
from app.wire.messages import IceServer
from tests.support.turn_server import TurnServer, turn_server


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def turn(tmp_path_factory, authority) -> Iterator[TurnServer]:
    folder = tmp_path_factory.mktemp("turn")
    certificate = authority.issue_cert("127.0.0.1")
    key: Path = folder / "key.pem"
    certificate.private_key_pem.write_to_path(key)
    chain: Path = folder / "cert.pem"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    with turn_server(folder, certificate=(chain, key)) as server:
        yield server


@pytest.fixture
def probe(authority) -> IceRelayProbe:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return IceRelayProbe(context)


async def test_over_udp_everything_is_known(turn, probe) -> None:
    passed = await probe.measure([turn.ice("stun"), turn.ice("udp")], brief=True)
    assert (passed.udp, passed.relay, passed.loss) == (True, True, 0.0)
    assert passed.round_trip_ms is not None
    assert passed.jitter_ms is not None


@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_a_packet_comes_back_over_tcp_and_tls_as_well(turn, probe, kind) -> None:
    assert await probe.measure([turn.ice(kind)], brief=True) == RelayFigures(relay=True)


async def test_one_of_several_ways_is_enough(turn, probe) -> None:
    closed = IceServer(urls=["turn:127.0.0.1:9?transport=tcp"], username="a", credential="b")
    assert (await probe.measure([closed, turn.ice("tcp")], brief=True)).relay is True


async def test_stun_alone_is_no_relay(turn, probe) -> None:
    passed = await probe.measure([turn.ice("stun")], brief=True)
    assert (passed.udp, passed.relay) == (True, None)


async def test_who_has_another_password_is_turned_away(turn, probe) -> None:
    passed = await probe.measure([turn.ice("udp", "tcp", password="another")], brief=True)
    assert (passed.udp, passed.relay) == (True, False)


async def test_a_strange_certificate_is_no_way(turn) -> None:
    assert (await IceRelayProbe(True).measure([turn.ice("tls")], brief=True)).relay is False


async def test_where_the_agency_has_none_nothing_is_said(probe) -> None:
    assert await probe.measure([]) == RelayFigures()


def test_what_cannot_be_asked_is_passed_over() -> None:
    server = IceServer(urls=["turn:a.example", "turns:b.example:443", "stun:c.example", "turns:d.example?transport=udp", "nonsense"])
    assert places_of(server) == [
        Place("a.example", 3478, "udp", False, True, "", ""),
        Place("b.example", 443, "tcp", True, True, "", ""),
        Place("c.example", 3478, "udp", False, False, "", ""),
    ]
