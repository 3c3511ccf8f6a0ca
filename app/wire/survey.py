"""The survey on the wire: what the page posts, and the counts that a workstation asks for (PROTOCOL.md, section 12)."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from app.domain.survey import Spoken, Variant
from app.domain.survey_counts import SurveyCounts
from app.wire.codes import Code, WireError
from app.wire.common import Message
from app.wire.discreet import Discreet
from app.wire.fields import Id, Key32, Seq, SiteId
from app.wire.reading import read_message

RIGHT_CONTEXT = b"videoberatung/survey/right/1:"
"""What is signed blindly begins so; the nonce follows."""
TAKE_UP_CONTEXT = b"videoberatung/take-up/right/1:"
"""The same for a workstation's right to hand in what it counted."""
MAX_RIGHT_BYTES = 1024
ANSWER_BYTES = 2048
"""Of every answer's body, whatever was answered: an encrypted line shows lengths."""
REPLY_BYTES = 64
"""Of every reply to an answer, for the same reason."""

Quarter = Annotated[str, Meta(pattern=r"^20[0-9]{2}-Q[1-4]\Z")]
Rsa2048 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{342}\Z")]
"""256 bytes as base64url: a modulus, a blinded message, a signature."""
_Word = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
_Counter = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}\Z")]
_Few = Annotated[int, Meta(ge=1, le=99)]
"""Nobody adds more at once, whatever their program says."""
_Words = Annotated[dict[_Word, _Word], Meta(max_length=8)]


class RightWanted(Discreet, frozen=True, kw_only=True, omit_defaults=True):
    """A page asks for its one-time right: by the seat that it held, or by its link."""

    quarter: Quarter
    blinded: Rsa2048
    token: Key32 | None = None
    room: Id | None = None
    seat: Id | None = None
    secret: Key32 | None = None
    site: SiteId | None = None
    """Under whose keys it was hidden; None for the server's own site."""


class Answered(Discreet, frozen=True, kw_only=True):
    """One filled in sheet, with nothing that leads to a seat."""

    HIDDEN = Discreet.HIDDEN | {"answers", "about", "nonce", "signature"}

    version: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{1,2}\Z")]
    quarter: Quarter
    spoken: Spoken
    variant: Variant
    answers: _Words
    about: _Words
    nonce: Key32
    signature: Rsa2048
    site: SiteId | None = None
    """Whose keys signed; None for the server's own site."""
    filler: Annotated[str, Meta(pattern=r"^x*\Z")] = ""


class HandedIn(Discreet, frozen=True, kw_only=True):
    """What one workstation counted of one quarter since it last handed something in, with nothing that leads to it."""

    HIDDEN = Discreet.HIDDEN | {"counts", "nonce", "signature"}

    quarter: Quarter
    counts: Annotated[dict[_Word, Annotated[dict[_Counter, _Few], Meta(max_length=16)]], Meta(max_length=8)]
    """Table of `TAKE_UP` → counter → how often."""
    nonce: Key32
    signature: Rsa2048
    site: SiteId | None = None
    """Whose keys signed; None for the server's own site."""
    filler: Annotated[str, Meta(pattern=r"^x*\Z")] = ""


class TakeUpRightWanted(Message, tag="take-up-right", frozen=True, kw_only=True):
    """The workstation asks for a right to hand in; otherwise `period-closed` or `too-many`."""

    quarter: Quarter
    blinded: Rsa2048


class TakeUpRight(Message, tag="take-up-signed", frozen=True, kw_only=True):
    """The blind signature."""

    re: Seq
    signature: Rsa2048


class SurveyWanted(Message, tag="survey-counts", frozen=True, kw_only=True):
    """The workstation asks for the counts of a closed quarter; otherwise `period-open`."""

    quarter: Quarter


class SurveyTold(Message, tag="survey-told", frozen=True, kw_only=True):
    """They are these."""

    re: Seq
    counts: SurveyCounts


_rights: msgspec.json.Decoder[RightWanted] = msgspec.json.Decoder(RightWanted)
_handed: msgspec.json.Decoder[HandedIn] = msgspec.json.Decoder(HandedIn)
_answers: msgspec.json.Decoder[Answered] = msgspec.json.Decoder(Answered)


def parse_right(text: str | bytes) -> RightWanted:
    """The body of `POST /api/survey/right`. Raises WireError with `too-large` or `malformed`."""
    wanted = read_message(_rights, text, MAX_RIGHT_BYTES)
    seat = (wanted.room, wanted.seat, wanted.secret)
    if (wanted.token is not None) == (None not in seat) or (any(seat) and None in seat):
        raise WireError(Code.MALFORMED, "one way to name the room")
    return wanted


def parse_answered(text: str | bytes) -> Answered:
    """The body of `POST /api/survey`. Raises WireError with `too-large` or `malformed`."""
    answered = read_message(_answers, text, ANSWER_BYTES)
    if len(text) != ANSWER_BYTES:
        raise WireError(Code.MALFORMED, "length")
    return answered


def parse_handed(text: str | bytes) -> HandedIn:
    """The body of `POST /api/take-up`. Raises WireError with `too-large` or `malformed`."""
    handed = read_message(_handed, text, ANSWER_BYTES)
    if len(text) != ANSWER_BYTES:
        raise WireError(Code.MALFORMED, "length")
    return handed


def filled(body: str) -> str:
    """A JSON object without `filler`, made as long as every answer is (for clients in Python)."""
    return re.sub(r"\}$", f',"filler":"{"x" * (ANSWER_BYTES - len(body.encode()) - 12)}"}}', body)
