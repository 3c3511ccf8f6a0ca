"""What we write is read back by aiortc's own parser, and what that one writes by ours."""

from __future__ import annotations

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket, unpack_header_extensions
from hypothesis import given
from hypothesis import strategies as st

from app.media.rtp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    PLAYOUT_DELAY,
    PLAYOUT_MAX_MS,
    Extensions,
    Header,
    ntp_time,
    pack_packet,
    parse,
    repeated,
    unwrapped,
    vp8_content,
)

IDS = {MID: 4, AUDIO_LEVEL: 2, ABS_SEND_TIME: 3, PLAYOUT_DELAY: 6}
EXTENSIONS = Extensions(mid_id=4, mid=b"12", audio_level_id=2, abs_send_time_id=3, playout_delay_id=6)
u16, u32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)


def known() -> HeaderExtensionsMap:
    table = HeaderExtensionsMap()
    table.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=n, uri=uri) for uri, n in IDS.items()]))
    return table


@given(marker=st.booleans(), sequence=u16, timestamp=u32, ssrc=u32, payload=st.binary(min_size=1, max_size=50), level=st.integers(0, 127))
def test_round_trip(marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes, level: int) -> None:
    data = pack_packet(Header(97, marker, sequence, timestamp, ssrc), EXTENSIONS.pack(0x123456, level), payload)
    packet = RtpPacket.parse(data, known())
    assert (packet.payload_type, packet.sequence_number, packet.timestamp, packet.ssrc) == (97, sequence, timestamp, ssrc)
    assert (bool(packet.marker), packet.payload) == (marker, payload)
    assert (packet.extensions.mid, packet.extensions.abs_send_time) == ("12", 0x123456)
    assert packet.extensions.audio_level == (False, level)


def test_the_playout_delay_is_nothing_to_the_greatest() -> None:
    block = EXTENSIONS.pack(0, None)
    values = dict(unpack_header_extensions(0xBEDE, block[4:]))
    delay = int.from_bytes(values[6], "big")
    assert (delay >> 12, (delay & 0xFFF) * 10) == (0, PLAYOUT_MAX_MS)
    assert 2 not in values


def test_without_extensions_there_is_no_block() -> None:
    assert Extensions().pack(5, 6) == b""
    assert RtpPacket.parse(pack_packet(Header(96, True, 1, 2, 3), b"", b"abc")).payload == b"abc"


def test_ntp_time() -> None:
    assert ntp_time(0) == 2_208_988_800 << 32
    assert ntp_time(1_500_000_000) - ntp_time(0) == 3 << 31


def test_a_repeated_packet_carries_its_old_number() -> None:
    header, payload = repeated(Header(97, True, 0x1234, 9, 1), b"abc", payload_type=98, sequence=7, ssrc=2)
    assert (header, payload) == (Header(98, True, 7, 9, 2), b"\x12\x34abc")
    packet = parse(pack_packet(header, b"", payload))
    assert packet is not None
    again = unwrapped(packet, payload_type=97, ssrc=1)
    assert (again.payload_type, again.sequence_number, again.ssrc, again.payload) == (97, 0x1234, 1, b"abc")


@given(sequence=u16, timestamp=u32, ssrc=u32, payload=st.binary(max_size=50), padding=st.integers(0, 20), sources=st.lists(u32, max_size=3))
def test_we_read_what_aiortc_writes(sequence: int, timestamp: int, ssrc: int, payload: bytes, padding: int, sources: list[int]) -> None:
    written = RtpPacket(payload_type=97, marker=1, sequence_number=sequence, timestamp=timestamp, ssrc=ssrc, payload=payload)
    written.padding_size, written.csrc = padding, sources
    written.extensions.abs_send_time, written.extensions.mid = 0xABCDEF, "17"
    packet = parse(written.serialize(known()))
    assert packet == (97, True, sequence, timestamp, ssrc, payload, {3: b"\xab\xcd\xef", 4: b"17"})


@given(data=st.binary(max_size=60))
def test_nothing_that_comes_makes_the_reader_fall(data: bytes) -> None:
    for begin in (b"", b"\x90", b"\xbf"):
        parse(begin + data)
    assert len(vp8_content(data)[1]) <= len(data)


@pytest.mark.parametrize(
    "data", [b"", b"\x80" * 11, b"\x40" + bytes(20), b"\x90" + bytes(11), b"\x90" + bytes(11) + b"\xbe\xde\x00\x09abcd"]
)
def test_torn_packets_are_none(data: bytes) -> None:
    assert parse(data) is None


def test_extensions_with_two_byte_headers_are_read() -> None:
    block = b"\x10\x00\x00\x02" + b"\x03\x02ab" + b"\x00" + b"\x05\x00\x00"
    packet = parse(pack_packet(Header(96, False, 1, 2, 3), block, b"x"))
    assert packet is not None
    assert packet.extensions == {3: b"ab", 5: b""}


@given(
    starts=st.integers(0, 1),
    picture=st.none() | st.integers(0, 0x7FFF),
    layer=st.none() | st.integers(0, 255),
    temporal=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
)
def test_the_payload_descriptor_is_taken_off(starts: int, picture: int | None, layer: int | None, temporal: tuple[int, int] | None) -> None:
    descriptor = VpxPayloadDescriptor(partition_start=starts, partition_id=0, picture_id=picture, tl0picidx=layer, tid=temporal)
    assert vp8_content(bytes(descriptor) + b"content") == (bool(starts), b"content")
