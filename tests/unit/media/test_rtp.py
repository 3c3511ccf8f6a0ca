"""What we write is read back by aiortc's own parser."""

from __future__ import annotations

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
    pack_packet,
    repeated,
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


def test_a_repeated_packet_carries_its_old_number() -> None:
    header, payload = repeated(Header(97, True, 0x1234, 9, 1), b"abc", payload_type=98, sequence=7, ssrc=2)
    assert (header, payload) == (Header(98, True, 7, 9, 2), b"\x12\x34abc")
