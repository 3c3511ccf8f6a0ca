"""Packets find their line by its name in their header (MID, RFC 9143, section 9.2) where the description names no source for them.

With two incoming pictures aiortc can tell the lines apart by the sources of the description only and drops everything else: a
source that changes in mid-call, and retransmissions where they are not named.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

from typing import Any

from aiortc.rtcdtlstransport import RtpRouter
from aiortc.rtp import RtpPacket

_original = RtpRouter.route_rtp


def _route_rtp(self: RtpRouter, packet: RtpPacket) -> Any:
    receiver = _original(self, packet)
    if receiver is not None or packet.ssrc in self.ssrc_table:
        return receiver
    named = self.mid_table.get(packet.extensions.mid)
    if named is not None and named in self.payload_type_table.get(packet.payload_type, ()):
        self.ssrc_table[packet.ssrc] = named
        return named
    return None


def install() -> None:
    """Change aiortc in this process. May be called twice."""
    RtpRouter.route_rtp = _route_rtp
