"""What a line of media agrees on, with whom, and for how long it may go on without an answer.

RFC 8827 (suites, fingerprints), RFC 7675 (consent), BSI TR-02102-2; OWASP ASVS 5, 17.2.1 to 17.2.4 and 17.2.8.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Callable

import aioice
import pytest
from aiortc import RTCCertificate, RTCDtlsParameters, RTCPeerConnection
from aiortc.rtcdtlstransport import SRTP_AES128_CM_SHA1_80, RTCDtlsTransport
from OpenSSL import SSL

from app.media import patches
from app.media.epoch import configuration
from app.media.patches import ciphers, consent
from tests.support.datagram_pipe import pipes

DTLS_1_0 = 0xFEFF


@pytest.fixture(autouse=True)
def installed() -> None:
    patches.install()


class Foreign(RTCCertificate):
    """Of a peer whose handshake is as `change` says."""

    change: Callable[[SSL.Context], None] = staticmethod(lambda context: None)

    def _create_ssl_context(self, srtp_profiles: list) -> SSL.Context:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(self._cert)
        context.use_privatekey(self._key)
        context.set_tlsext_use_srtp(b":".join(profile.openssl_profile for profile in srtp_profiles))
        self.change(context)
        return context


@contextlib.asynccontextmanager
async def shaken(theirs: RTCCertificate, wrong: bool = False, ours_answers: bool = True) -> AsyncIterator[list[RTCDtlsTransport]]:
    """Our end and a stranger's after the handshake; with `wrong` we were told the fingerprints of somebody else."""
    lines = pipes()[:: 1 if ours_answers else -1]
    ends = [RTCDtlsTransport(line, [one]) for line, one in zip(lines, (RTCCertificate.generateCertificate(), theirs), strict=True)]
    told = RTCCertificate.generateCertificate() if wrong else theirs
    prints = told.getFingerprints(), ends[0].getLocalParameters().fingerprints
    starting = [asyncio.ensure_future(end.start(RTCDtlsParameters(fingerprints=one))) for end, one in zip(ends, prints, strict=True)]
    try:
        async with asyncio.timeout(10):
            await starting[0]
            if ends[0].state == "connected":
                await starting[1]
            yield ends
    finally:
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        await asyncio.gather(*(end.stop() for end in ends))
        await asyncio.sleep(0)


@pytest.mark.parametrize("ours_answers", [True, False])
async def test_dtls_1_2_with_gcm_and_packets_under_aead(ours_answers: bool) -> None:
    async with shaken(RTCCertificate.generateCertificate(), ours_answers=ours_answers) as (ours, _):
        assert ours.state == "connected"
        assert ours._ssl.get_protocol_version() <= ciphers.DTLS_1_2, "the wire counts downwards"
        assert "GCM" in ours._ssl.get_cipher_name()
        assert ours._ssl.get_selected_srtp_profile().startswith(b"SRTP_AEAD_AES_")


@pytest.mark.parametrize("ours_answers", [True, False])
@pytest.mark.parametrize(
    "suites", [b"ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA", b"ECDHE-ECDSA-CHACHA20-POLY1305", b"ECDHE-ECDSA-AES128-SHA256"]
)
async def test_neither_cbc_nor_any_suite_without_gcm(suites: bytes, ours_answers: bool) -> None:
    theirs = Foreign.generateCertificate()
    theirs.change = lambda context: context.set_cipher_list(suites)
    async with shaken(theirs, ours_answers=ours_answers) as (ours, _):
        assert (ours.state, ours._tx_srtp) == ("failed", None)


@pytest.mark.parametrize("ours_answers", [True, False])
async def test_nothing_older_than_dtls_1_2(ours_answers: bool) -> None:
    theirs = Foreign.generateCertificate()

    def old(context: SSL.Context) -> None:
        context.set_min_proto_version(DTLS_1_0)
        context.set_max_proto_version(DTLS_1_0)
        context.set_cipher_list(b"ALL:@SECLEVEL=0")

    theirs.change = old
    async with shaken(theirs, ours_answers=ours_answers) as (ours, _):
        assert (ours.state, ours._tx_srtp) == ("failed", None)


async def test_an_older_browser_gets_aes_with_a_tag_of_80_bits_and_a_stranger_without_any_nothing() -> None:
    theirs = Foreign.generateCertificate()
    theirs.change = lambda context: context.set_tlsext_use_srtp(SRTP_AES128_CM_SHA1_80.openssl_profile)
    async with shaken(theirs) as (ours, _):
        assert ours._ssl.get_selected_srtp_profile() == SRTP_AES128_CM_SHA1_80.openssl_profile
    theirs.change = lambda context: context.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_32")
    async with shaken(theirs) as (ours, _):
        assert ours.state == "failed"


