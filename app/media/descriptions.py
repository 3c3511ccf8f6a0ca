"""Small, pure changes to session descriptions (RFC 8866, RFC 8839, RFC 8122). Text in, text out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiortc import RTCIceServer

from app.media.ports import CallError
from app.wire.messages import IceServer

_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ (?P<host>\S+) ")
_FINGERPRINT = re.compile(r"^a=fingerprint:sha-256 (?P<value>(?:[0-9A-F]{2}:){31}[0-9A-F]{2})\s*$", re.IGNORECASE | re.MULTILINE)
_MID = re.compile(r"^a=mid:(?P<mid>\S+)")
_VP8 = re.compile(r"^a=rtpmap:(?P<type>\d+) VP8/90000", re.IGNORECASE)

_MEDIA = re.compile(r"^m=(?P<kind>\S+) ")

START_KBPS = 2500
SCREEN_LINE = 2
"""Sound, camera, screen, data (PROTOCOL.md, section 5)."""


def is_mdns(candidate: str) -> bool:
    """True if a candidate line hides its host behind a `.local` name (RFC 8828, section 4.1)."""
    match = _CANDIDATE.match(candidate if candidate.startswith("a=") else f"a={candidate}")
    return match is not None and match["host"].endswith(".local")


def without_mdns(sdp: str) -> tuple[str, list[tuple[str, str]]]:
    """The description without its `.local` candidates and without the end of candidates, and what was taken out as
    (mid, candidate line), to be added in the background; an empty line is the end of candidates."""
    kept, taken, mid = [], [], ""
    for line in _with_mid_first(sdp):
        found = _MID.match(line)
        mid = found["mid"] if found else mid
        if is_mdns(line):
            taken.append((mid, line.removeprefix("a=")))
        elif line == "a=end-of-candidates":
            taken.append((mid, ""))
        else:
            kept.append(line)
    return "\r\n".join(kept) + "\r\n", taken


def _with_mid_first(sdp: str) -> list[str]:
    """The lines, each media section's `a=mid` right after its `m=` line."""
    lines: list[str] = []
    section = 0
    for line in sdp.splitlines():
        if line.startswith("m="):
            section = len(lines) + 1
        if section and _MID.match(line):
            lines.insert(section, line)
        else:
            lines.append(line)
    return lines


def carries_screen(sdp: str) -> bool:
    """Whether an offer's third line is a picture in both directions."""
    directions: list[tuple[str, str]] = []
    for line in sdp.splitlines():
        if (media := _MEDIA.match(line)) is not None:
            directions.append((media["kind"], "sendrecv"))
        elif line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive") and directions:
            directions[-1] = (directions[-1][0], line.removeprefix("a="))
    return len(directions) > SCREEN_LINE and directions[SCREEN_LINE] == ("video", "sendrecv")


def with_start_bitrate(sdp: str, kbps: int = START_KBPS) -> str:
    """Ask browsers built on libwebrtc to begin at `kbps` instead of 300 kbit/s, so that 1280 wide comes at once."""
    lines: list[str] = []
    for line in sdp.splitlines():
        lines.append(line)
        vp8 = _VP8.match(line)
        if vp8:
            lines.append(f"a=fmtp:{vp8['type']} x-google-start-bitrate={kbps}")
    return "\r\n".join(lines) + "\r\n"


def sha256_fingerprint(sdp: str) -> str:
    """The certificate's SHA-256 in upper case. Raises CallError where it is missing or sections differ."""
    values = {match["value"].upper() for match in _FINGERPRINT.finditer(sdp.replace("\r", ""))}
    if len(values) != 1:
        raise CallError("the description must name exactly one SHA-256 certificate")
    return values.pop()


def rtc_servers(servers: Sequence[IceServer]) -> list[RTCIceServer]:
    """For RTCConfiguration; an empty list stays empty (None would mean a public server of somebody else)."""
    return [RTCIceServer(urls=list(s.urls), username=s.username or None, credential=s.credential or None) for s in servers]
