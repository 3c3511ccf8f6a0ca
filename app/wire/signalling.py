"""Descriptions and candidates on their way between two seats, passed on by the server (PROTOCOL.md, section 5)."""

from __future__ import annotations

import enum

from app.wire.common import Message
from app.wire.fields import CandidateLine, Epoch, Id, KnownEpoch, Sdp


class OfferReason(enum.Enum):
    """Why the counsellor's program asks the browser for an offer."""

    ADMITTED = "admitted"
    STALLED = "stalled"
    """No packets for 2 s."""
    FAILED = "failed"
    PROGRAM_RESTARTED = "program-restarted"
    SCREEN = "screen"
    """The next offer shall carry a screen line that is not inactive."""


class Offer(Message, tag="offer", frozen=True, kw_only=True):
    """The browser's session description. Opens `epoch`; the server passes only an epoch higher than the last."""

    room: Id
    epoch: Epoch
    sdp: Sdp
    to: Id | None = None
    """Seat it goes to; set by the sender."""
    from_: Id | None = None
    """Seat it comes from; set by the server, never believed from a sender."""


class Answer(Message, tag="answer", frozen=True, kw_only=True):
    """The program's session description for the offer of the same epoch."""

    room: Id
    epoch: Epoch
    sdp: Sdp
    to: Id | None = None
    from_: Id | None = None


class Candidate(Message, tag="candidate", frozen=True, kw_only=True):
    """A trickled candidate (RFC 8838); an empty line is the end of candidates."""

    room: Id
    epoch: Epoch
    candidate: CandidateLine
    mid: CandidateLine | None = None
    line: int | None = None
    """`sdpMLineIndex`."""
    to: Id | None = None
    from_: Id | None = None


class NeedOffer(Message, tag="need-offer", frozen=True, kw_only=True):
    """The program asks the browser for an offer with an epoch higher than `epoch`."""

    room: Id
    epoch: KnownEpoch
    """The last epoch the asking side knows."""
    reason: OfferReason
    to: Id | None = None
    from_: Id | None = None
