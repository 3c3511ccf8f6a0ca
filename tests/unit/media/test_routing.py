"""Two incoming pictures on one transport: every packet finds its line, retransmissions too."""

from __future__ import annotations

from aiortc.rtcdtlstransport import RtpRouter
from aiortc.rtp import RtpPacket

from app.media.patches import routing

VP8, RTX = 96, 97


class Line:
    """Stands for a receiver."""


def router() -> tuple[RtpRouter, Line, Line]:
    """As after the description of a camera, whose source is named, and a screen, whose source is not."""
    routing.install()
    made, camera, screen = RtpRouter(), Line(), Line()
    made.register_receiver(camera, ssrcs=[1000, 1001], payload_types=[VP8, RTX], mid="1")  # type: ignore[arg-type]
    made.register_receiver(screen, ssrcs=[], payload_types=[VP8, RTX], mid="2")  # type: ignore[arg-type]
    return made, camera, screen


def packet(ssrc: int, mid: str | None, payload_type: int = VP8) -> RtpPacket:
    made = RtpPacket(payload_type=payload_type)
    made.ssrc, made.extensions.mid = ssrc, mid
    return made


def test_a_source_that_is_not_named_is_known_by_its_line_and_then_without() -> None:
    table, camera, screen = router()
    assert table.route_rtp(packet(2000, None)) is None
    assert table.route_rtp(packet(2000, "2")) is screen
    assert table.route_rtp(packet(2000, None)) is screen
    assert table.route_rtp(packet(2001, "2", RTX)) is screen
    assert table.route_rtp(packet(1001, None, RTX)) is camera


def test_a_named_source_stays_with_its_line_and_strangers_stay_out() -> None:
    table, camera, _ = router()
    assert table.route_rtp(packet(1000, "2")) is camera
    assert table.route_rtp(packet(3000, "7")) is None
    assert table.route_rtp(packet(3000, "2", 111)) is None
    assert 3000 not in table.ssrc_table
