"""The relay as it is shipped: what it refuses to pass on, and to whom. Debian's coturn in a namespace, asked as any client may ask it.

OWASP ASVS 5, 17.1.1; RFC 6890; BSI TR-02102-2.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
import trustme
from aioice import stun

from app.wire.messages import IceServer
from tests.support.relay_client import allocate, asking, code, refresh
from tests.support.relay_net import CLIENT, RELAY, RELAY_V6, TLS_PORT, RelayNet, ShippedRelay, on_host, shipped_relay

FAMILY = (0x0017, "REQUESTED-ADDRESS-FAMILY", stun.pack_unsigned, stun.unpack_unsigned)
"""RFC 8656, section 18.8; aioice does not know it."""
IPV6 = 0x02000000
SPECIAL = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.0.1"),  # noqa: S104  nobody listens there
    *("169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.8", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1"),
    *("192.168.77.20", "192.175.48.1", "198.18.0.1", "198.19.255.1", "198.51.100.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
]
SPECIAL_V6 = [
    *("::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1"),
    *("2001::1", "2001:db8::1", "2002:a00:1::1", "2620:4f:8000::1", "3fff::1", "5f00::1"),
    *("fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1"),
]
FORBIDDEN, UNAUTHORISED = 403, 401


@dataclass(frozen=True)
class Table:
    net: RelayNet
    relay: ShippedRelay
    authority: trustme.CA

    def server(self, ends_in: int = 60, secret: str = "") -> IceServer:
        return self.relay.server("udp", int(time.time()) + ends_in, secret)

    def answers(self, server: IceServer, peers: Sequence[str] = (), v6: bool = False) -> list[int]:
        """To an allocation and to a permission for each peer: 0 for yes, otherwise the error's code."""
        return list(on_host(self.net.relay, lambda: _answers(server, peers, v6)))

    def handshake(self, newest: ssl.TLSVersion) -> tuple[str, str]:
        """TLS version and cipher suite. Raises SSLError, ConnectionError."""
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.authority.configure_trust(trust)
        trust.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what is to be shown
            trust.minimum_version, trust.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
        return tuple(on_host(self.net.relay, lambda: _handshake(trust)))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    authority = trustme.CA()
    with RelayNet() as net, shipped_relay(tmp_path_factory.mktemp("relay"), net.relay, authority) as relay:
        yield Table(net, relay, authority)


async def _answers(server: IceServer, peers: Sequence[str], v6: bool) -> list[int]:
    async with asking(server) as client:
        allocated = await allocate(client, **({FAMILY[1]: IPV6} if v6 else {}))
        return [allocated, *[await code(client, stun.Method.CREATE_PERMISSION, {"XOR-PEER-ADDRESS": (peer, 9)}) for peer in peers]]


async def _late_answers(server: IceServer) -> list[int]:
    """After the credentials have ended."""
    async with asking(server) as client:
        allocated = await allocate(client)
        await asyncio.sleep(int(server.username.split(":")[0]) + 1 - time.time())
        refreshed = await refresh(client)
        return [allocated, refreshed, await code(client, stun.Method.CREATE_PERMISSION, {"XOR-PEER-ADDRESS": (CLIENT, 9)})]


async def _handshake(trust: ssl.SSLContext) -> tuple[str, str]:
    _, writer = await asyncio.open_connection(RELAY, TLS_PORT, ssl=trust, ssl_handshake_timeout=4)
    spoken = writer.get_extra_info("ssl_object").version(), writer.get_extra_info("cipher")[0]
    writer.transport.abort()
    await asyncio.sleep(0)  # the loop ends after this, and the socket has to be closed by then
    return spoken


def test_nothing_is_passed_on_to_special_addresses(table: Table) -> None:
    allocated, *answers = table.answers(table.server(), SPECIAL)
    assert allocated == 0
    assert dict(zip(SPECIAL, answers, strict=True)) == dict.fromkeys(SPECIAL, FORBIDDEN)


def test_nor_to_those_of_ipv6(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stun.ATTRIBUTES_BY_NAME, FAMILY[1], FAMILY)
    allocated, *answers = table.answers(table.server(), [*SPECIAL_V6, RELAY_V6, "2a0a:1234::20"], v6=True)
    assert allocated == 0
    assert dict(zip(SPECIAL_V6, answers, strict=False)) == dict.fromkeys(SPECIAL_V6, FORBIDDEN)
    assert answers[len(SPECIAL_V6) :] == [0, 0]


def test_clients_and_the_relay_itself_are_reached(table: Table) -> None:
    assert table.answers(table.server(), [CLIENT, RELAY, "1.1.1.1", "172.32.0.1"]) == [0, 0, 0, 0, 0]


def test_credentials_that_ended_or_were_forged_open_nothing(table: Table) -> None:
    mine = table.server()
    stretched = IceServer(urls=mine.urls, username=f"{int(time.time()) + 86_400}:room", credential=mine.credential)
    nobody = IceServer(urls=mine.urls, username="room", credential="geheim")
    refused = [table.answers(one) for one in (table.server(ends_in=-1), table.server(secret="x" * 64), stretched, nobody)]
    assert refused == [[UNAUTHORISED]] * 4


def test_a_way_that_stands_outlives_its_credentials(table: Table) -> None:
    """So that they may be short-lived: permissions and refreshes of a long conversation go on."""
    server = table.server(ends_in=6)
    assert on_host(table.net.relay, lambda: _late_answers(server)) == [0, 0, 0]
    assert table.answers(server) == [UNAUTHORISED]


def test_tls_is_new_enough(table: Table) -> None:
    assert table.handshake(ssl.TLSVersion.MAXIMUM_SUPPORTED)[0] in ("TLSv1.2", "TLSv1.3"), "Debian 12's coturn knows no 1.3"
    version, cipher = table.handshake(ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2"
    assert cipher.startswith("ECDHE-")
    assert "GCM" in cipher
    with pytest.raises((ssl.SSLError, ConnectionError)):
        table.handshake(ssl.TLSVersion.TLSv1_1)


def test_no_console_listens(table: Table) -> None:
    listening = on_host(table.net.relay, _listening)
    assert {port for port in listening if port < 32768} == {3478, TLS_PORT}


async def _listening() -> set[int]:
    """TCP ports of this host."""
    process = await asyncio.create_subprocess_exec("ss", "-Hltn", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return {int(line.split()[3].rsplit(":", 1)[1]) for line in out.decode().splitlines()}
