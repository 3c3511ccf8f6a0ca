"""A receiver that hands pictures and sound to a sink of ours without lasting delay. Changes aiortc's RTCRtpReceiver.

Pictures: assembled at the marker bit, missing packets asked for again until they come or a key frame is asked for, decoded in a
thread. Sound: see `app.media.sound_receiver`. How fast the other side may send it finds out itself from our transport-wide feedback;
only where it knows no such thing it is told a limit of our own (REMB) instead of aiortc's.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from aiortc.codecs import is_rtx
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver, StreamStatistics
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtpPacket, pack_remb_fci

from app.media import rtp
from app.media.assembler import FrameAssembler, MediaPacket
from app.media.decoder import PictureDecoder
from app.media.ports import I420Frame
from app.media.receive_rate import ReceiveRate
from app.media.sound_receiver import SoundReceiver
from app.media.transport_feedback import Arrivals

NACK_RETRY_S = 0.05
"""Between two requests for the same packets."""
KEY_FRAME_AFTER_S = 0.3
"""A gap this old will hardly be filled in time: ask for a key frame."""
KEY_FRAME_RETRY_S = 0.5
TICK_S = 0.025


class _Codec(NamedTuple):
    """What matters of a negotiated payload type."""

    clock_rate: int
    repeats: int | None
    """The payload type whose lost packets this one carries (RFC 4588); -1 if the description does not say. None for media."""

    @classmethod
    def of(cls, codec: RTCRtpCodecParameters) -> _Codec:
        return cls(codec.clockRate, int(codec.parameters.get("apt") or -1) if is_rtx(codec) else None)


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
        self.arrivals: Arrivals | None = None
        self.leader: LiveReceiver | None = None
        """The line that tells the browser arrivals and limit for this one, too; the other side takes them as those of all it sends."""
        self._followers: list[LiveReceiver] = []
        self._codecs: dict[int, _Codec] = {}
        self._media_ssrc: dict[int, int] = {}
        self._assembler = FrameAssembler()
        self._ssrc: int | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._repairing: asyncio.Task[None] | None = None
        self._send_time_id = self._number_id = 0
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
        self._codecs = {codec.payloadType or 0: _Codec.of(codec) for codec in parameters.codecs}
        ids = {extension.uri: extension.id for extension in parameters.headerExtensions}
        self._send_time_id = ids.get(rtp.ABS_SEND_TIME, 0)
        self._number_id = ids.get(rtp.TRANSPORT_SEQUENCE, 0)
        self.transport._register_rtp_receiver(self, parameters)
        for encoding in parameters.encodings:
            if encoding.rtx:
                self._media_ssrc[encoding.rtx.ssrc] = encoding.ssrc
                self.transport._rtp_router.ssrc_table[encoding.rtx.ssrc] = self
        if self.picture_sink is not None:
            self.decoder = PictureDecoder(self.picture_sink)
            if self.leader is not None:
                self.leader._followers.append(self)
            self._set_up_feedback()
            self._ticking = asyncio.ensure_future(self._tick())
        self._RTCRtpReceiver__rtcp_task = asyncio.ensure_future(self._run_rtcp())
        self._RTCRtpReceiver__started = True

    def _set_up_feedback(self) -> None:
        if self.leader is not None:
            self.rate, self.arrivals = self.leader.rate, self.leader.arrivals
        elif self._number_id:
            self.arrivals = Arrivals()
        else:
            self.rate = ReceiveRate()

    async def stop(self) -> None:
        """End receiving; frees decoder and thread."""
        await super().stop()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        if self._repairing is not None:
            await asyncio.gather(self._repairing, return_exceptions=True)
        if self.decoder is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.decoder.close)
        if self.sound is not None:
            self.sound.close()

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        """A packet that came aiortc's own way."""
        sent, number = packet.extensions.abs_send_time, packet.extensions.transport_sequence_number
        extensions = {} if sent is None else {self._send_time_id: sent.to_bytes(3, "big")}
        if number is not None:
            extensions[self._number_id] = number.to_bytes(2, "big")
        fields = packet.sequence_number, packet.timestamp, packet.ssrc, packet.payload
        self.take(rtp.Packet(packet.payload_type, bool(packet.marker), *fields, extensions), arrival_time_ms / 1000)

    def take(self, packet: rtp.Packet, arrived_at: float) -> None:
        """One packet of this line; `arrived_at` in seconds of any clock."""
        codec = self._codecs.get(packet.payload_type)
        if not self._enabled or codec is None:
            return
        self._count(packet, codec.clock_rate)
        if self.arrivals is not None and (number := packet.extensions.get(self._number_id)) is not None:
            self.arrivals.add(int.from_bytes(number, "big"), arrived_at)
        if codec.repeats is not None:
            ssrc = self._media_ssrc.get(packet.ssrc, self._ssrc)
            if ssrc is None or codec.repeats not in self._codecs or len(packet.payload) < 2:
                return
            packet = rtp.unwrapped(packet, codec.repeats, ssrc)
        elif self.rate is not None and (sent := packet.extensions.get(self._send_time_id)) is not None:
            self.rate.add(int(arrived_at * 1000), int.from_bytes(sent, "big"), len(packet.payload))
        if self.sound is not None:
            self.sound.add(packet.sequence_number, packet.timestamp, packet.payload)
        elif self.decoder is not None and packet.payload:
            self._ssrc = packet.ssrc
            self._take_picture_packet(packet)
            if self._needs(time.monotonic()):
                self._repair_now()

    def _count(self, packet: rtp.Packet, clock_rate: int) -> None:
        self.packets += 1
        self.bytes += len(packet.payload)
        streams = self._RTCRtpReceiver__remote_streams
        if packet.ssrc not in streams:
            streams[packet.ssrc] = StreamStatistics(clock_rate)
        streams[packet.ssrc].add(packet)

    def _take_picture_packet(self, packet: rtp.Packet) -> None:
        starts, data = rtp.vp8_content(packet.payload)
        if not data:
            return
        key = starts and data[0] & 1 == 0  # RFC 6386, section 9.1: frame type 0
        for picture in self._assembler.add(
            MediaPacket(packet.sequence_number, packet.timestamp, packet.marker, starts, key, data),
        ):
            self.decoder.decode(picture)  # type: ignore[union-attr]  # checked by the caller

    def _needs(self, now: float) -> bool:
        """Whether something has to be asked for at this moment."""
        first = self._assembler.first_missing
        if first is None:
            self._gap = None
        elif self._gap is None or self._gap[0] != first:
            self._gap = (first, now)
        packets = self._gap is not None and now - self._asked_packets_at >= NACK_RETRY_S
        return packets or (self._needs_key_frame(now) and now - self._asked_key_at >= KEY_FRAME_RETRY_S)

    def _needs_key_frame(self, now: float) -> bool:
        too_old = self._gap is not None and now - self._gap[1] > KEY_FRAME_AFTER_S
        return too_old or self._assembler.needs_key_frame or (self.decoder is not None and self.decoder.failed)

    def _repair_now(self) -> None:
        if self._repairing is None or self._repairing.done():
            self._repairing = asyncio.ensure_future(self._repair(time.monotonic()))

    async def _repair(self, now: float) -> None:
        """Ask again for what is missing; for a key frame where that takes too long."""
        if self._ssrc is None or not self._needs(now):
            return
        if self._gap is not None and now - self._asked_packets_at >= NACK_RETRY_S and (lost := self._assembler.missing()):
            self._asked_packets_at = now
            await self._send_rtcp_nack(self._ssrc, lost)
        if self._needs_key_frame(now) and now - self._asked_key_at >= KEY_FRAME_RETRY_S:
            self._asked_key_at = now
            if self.decoder is not None:
                self.decoder.failed = False
            await self._send_rtcp_pli(self._ssrc)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            await self._repair(now)
            own = self._RTCRtpReceiver__rtcp_ssrc
            ssrcs = [line._ssrc for line in (self, *self._followers) if line._ssrc is not None]
            if self.leader is None and own is not None and ssrcs:
                await self._tell(now, own, ssrcs)

    async def _tell(self, now: float, own: int, ssrcs: list[int]) -> None:
        """What the other side is to know of the line."""
        report = self.arrivals.due(now, own, ssrcs[0]) if self.arrivals is not None else None
        limit = self.rate.due(now) if self.rate is not None else None
        with contextlib.suppress(ConnectionError):
            if report is not None:
                await self.transport._send_rtp(report)
            if limit is not None:
                fci = pack_remb_fci(limit, ssrcs)
                await self._send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=own, media_ssrc=0, fci=fci))
