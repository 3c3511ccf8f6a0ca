"""The sender's hooks, over a transport that only writes down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiortc import RTCRtpSender
from aiortc.clock import current_ntp_time
from aiortc.codecs import CODECS
from aiortc.rtcrtpparameters import RTCRtcpParameters, RTCRtpHeaderExtensionParameters, RTCRtpSendParameters
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    HeaderExtensionsMap,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtpPacket,
    pack_remb_fci,
)

from app.media.feeds import EncodedUnit, PictureFeed
from app.media.patches.live_sender import LiveSender
from app.media.routers import PictureRouter
from app.media.rtp import ABS_SEND_TIME, MID

PARAMETERS = RTCRtpSendParameters(
    codecs=[c for c in CODECS["video"] if c.payloadType in (97, 98)],
    headerExtensions=[RTCRtpHeaderExtensionParameters(id=1, uri=MID), RTCRtpHeaderExtensionParameters(id=3, uri=ABS_SEND_TIME)],
    muxId="1",
    rtcp=RTCRtcpParameters(cname="x"),
)


class Transport:
    """Stands for a DTLS transport."""

    state = "connected"
    _stats_id = "transport"

    def __init__(self) -> None:
        self.sent: asyncio.Queue[RtpPacket] = asyncio.Queue()
        self.reports: list[Any] = []
        self.extensions = HeaderExtensionsMap()
        self.extensions.configure(PARAMETERS)

    def send_media(self, packets: list[bytes]) -> None:
        for data in packets:
            self.sent.put_nowait(RtpPacket.parse(data, self.extensions))

    async def _send_rtp(self, data: bytes) -> None:
        self.reports.extend(RtcpPacket.parse(data))

    def _register_rtp_sender(self, sender: RTCRtpSender, parameters: RTCRtpSendParameters) -> None:
        self.registered = sender

    def _unregister_rtp_sender(self, sender: RTCRtpSender) -> None:
        self.registered = None


class HandFeed(PictureFeed):
    """A feed whose units the test gives by hand."""

    def __init__(self) -> None:
        super().__init__(PictureRouter())
        self.is_closed = False
        self.given: asyncio.Queue[EncodedUnit] = asyncio.Queue()

    def start(self) -> None:
        pass

    async def next(self) -> EncodedUnit:
        return await self.given.get()

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def feed() -> HandFeed:
    return HandFeed()


@pytest.fixture
async def sender(transport: Transport, feed: HandFeed) -> AsyncIterator[LiveSender]:
    sender = LiveSender("video", transport)
    sender.feed = feed
    await sender.send(PARAMETERS)
    yield sender
    await sender.stop()
    assert feed.is_closed


async def packets(transport: Transport, count: int) -> list[RtpPacket]:
    async with asyncio.timeout(10):
        return [await transport.sent.get() for _ in range(count)]


async def test_a_unit_becomes_packets_with_one_marker(sender: LiveSender, transport: Transport, feed: HandFeed) -> None:
    feed.given.put_nowait(EncodedUnit(bytes(3000), 900, time.monotonic()))
    feed.given.put_nowait(EncodedUnit(bytes(10), 3900, time.monotonic()))
    sent = await packets(transport, 4)
    assert [packet.marker for packet in sent] == [0, 0, 1, 1]
    assert {packet.timestamp for packet in sent[:3]} == {sent[0].timestamp}
    assert (sent[3].timestamp - sent[0].timestamp) & 0xFFFFFFFF == 3000
    assert [(p.sequence_number - sent[0].sequence_number) & 0xFFFF for p in sent] == [0, 1, 2, 3]
    assert {packet.extensions.mid for packet in sent} == {"1"}
    assert all(packet.extensions.abs_send_time is not None for packet in sent)
    assert (sender.packets, sender.bytes) == (4, sum(len(packet.payload) for packet in sent))


async def test_a_lost_packet_is_sent_again_as_rtx(sender: LiveSender, transport: Transport, feed: HandFeed) -> None:
    for number in range(300):
        feed.given.put_nowait(EncodedUnit(bytes([number % 256]) * 20, number * 3000, time.monotonic()))
    sent = await packets(transport, 300)
    request = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=sender._ssrc)
    request.lost = [sent[2].sequence_number, (sent[0].sequence_number - 5) & 0xFFFF]
    await sender._handle_rtcp_packet(request)
    (again,) = await packets(transport, 1)
    assert (again.payload_type, again.ssrc) == (98, sender._rtx_ssrc)
    assert again.payload == sent[2].sequence_number.to_bytes(2, "big") + sent[2].payload
    assert transport.sent.empty()


async def test_a_lost_picture_asks_the_feed_for_a_key_frame(sender: LiveSender, feed: HandFeed) -> None:
    await sender._handle_rtcp_packet(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=sender._ssrc))
    assert feed._key_wanted.is_set()


async def test_a_limit_reaches_the_feed_unless_it_is_for_another(sender: LiveSender, feed: HandFeed) -> None:
    for ssrc, bitrate in ((sender._ssrc, 700_000), (sender._ssrc ^ 1, 200_000)):
        fci = pack_remb_fci(bitrate, [ssrc])
        await sender._handle_rtcp_packet(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=fci))
    await sender._handle_rtcp_packet(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=b"nonsense"))
    assert feed._budget.camera == pytest.approx(700_000, rel=0.01)


async def test_the_report_pairs_the_rtp_time_with_the_capture(sender: LiveSender, transport: Transport, feed: HandFeed) -> None:
    feed.given.put_nowait(EncodedUnit(bytes(10), 0, time.monotonic() - 0.5))
    feed.given.put_nowait(EncodedUnit(bytes(10), 0, time.monotonic() - 0.5))
    first, _ = await packets(transport, 2)
    age = (current_ntp_time() - sender._RTCRtpSender__ntp_timestamp) / (1 << 32)
    assert 0.5 <= age < 5
    assert sender._RTCRtpSender__rtp_timestamp == first.timestamp


async def test_reported_loss_is_kept(sender: LiveSender) -> None:
    info = RtcpReceiverInfo(ssrc=sender._ssrc, fraction_lost=64, packets_lost=3, highest_sequence=9, jitter=0, lsr=0, dlsr=0)
    await sender._handle_rtcp_packet(RtcpRrPacket(ssrc=1, reports=[info]))
    assert sender.loss == 0.25


async def test_a_sender_without_a_feed_sends_nothing_and_stops(transport: Transport) -> None:
    sender = LiveSender("video", transport)
    await sender.send(PARAMETERS)
    await sender.stop()
    assert transport.sent.empty()
