"""Writing RTP packets (RFC 3550, RFC 8285, RFC 4588): the few fields that we send, packed at once. Pure functions, no network."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
"""Lets the sender say how long the receiver may hold pictures back; two values of 12 bit in 10 ms."""

PLAYOUT_MAX_MS = 200
"""The receiver shows pictures as they come and never holds one back for longer than this."""


@dataclass(frozen=True, slots=True)
class Header:
    """What varies from packet to packet."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int


@dataclass(frozen=True, slots=True)
class Extensions:
    """The one-byte header extensions of a media line; an id of 0 is one that the other side does not want."""

    mid_id: int = 0
    mid: bytes = b""
    audio_level_id: int = 0
    abs_send_time_id: int = 0
    playout_delay_id: int = 0

    def pack(self, abs_send_time: int, level_dbov: int | None) -> bytes:
        """The extension block, padded, empty if there is none. `abs_send_time`: 24 bit. `level_dbov`: 0 to 127 below full scale."""
        block = b""
        if self.mid_id:
            block += bytes(((self.mid_id << 4) | (len(self.mid) - 1),)) + self.mid
        if self.abs_send_time_id:
            block += bytes(((self.abs_send_time_id << 4) | 2,)) + abs_send_time.to_bytes(3, "big")
        if self.playout_delay_id:
            block += bytes(((self.playout_delay_id << 4) | 2,)) + (PLAYOUT_MAX_MS // 10).to_bytes(3, "big")
        if self.audio_level_id and level_dbov is not None:
            block += bytes((self.audio_level_id << 4, level_dbov & 0x7F))
        block += bytes(-len(block) % 4)
        return struct.pack("!HH", 0xBEDE, len(block) // 4) + block if block else b""


def pack_packet(header: Header, extension: bytes, payload: bytes) -> bytes:
    """The whole packet."""
    first = 0x90 if extension else 0x80
    second = (0x80 if header.marker else 0) | header.payload_type
    fixed = struct.pack("!BBHLL", first, second, header.sequence, header.timestamp, header.ssrc)
    return fixed + extension + payload


def repeated(header: Header, payload: bytes, payload_type: int, sequence: int, ssrc: int) -> tuple[Header, bytes]:
    """The same content as a retransmission stream carries it (RFC 4588, section 4)."""
    return Header(payload_type, header.marker, sequence, header.timestamp, ssrc), struct.pack("!H", header.sequence) + payload
