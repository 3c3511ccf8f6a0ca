"""A sender that takes coded units from a feed of ours instead of frames from a track. Changes aiortc's RTCRtpSender.

What differs: encoding happens in the feed's thread; sender reports pair the RTP time with the time of capture, so that the other
side's lip sync is right; a key frame request and a bit rate limit reach the feed; 1024 packets can be sent again instead of 128;
pictures carry the playout-delay extension.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from aiortc.codecs.vpx import Vp8Encoder as Vp8Packetizer
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtcrtpsender import RTCRtpSender, random_sequence_number
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtcpRrPacket, RtcpSrPacket, unpack_remb_fci
from aiortc.utils import random32

from app.media import rtp
from app.media.feeds import EncodedUnit, Feed, VideoFeed

HISTORY = 1024
"""Packets kept for sending again; about 4 s at 2.5 Mbit/s."""
BURST = 16
"""Packets sent in one go; between two goes the loop turns, so that a key frame does not keep sound waiting."""


class LiveSender(RTCRtpSender):
    """One media line out. Set `feed` before the description is answered; a sender without a feed sends nothing."""

    def __init__(self, trackOrKind: Any, transport: Any) -> None:
        super().__init__(trackOrKind, transport)
        self.feed: Feed | None = None
        self.packets = 0
        self.bytes = 0
        self.loss = 0.0
        """Share that the other side reported lost since its report before."""
        self._extensions = rtp.Extensions()
        self._history: dict[int, tuple[rtp.Header, bytes]] = {}
        self._picture_id = random_sequence_number()
        self._sequence = random_sequence_number()
        self._origin = random32()

    @property
    def round_trip_s(self) -> float | None:
        """Smoothed, from receiver reports."""
        value: float | None = self._RTCRtpSender__rtt
        return value

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        """Begin to send."""
        ids = {extension.uri: extension.id for extension in parameters.headerExtensions}
        self._extensions = rtp.Extensions(
            mid_id=ids.get(rtp.MID, 0),
            mid=parameters.muxId.encode(),
            audio_level_id=ids.get(rtp.AUDIO_LEVEL, 0) if self.kind == "audio" else 0,
            abs_send_time_id=ids.get(rtp.ABS_SEND_TIME, 0),
            playout_delay_id=ids.get(rtp.PLAYOUT_DELAY, 0) if self.kind == "video" else 0,
        )
        await super().send(parameters)

    async def stop(self) -> None:
        """End sending; frees the feed and its thread."""
        await super().stop()
        if self.feed is not None:
            self.feed.close()
            await self.feed.closed()

    async def _run_rtp(self, codec: RTCRtpCodecParameters) -> None:
        self._RTCRtpSender__rtp_started.set()
        try:
            if self.feed is not None:
                self.feed.start()
                while True:
                    unit = await self.feed.next()
                    if self._enabled:
                        await self._send_unit(codec, unit)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            if self.feed is not None:
                self.feed.close()
            self._RTCRtpSender__rtp_exited.set()

    async def _send_unit(self, codec: RTCRtpCodecParameters, unit: EncodedUnit) -> None:
        payloads = self._packetize(codec, unit.data)
        timestamp = (self._origin + unit.rtp_time) & 0xFFFFFFFF
        extension = self._extension(unit.level_dbov)
        packets: list[bytes] = []
        for payload in payloads:
            last = codec.name == "VP8" and len(packets) == len(payloads) - 1
            header = rtp.Header(codec.payloadType or 0, last, self._sequence, timestamp, self._ssrc)
            self._history[self._sequence % HISTORY] = (header, payload)
            self._sequence = (self._sequence + 1) & 0xFFFF
            packets.append(rtp.pack_packet(header, extension, payload))
        for begin in range(0, len(packets), BURST):
            if begin:
                await asyncio.sleep(unit.spread_s * BURST / len(packets))
            self.transport.send_media(packets[begin : begin + BURST])
        self.packets += len(payloads)
        self.bytes += sum(map(len, payloads))
        self._note_for_report(unit, timestamp)

    def _extension(self, level_dbov: int | None = None) -> bytes:
        return self._extensions.pack((rtp.ntp_time(time.time_ns()) >> 14) & 0xFFFFFF, level_dbov)

    def _packetize(self, codec: RTCRtpCodecParameters, data: bytes) -> list[bytes]:
        if codec.name != "VP8":
            return [data]
        self._picture_id = (self._picture_id + 1) % (1 << 15)
        return Vp8Packetizer._packetize(data, self._picture_id)

    def _note_for_report(self, unit: EncodedUnit, timestamp: int) -> None:
        """What the next sender report says: this RTP time was captured at this wall-clock time (RFC 3550, section 6.4.1)."""
        age_ns = max(0, int((time.monotonic() - unit.captured_at) * 1e9))
        self._RTCRtpSender__ntp_timestamp = rtp.ntp_time(time.time_ns() - age_ns)
        self._RTCRtpSender__rtp_timestamp = timestamp
        self._RTCRtpSender__packet_count = self.packets
        self._RTCRtpSender__octet_count = self.bytes

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == self._ssrc:
                    self.loss = report.fraction_lost / 256
                    if isinstance(self.feed, VideoFeed):
                        self.feed.lost(self.loss)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            self._take_limit(packet.fci)
            return
        await super()._handle_rtcp_packet(packet)

    def _take_limit(self, fci: bytes) -> None:
        with contextlib.suppress(ValueError):
            bitrate, ssrcs = unpack_remb_fci(fci)
            if self._ssrc in ssrcs and isinstance(self.feed, VideoFeed):
                self.feed.limit(bitrate)

    def _send_keyframe(self) -> None:
        if isinstance(self.feed, VideoFeed):
            self.feed.want_key_frame()

    async def _retransmit(self, sequence_number: int) -> None:
        header, payload = self._history.get(sequence_number % HISTORY, (None, b""))
        if header is None or header.sequence != sequence_number:
            return
        payload_type = self._RTCRtpSender__rtx_payload_type
        if payload_type is not None:
            number = self._RTCRtpSender__rtx_sequence_number
            header, payload = rtp.repeated(header, payload, payload_type, number, self._rtx_ssrc)
            self._RTCRtpSender__rtx_sequence_number = (number + 1) & 0xFFFF
        self.transport.send_media([rtp.pack_packet(header, self._extension(), payload)])
