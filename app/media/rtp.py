"""RTP packets (RFC 3550, RFC 8285, RFC 4588, RFC 7741): the few fields that we send and read, at once. Pure functions, no network."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
"""Lets the sender say how long the receiver may hold pictures back; two values of 12 bit in 10 ms."""

PLAYOUT_MAX_MS = 200
"""The receiver shows pictures as they come and never holds one back for longer than this."""


class Header(NamedTuple):
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


_NTP_UNIX = 2_208_988_800
"""Seconds from the NTP era's beginning to that of Unix time (RFC 5905, figure 4)."""


def ntp_time(unix_ns: int) -> int:
    """An NTP time stamp of 64 bit, whose upper half counts seconds, of Unix time in ns."""
    return (_NTP_UNIX << 32) + (unix_ns << 32) // 1_000_000_000


def pack_packet(header: Header, extension: bytes, payload: bytes) -> bytes:
    """The whole packet."""
    first = 0x90 if extension else 0x80
    second = (0x80 if header.marker else 0) | header.payload_type
    fixed = struct.pack("!BBHLL", first, second, header.sequence, header.timestamp, header.ssrc)
    return fixed + extension + payload


def repeated(header: Header, payload: bytes, payload_type: int, sequence: int, ssrc: int) -> tuple[Header, bytes]:
    """The same content as a retransmission stream carries it (RFC 4588, section 4)."""
    return Header(payload_type, header.marker, sequence, header.timestamp, ssrc), struct.pack("!H", header.sequence) + payload


class Packet(NamedTuple):
    """One packet as it was received."""

    payload_type: int
    marker: bool
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes
    """Without padding; empty for a packet that only probes the line."""
    extensions: dict[int, bytes]


def unwrapped(packet: Packet, payload_type: int, ssrc: int) -> Packet:
    """The packet that a retransmission carries, at least two bytes of payload long (RFC 4588, section 4)."""
    (sequence,) = struct.unpack_from("!H", packet.payload)
    return packet._replace(payload_type=payload_type, sequence_number=sequence, ssrc=ssrc, payload=packet.payload[2:])


_FIXED = struct.Struct("!BBHLL")
_NONE: dict[int, bytes] = {}


def parse(data: bytes) -> Packet | None:
    """None for what is no whole RTP packet."""
    if len(data) < _FIXED.size or data[0] >> 6 != 2:
        return None
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(data)
    begin, end, extensions = _FIXED.size + 4 * (first & 0x0F), len(data), _NONE
    if first & 0x10:
        if len(data) < begin + 4:
            return None
        profile, words = struct.unpack_from("!HH", data, begin)
        block = data[begin + 4 : begin + 4 + 4 * words]
        begin += 4 + 4 * words
        extensions = _elements(profile, block)
    if first & 0x20 and data:
        end -= data[-1]
    if begin > end:
        return None
    return Packet(second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, data[begin:end], extensions)


def _elements(profile: int, block: bytes) -> dict[int, bytes]:
    """The elements of an extension block with one-byte or two-byte headers (RFC 8285, section 4); what is cut short is left out."""
    found: dict[int, bytes] = {}
    place, one_byte = 0, profile == 0xBEDE
    if not one_byte and profile & 0xFFF0 != 0x1000:
        return found
    while place + 1 < len(block):
        if block[place] == 0:  # padding
            place += 1
            continue
        number = block[place] >> 4 if one_byte else block[place]
        length = (block[place] & 0x0F) + 1 if one_byte else block[place + 1]
        begin = place + (1 if one_byte else 2)
        place = begin + length
        if (one_byte and number == 15) or place > len(block):
            break
        found[number] = block[begin:place]
    return found


def vp8_content(payload: bytes) -> tuple[bool, bytes]:
    """Whether a picture starts here, and the payload without its descriptor (RFC 7741, section 4.2); empty if it is cut short."""
    if not payload:
        return False, b""
    first, size = payload[0], 1
    if first & 0x80 and len(payload) > 1:
        second, size = payload[1], 2
        if second & 0x80:
            size += 2 if len(payload) > 2 and payload[2] & 0x80 else 1
        size += (second >> 6) & 1
        size += 1 if second & 0x30 else 0
    return first & 0x1F == 0x10, payload[size:]
