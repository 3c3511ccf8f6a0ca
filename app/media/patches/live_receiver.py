"""A receiver that hands pictures and sound to a sink of ours without lasting delay. Changes aiortc's RTCRtpReceiver.

Pictures: assembled at the marker bit, missing packets asked for again until they come or a key frame is asked for, decoded in a
thread. Sound: see `app.media.sound_receiver`. A bit rate limit of our own (REMB) replaces aiortc's estimator.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from aiortc.codecs import is_rtx
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver, StreamStatistics
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtpPacket, pack_remb_fci, unwrap_rtx

from app.media.assembler import FrameAssembler, MediaPacket
from app.media.decoder import PictureDecoder
from app.media.ports import I420Frame
from app.media.receive_rate import ReceiveRate
from app.media.sound_receiver import SoundReceiver

NACK_RETRY_S = 0.05
"""Between two requests for the same packets."""
KEY_FRAME_AFTER_S = 0.3
"""A gap this old will hardly be filled in time: ask for a key frame."""
KEY_FRAME_RETRY_S = 0.5
TICK_S = 0.025


class LiveReceiver(RTCRtpReceiver):
    """One media line in. Set `picture_sink` or `sound` before the description is answered."""

    def __init__(self, kind: str, transport: Any) -> None:
        super().__init__(kind, transport)
        self.picture_sink: Callable[[I420Frame], None] | None = None
        self.sound: SoundReceiver | None = None
        self.packets = 0
        self.bytes = 0
        self.decoder: PictureDecoder | None = None
        self.rate: ReceiveRate | None = None
        self._codecs_by_type: dict[int, Any] = {}
        self._media_ssrc: dict[int, int] = {}
        self._assembler = FrameAssembler()
        self._ssrc: int | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._asked_packets_at = 0.0
        self._asked_key_at = 0.0
        self._gap: tuple[int, float] | None = None

    @property
    def loss(self) -> float:
        """Share of the packets of this line that never came, since its beginning."""
        streams = list(self._RTCRtpReceiver__remote_streams.values())
        expected = sum(stream.packets_expected for stream in streams)
        return max(0.0, sum(stream.packets_lost for stream in streams) / expected) if expected else 0.0

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        """Begin to receive."""
        if self._RTCRtpReceiver__started:
            return
        self._codecs_by_type = {codec.payloadType or 0: codec for codec in parameters.codecs}
        self.transport._register_rtp_receiver(self, parameters)
        for encoding in parameters.encodings:
            if encoding.rtx:
                self._media_ssrc[encoding.rtx.ssrc] = encoding.ssrc
                self.transport._rtp_router.ssrc_table[encoding.rtx.ssrc] = self
        if self.picture_sink is not None:
            self.decoder = PictureDecoder(self.picture_sink)
            self.rate = ReceiveRate()
            self._ticking = asyncio.ensure_future(self._tick())
        self._RTCRtpReceiver__rtcp_task = asyncio.ensure_future(self._run_rtcp())
        self._RTCRtpReceiver__started = True

    async def stop(self) -> None:
        """End receiving; frees decoder and thread."""
        await super().stop()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        if self.decoder is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.decoder.close)
        if self.sound is not None:
            self.sound.close()

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        codec = self._codecs_by_type.get(packet.payload_type)
        if not self._enabled or codec is None:
            return
        self._count(packet, codec.clockRate)
        if is_rtx(codec):
            ssrc, payload_type = self._media_ssrc.get(packet.ssrc), codec.parameters.get("apt")
            if ssrc is None or payload_type not in self._codecs_by_type or len(packet.payload) < 2:
                return
            packet = unwrap_rtx(packet, payload_type=payload_type, ssrc=ssrc)
        elif self.rate is not None and packet.extensions.abs_send_time is not None:
            self.rate.add(arrival_time_ms, packet.extensions.abs_send_time, len(packet.payload))
        if self.sound is not None:
            self.sound.add(packet.sequence_number, packet.timestamp, packet.payload)
        elif self.decoder is not None and packet.payload:
            self._ssrc = packet.ssrc
            self._take_picture_packet(packet)
            await self._repair(time.monotonic())

    def _count(self, packet: RtpPacket, clock_rate: int) -> None:
        self.packets += 1
        self.bytes += len(packet.payload)
        streams = self._RTCRtpReceiver__remote_streams
        if packet.ssrc not in streams:
            streams[packet.ssrc] = StreamStatistics(clock_rate)
        streams[packet.ssrc].add(packet)

    def _take_picture_packet(self, packet: RtpPacket) -> None:
        try:
            descriptor, data = VpxPayloadDescriptor.parse(packet.payload)
        except ValueError:
            return
        starts = descriptor.partition_start == 1 and descriptor.partition_id == 0
        pictures = self._assembler.add(
            MediaPacket(
                sequence=packet.sequence_number,
                timestamp=packet.timestamp,
                marker=bool(packet.marker),
                starts=starts,
                key=starts and bool(data) and data[0] & 1 == 0,  # RFC 6386, section 9.1: frame type 0
                data=data,
            )
        )
        for picture in pictures:
            self.decoder.decode(picture)  # type: ignore[union-attr]  # checked by the caller

    async def _repair(self, now: float) -> None:
        """Ask again for what is missing; for a key frame where that takes too long."""
        if self._ssrc is None:
            return
        first = self._assembler.first_missing
        if first is None:
            self._gap = None
        elif self._gap is None or self._gap[0] != first:
            self._gap = (first, now)
        if self._gap is not None and now - self._asked_packets_at >= NACK_RETRY_S and (lost := self._assembler.missing()):
            self._asked_packets_at = now
            await self._send_rtcp_nack(self._ssrc, lost)
        too_old = self._gap is not None and now - self._gap[1] > KEY_FRAME_AFTER_S
        wanted = too_old or self._assembler.needs_key_frame or (self.decoder is not None and self.decoder.failed)
        if wanted and now - self._asked_key_at >= KEY_FRAME_RETRY_S:
            self._asked_key_at = now
            if self.decoder is not None:
                self.decoder.failed = False
            await self._send_rtcp_pli(self._ssrc)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self._repair(time.monotonic())
            limit = self.rate.due(time.monotonic()) if self.rate is not None else None
            own = self._RTCRtpReceiver__rtcp_ssrc
            if limit is not None and own is not None and self._ssrc is not None:
                fci = pack_remb_fci(limit, [self._ssrc])
                await self._send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=own, media_ssrc=0, fci=fci))