@pytest.mark.parametrize("ours_answers", [True, False])
async def test_another_certificate_than_the_one_that_was_described_ends_the_line(ours_answers: bool) -> None:
    async with shaken(RTCCertificate.generateCertificate(), wrong=True, ours_answers=ours_answers) as (ours, _):
        assert (ours.state, ours._tx_srtp, ours._rx_srtp) == ("failed", None, None)
        with pytest.raises(ConnectionError):
            await ours._send_rtp(b"\x80" + bytes(20))


async def test_each_connection_has_a_certificate_of_its_own() -> None:
    made = [RTCPeerConnection(configuration([])) for _ in range(3)]
    prints = {one._RTCPeerConnection__certificates[0].getFingerprints()[0].value for one in made}
    await asyncio.gather(*(one.close() for one in made))
    assert len(prints) == 3


TORN = (b"\xff", b"\x80", b"\x80" + bytes(11), b"\x80\xe0" + bytes(1400), b"\x80\xc8\x00\x06" + bytes(24), b"\x16" * 40)


@pytest.mark.parametrize("torn", TORN, ids=range(len(TORN)))
async def test_packets_without_the_right_keys_are_passed_over(torn: bytes) -> None:
    async with shaken(RTCCertificate.generateCertificate()) as (ours, theirs):
        for packet in (torn, b"\x80\x60" + bytes(30)):
            await theirs.transport._send(packet)
        heard = Heard()
        ours._register_data_receiver(heard)
        await theirs._send_data(b"still here")
        assert await asyncio.wait_for(heard.said, 10) == b"still here"
        assert ours.state == "connected"


class Heard:
    """Of a data channel."""

    def __init__(self) -> None:
        self.said = asyncio.get_running_loop().create_future()

    async def _handle_data(self, data: bytes) -> None:
        self.said.set_result(data)


async def test_an_empty_datagram_of_any_host_ends_nothing() -> None:
    async with connected() as (ours, _):
        port = ours.local_candidates[0].port
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for said in (b"", b"a sign that all before it was read"):
                stranger.sendto(said, (ours.local_candidates[0].host, port))
        assert await asyncio.wait_for(ours.recv(), 10) == b"a sign that all before it was read"


# ---- consent


class Deaf:
    """In place of a socket of an end that says nothing any more."""

    def __init__(self, real: asyncio.DatagramTransport) -> None:
        self._real = real

    def sendto(self, data: bytes, address: object) -> None:
        """Lost."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[aioice.Connection, aioice.Connection]]:
    ends = aioice.Connection(ice_controlling=True), aioice.Connection(ice_controlling=False)
    await asyncio.gather(*(end.gather_candidates() for end in ends))
    for one, other in (ends, ends[::-1]):
        for candidate in other.local_candidates:
            await one.add_remote_candidate(candidate)
        await one.add_remote_candidate(None)
        one.remote_username, one.remote_password = other.local_username, other.local_password
    await asyncio.gather(*(end.connect() for end in ends))
    try:
        yield ends
    finally:
        await asyncio.gather(*(end.close() for end in ends))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is a twentieth of one; with less, a busy machine would end what stands."""
    monkeypatch.setattr(consent, "EXPIRY_S", consent.EXPIRY_S / 20)
    monkeypatch.setattr(consent, "INTERVAL_S", consent.INTERVAL_S / 20)


def test_consent_ends_after_thirty_seconds() -> None:
    assert consent.EXPIRY_S <= 30, "RFC 7675, section 5.1"
    assert consent.INTERVAL_S * 1.2 * 4 < consent.EXPIRY_S, "a few lost questions end nothing"


async def test_who_answers_no_more_is_sent_nothing_any_more(soon: None) -> None:
    async with connected() as (ours, theirs):
        await theirs.send(b"last words")
        assert await ours.recv() == b"last words"
        for protocol in theirs._protocols:
            protocol.transport = Deaf(protocol.transport)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(ours.recv(), 10)
        assert not ours._nominated, "no address is left to send to"
        with pytest.raises(ConnectionError):
            await ours.send(b"nobody asked for this")


async def test_who_answers_is_asked_on_and_on(soon: None) -> None:
    async with connected() as (ours, theirs):
        answer, asked, often = theirs.request_received, itertools.count(1), asyncio.Event()

        def count(*about: object) -> None:
            if next(asked) == 10:  # more than fit into one expiry
                often.set()
            answer(*about)

        theirs.request_received = count
        await asyncio.wait_for(often.wait(), 10)
        await ours.send(b"still here")
        assert await theirs.recv() == b"still here"


async def test_asked_out_of_turn_a_path_that_stands_answers_and_one_that_is_gone_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.stun, "RETRY_RTO", 0.05)
    async with connected() as (ours, theirs):
        assert await consent.answered(ours)
        for protocol in theirs._protocols:
            protocol.transport = Deaf(protocol.transport)
        assert not await consent.answered(ours)


async def test_where_no_path_is_in_use_none_answers() -> None:
    assert not await consent.answered(aioice.Connection(ice_controlling=False))
