"""Changes to session descriptions."""

from __future__ import annotations

import pytest
from aiortc import RTCIceServer
from aiortc.rtcicetransport import connection_kwargs

from app.media.descriptions import START_KBPS, carries_screen, is_mdns, rtc_servers, sha256_fingerprint, with_start_bitrate, without_mdns
from app.media.ports import CallError
from app.wire.messages import IceServer

PRINT = ":".join(["AB"] * 32)
HIDDEN = "candidate:1 1 udp 2122260223 0a1b2c3d-1111-4222-8333-444455556666.local 50000 typ host"
PLAIN = "candidate:2 1 udp 2122260223 192.0.2.7 50001 typ host"
SDP = "\r\n".join(
    (
        "v=0",
        f"a=fingerprint:sha-256 {PRINT}",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        f"a={HIDDEN}",
        f"a={PLAIN}",
        "a=mid:zero",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        "a=mid:one",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=end-of-candidates",
        "",
    )
)


def test_a_hidden_address_is_known_by_its_name() -> None:
    assert is_mdns(HIDDEN)
    assert is_mdns("a=" + HIDDEN)
    assert not is_mdns(PLAIN)
    assert not is_mdns("a=mid:x.local")


def test_hidden_addresses_and_the_end_are_taken_out_with_their_section() -> None:
    kept, taken = without_mdns(SDP)
    assert taken == [("zero", HIDDEN), ("one", "")]
    assert ".local" not in kept
    assert "end-of-candidates" not in kept
    assert PLAIN in kept
    assert sorted(kept.split("\r\n")) == sorted(line for line in SDP.split("\r\n") if ".local" not in line and "end-of" not in line)


def test_the_start_bitrate_stands_at_vp8_only() -> None:
    added = [line for line in with_start_bitrate(SDP).split("\r\n") if line not in SDP.split("\r\n")]
    assert added == [f"a=fmtp:96 x-google-start-bitrate={START_KBPS}"]


def test_the_fingerprint_is_found_in_any_spelling() -> None:
    assert sha256_fingerprint(SDP.lower()) == PRINT


@pytest.mark.parametrize("sdp", ["", SDP.replace("sha-256", "sha-1"), SDP + f"a=fingerprint:sha-256 {PRINT.replace('AB', 'AC')}\r\n"])
def test_not_exactly_one_certificate_is_refused(sdp: str) -> None:
    with pytest.raises(CallError):
        sha256_fingerprint(sdp)


def test_no_servers_stay_none() -> None:
    assert rtc_servers([]) == []
    assert connection_kwargs(rtc_servers([])) == {}


def test_servers_are_passed_on() -> None:
    (server,) = rtc_servers([IceServer(urls=["turn:192.0.2.9"], username="u", credential="c")])
    assert server == RTCIceServer(urls=["turn:192.0.2.9"], username="u", credential="c")


@pytest.mark.parametrize(
    ("third", "carried"),
    [
        ("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n", True),
        ("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", True),
        ("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=inactive\r\n", False),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n", False),
        ("", False),
    ],
)
def test_a_screen_is_carried_by_an_active_third_line(third: str, carried: bool) -> None:
    two = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n"
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    assert carries_screen(f"v=0\r\n{two}{third}{data}") is carried
