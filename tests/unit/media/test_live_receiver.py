"""The receiver's hooks, over a transport that only writes down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiortc.codecs import CODECS
from aiortc.codecs.vpx import Vp8Encoder as Packetizer
from aiortc.rtcrtpparameters import RTCRtpDecodingParameters, RTCRtpHeaderExtensionParameters, RTCRtpReceiveParameters, RTCRtpRtxParameters
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpRtpfbPacket, RtpPacket, unpack_remb_fci, wrap_rtx

from app.media import patches
from app.media.frames import from_i420_rows
from app.media.opus import OpusEncoder, Pcm
from app.media.patches.live_receiver import LiveReceiver
from app.media.ports import I420Frame
from app.media.receive_rate import MAX_BITRATE
from app.media.rtp import TRANSPORT_SEQUENCE
from app.media.sound_receiver import SoundReceiver
from app.media.synthetic import Landscape, tone_block
from app.media.vp8 import Vp8Encoder

MEDIA, RTX = 1000, 1001


@dataclass
class Transport:
    """Stands for a DTLS transport."""

    state: str = "connected"
    ssrc_table: dict[int, Any] = field(default_factory=dict)
    feedback: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    registered: set[LiveReceiver] = field(default_factory=set)

    @property
    def _rtp_router(self) -> Transport:
        return self

    def _register_rtp_receiver(self, receiver: LiveReceiver, parameters: RTCRtpReceiveParameters) -> None:
        self.registered.add(receiver)

    def _unregister_rtp_receiver(self, receiver: LiveReceiver) -> None:
        self.registered.remove(receiver)

    async def _send_rtp(self, data: bytes) -> None:
        for packet in RtcpPacket.parse(data):
            self.feedback.put_nowait(packet)


def video_packets(pictures: int, first: int = 65_000) -> list[RtpPacket]:
    """A coded landscape, cut into packets."""
    encoder, landscape, packets = Vp8Encoder(640, 360, 2_000_000), Landscape(640, 360), []
    for number in range(pictures):
        data, _ = encoder.encode(from_i420_rows(landscape.draw(number * 33), 0.0), number * 3000, key=False)
        payloads = Packetizer._packetize(data, number)
        for index, payload in enumerate(payloads):
            packet = RtpPacket(payload_type=97, sequence_number=(first + len(packets)) & 0xFFFF, timestamp=number * 3000)
            packet.ssrc, packet.payload, packet.marker = MEDIA, payload, int(index == len(payloads) - 1)
            packet.extensions.abs_send_time = number * 8000
            packets.append(packet)
    encoder.close()
    return packets


class Screen:
    """Counts pictures, and lets a test wait for a number of them."""

    def __init__(self) -> None:
        self.frames: list[I420Frame] = []
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    def show(self, frame: I420Frame) -> None:
        self.frames.append(frame)
        self._loop.call_soon_threadsafe(self._changed.set)

    async def until(self, receiver: LiveReceiver, decoded: int) -> None:
        async with asyncio.timeout(20):
            while receiver.decoder is None or receiver.decoder.frames < decoded:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
async def screen() -> Screen:
    return Screen()


@pytest.fixture
async def receiver(transport: Transport, screen: Screen) -> AsyncIterator[LiveReceiver]:
    receiver = LiveReceiver("video", transport)
    receiver.picture_sink = screen.show
    receiver._set_rtcp_ssrc(5)
    encoding = RTCRtpDecodingParameters(ssrc=MEDIA, payloadType=97, rtx=RTCRtpRtxParameters(ssrc=RTX))
    await receiver.receive(RTCRtpReceiveParameters(codecs=CODECS["video"][:2], encodings=[encoding], muxId="1"))
    yield receiver
    thread = receiver.decoder._thread if receiver.decoder else None
    await receiver.stop()
    assert thread is not None
    assert not thread.is_alive()


async def feed(receiver: LiveReceiver, packets: list[RtpPacket]) -> None:
    for packet in packets:
        await receiver._handle_rtp_packet(packet, arrival_time_ms=1000)


async def wanted(transport: Transport, kind: type) -> Any:
    """The next feedback of that kind."""
    async with asyncio.timeout(20):
        while not isinstance(packet := await transport.feedback.get(), kind):
            pass
    return packet


async def test_each_picture_is_shown_with_its_own_last_packet(receiver: LiveReceiver, screen: Screen) -> None:
    for count in range(1, 4):
        packets = [p for p in video_packets(3) if p.timestamp == (count - 1) * 3000]
        await feed(receiver, packets)
        await screen.until(receiver, count)
    assert (screen.frames[-1].width, screen.frames[-1].height) == (640, 360)
    assert receiver.loss == 0


async def test_missing_packets_are_asked_for_again_and_again(receiver: LiveReceiver, transport: Transport, screen: Screen) -> None:
    packets = video_packets(8)
    lost = packets.pop(next(i for i, p in enumerate(packets) if p.timestamp == 6000))
    await feed(receiver, packets)
    for _ in range(3):
        request = await wanted(transport, RtcpRtpfbPacket)
        assert request.lost == [lost.sequence_number]
    again = wrap_rtx(lost, payload_type=98, sequence_number=7, ssrc=RTX)
    await feed(receiver, [again])
    await screen.until(receiver, 8)
    assert transport.ssrc_table[RTX] is receiver


async def test_a_gap_that_stays_asks_for_a_key_frame(receiver: LiveReceiver, transport: Transport) -> None:
    packets = video_packets(8)
    del packets[next(i for i, p in enumerate(packets) if p.timestamp == 6000)]
    await feed(receiver, packets)
    request = await wanted(transport, RtcpPsfbPacket)
    while request.fmt != 1:
        request = await wanted(transport, RtcpPsfbPacket)
    assert request.media_ssrc == MEDIA


async def test_the_limit_is_told_from_the_beginning(receiver: LiveReceiver, transport: Transport) -> None:
    await feed(receiver, video_packets(1))
    limit = await wanted(transport, RtcpPsfbPacket)
    while limit.fmt != 15:
        limit = await wanted(transport, RtcpPsfbPacket)
    bitrate, ssrcs = unpack_remb_fci(limit.fci)
    assert ssrcs == [MEDIA]
    assert bitrate == pytest.approx(MAX_BITRATE, rel=0.01)


async def test_two_lines_share_one_limit(receiver: LiveReceiver, transport: Transport, screen: Screen) -> None:
    second = LiveReceiver("video", transport)
    second.picture_sink, second.leader = screen.show, receiver
    await second.receive(RTCRtpReceiveParameters(codecs=CODECS["video"][:2], encodings=[], muxId="2"))
    packets = video_packets(1)
    await feed(receiver, packets)
    for packet in packets:
        packet.ssrc = MEDIA + 50
    await feed(second, packets)
    assert second.rate is receiver.rate
    ssrcs: list[int] = []
    while ssrcs != [MEDIA, MEDIA + 50]:
        limit = await wanted(transport, RtcpPsfbPacket)
        if limit.fmt == 15:
            _, ssrcs = unpack_remb_fci(limit.fci)
    await second.stop()


async def test_a_browser_that_counts_its_packets_is_told_their_arrival_and_no_limit(transport: Transport, screen: Screen) -> None:
    receiver = LiveReceiver("video", transport)
    receiver.picture_sink = screen.show
    receiver._set_rtcp_ssrc(5)
    numbered = [RTCRtpHeaderExtensionParameters(id=9, uri=TRANSPORT_SEQUENCE)]
    await receiver.receive(RTCRtpReceiveParameters(codecs=CODECS["video"][:2], headerExtensions=numbered, encodings=[], muxId="1"))
    packets = video_packets(2)
    for number, packet in enumerate(packets):
        packet.extensions.transport_sequence_number = (0xFFFF + number) & 0xFFFF
    await feed(receiver, packets)
    report = await wanted(transport, RtcpRtpfbPacket)
    assert (report.fmt, report.ssrc, report.media_ssrc) == (15, 5, MEDIA)
    assert receiver.rate is None
    await receiver.stop()


async def test_a_retransmission_of_an_unnamed_source_repairs_its_line(transport: Transport, screen: Screen) -> None:
    receiver = LiveReceiver("video", transport)
    receiver.picture_sink = screen.show
    await receiver.receive(RTCRtpReceiveParameters(codecs=CODECS["video"][:2], encodings=[], muxId="2"))
    packets = video_packets(8)
    lost = packets.pop(next(i for i, p in enumerate(packets) if p.timestamp == 6000))
    await feed(receiver, packets)
    await feed(receiver, [wrap_rtx(lost, payload_type=98, sequence_number=7, ssrc=77)])
    await screen.until(receiver, 8)
    await receiver.stop()


async def test_what_cannot_be_decoded_asks_for_a_key_frame(receiver: LiveReceiver, transport: Transport, screen: Screen) -> None:
    packets = video_packets(4)
    for packet in packets:
        if packet.timestamp == 3000:
            packet.payload = packet.payload[:4] + b"\xff" * (len(packet.payload) - 4)
    await feed(receiver, packets)
    assert receiver.decoder is not None
    receiver.decoder.failed = True
    request = await wanted(transport, RtcpPsfbPacket)
    while request.fmt != 1:
        request = await wanted(transport, RtcpPsfbPacket)
    assert request.media_ssrc == MEDIA


async def test_strange_packets_are_passed_over(receiver: LiveReceiver) -> None:
    strange = RtpPacket(payload_type=33, sequence_number=1, timestamp=1)
    rtx = RtpPacket(payload_type=98, sequence_number=1, timestamp=1, ssrc=77)
    rtx.payload = b"abcdef"
    hollow = RtpPacket(payload_type=97, sequence_number=1, timestamp=1, ssrc=MEDIA)
    torn = RtpPacket(payload_type=97, sequence_number=1, timestamp=1, ssrc=MEDIA)
    torn.payload = b"\x80"
    await feed(receiver, [strange, rtx, hollow, torn])
    assert receiver.decoder is not None
    assert receiver.decoder.frames == 0


async def test_sound_goes_to_its_sink(transport: Transport) -> None:
    heard: list[Pcm] = []
    receiver = LiveReceiver("audio", transport)
    receiver.sound = SoundReceiver(heard.append)
    await receiver.receive(RTCRtpReceiveParameters(codecs=CODECS["audio"][:1], muxId="0"))
    encoder = OpusEncoder()
    for number in range(5):
        packet = RtpPacket(payload_type=96, sequence_number=number, timestamp=number * 960)
        packet.payload = encoder.encode(tone_block(0).repeat(2))
        await receiver._handle_rtp_packet(packet, arrival_time_ms=number * 20)
    receiver._enabled = False
    await receiver._handle_rtp_packet(packet, arrival_time_ms=200)
    await receiver.stop()
    assert [len(pcm) for pcm in heard] == [960] * 5
    assert receiver.packets == 5


def test_the_changes_are_for_exactly_one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    patches.install()
    patches.install()
    assert [e.uri for e in patches.HEADER_EXTENSIONS["video"]].count(patches.PLAYOUT_DELAY) == 1
    assert [e.uri for e in patches.HEADER_EXTENSIONS["video"]].count(TRANSPORT_SEQUENCE) == 1
    assert [f.type for f in CODECS["video"][0].rtcpFeedback].count("transport-cc") == 1
    assert CODECS["audio"][0].parameters == {"minptime": 10, "useinbandfec": 1}
    monkeypatch.setattr(patches.aiortc, "__version__", "1.17.0")
    with pytest.raises(patches.WrongVersionError):
        patches.install()
