"""Media packets take the short way, everything else aiortc's own. Real SRTP, no network."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aioice.ice
import pylibsrtp
import pytest
from aiortc.codecs import CODECS
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters

from app.media.patches import packet_path
from app.media.patches.live_receiver import LiveReceiver
from app.media.rtp import Header, pack_packet
from app.media.sound_receiver import SoundReceiver

KEY = bytes(range(30))


def session(inbound: bool) -> pylibsrtp.Session:
    kind = pylibsrtp.Policy.SSRC_ANY_INBOUND if inbound else pylibsrtp.Policy.SSRC_ANY_OUTBOUND
    return pylibsrtp.Session(pylibsrtp.Policy(key=KEY, ssrc_type=kind))


class Dtls(SimpleNamespace):
    """What the short way touches of an RTCDtlsTransport."""

    def __init__(self) -> None:
        sent: list[tuple[bytes, Any]] = []
        protocol = SimpleNamespace(transport=SimpleNamespace(sendto=lambda data, address: sent.append((data, address))))
        connection = SimpleNamespace(_nominated={1: SimpleNamespace(protocol=protocol, remote_addr=("192.0.2.1", 5))})
        strange: asyncio.Queue[bytes] = asyncio.Queue()

        async def handle(data: bytes, arrival: int) -> None:
            strange.put_nowait(data)

        super().__init__(
            _state=State.CONNECTED,
            transport=SimpleNamespace(_connection=connection),
            _tx_srtp=session(inbound=False),
            _rx_srtp=session(inbound=True),
            _rtp_router=SimpleNamespace(ssrc_table={}),
            _handle_rtp_data=handle,
            _RTCDtlsTransport__rx_bytes=0,
            _RTCDtlsTransport__rx_packets=0,
            _RTCDtlsTransport__tx_bytes=0,
            _RTCDtlsTransport__tx_packets=0,
            sent=sent,
            strange=strange,
        )


PACKETS = [pack_packet(Header(96, False, number, number * 960, 7), b"", b"sound") for number in range(3)]


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"\x80\x60", True),
        (b"\x90\xe0", True),
        (b"\x80\xc8", False),
        (b"\x81\xce", False),
        (b"\x00\x01", False),
        (b"\x16\xfe", False),
        (b"\x80", False),
    ],
)
def test_media_is_told_from_stun_dtls_and_rtcp(data: bytes, media: bool) -> None:
    assert packet_path.is_media(data) is media


async def test_only_media_takes_the_short_way() -> None:
    short: list[bytes] = []
    usual: list[bytes] = []
    receiver = SimpleNamespace(data_received=lambda data, component: usual.append(data))
    protocol = aioice.ice.StunProtocol(receiver)  # type: ignore[arg-type]  # what a connection needs to have here
    protocol.local_candidate = SimpleNamespace(component=1)  # type: ignore[assignment]
    media, report = b"\x80\x60" + bytes(20), b"\x80\xc8" + bytes(30)
    packet_path._datagram_received(protocol, media, ("192.0.2.1", 5))
    receiver.take_media = short.append
    packet_path._datagram_received(protocol, media, ("192.0.2.1", 5))
    packet_path._datagram_received(protocol, report, ("192.0.2.1", 5))
    assert (short, usual) == ([media], [media, report])


async def test_what_is_sent_arrives_and_what_was_changed_does_not() -> None:
    dtls, heard = Dtls(), list[Any]()
    receiver = LiveReceiver(
        "audio", SimpleNamespace(state="connected", _register_rtp_receiver=lambda *_: None, _unregister_rtp_receiver=lambda _: None)
    )
    receiver.sound = SoundReceiver(heard.append)
    await receiver.receive(RTCRtpReceiveParameters(codecs=CODECS["audio"][:1], muxId="0"))
    dtls._rtp_router.ssrc_table[7] = receiver
    packet_path._send_media(dtls, PACKETS)
    (first, address), (second, _), (third, _) = dtls.sent
    assert address == ("192.0.2.1", 5)
    assert first[12:] != PACKETS[0][12:]
    for data in (first, second[:-1] + bytes([second[-1] ^ 1]), third):
        packet_path._take_media(dtls, data)
    assert receiver.packets == 2
    assert dtls._RTCDtlsTransport__rx_packets == dtls._RTCDtlsTransport__tx_packets == 3
    assert dtls._RTCDtlsTransport__rx_bytes == dtls._RTCDtlsTransport__tx_bytes
    await receiver.stop()


async def test_an_unknown_source_goes_aiortcs_own_way() -> None:
    dtls = Dtls()
    packet_path._send_media(dtls, PACKETS[:1])
    packet_path._take_media(dtls, dtls.sent[0][0])
    async with asyncio.timeout(10):
        assert await dtls.strange.get() == PACKETS[0]


async def test_without_a_line_nothing_is_sent() -> None:
    dtls = Dtls()
    dtls.transport._connection._nominated = {}
    with pytest.raises(ConnectionError):
        packet_path._send_media(dtls, PACKETS)
    dtls = Dtls()
    dtls._state = State.CLOSED
    with pytest.raises(ConnectionError):
        packet_path._send_media(dtls, PACKETS)
