"""All messages of both WebSockets in one place: their names, the unions of each direction, reading and writing.

PROTOCOL.md is the paper; the messages themselves stand in `common`, `signalling`, `page` and `control`. Imports `app.wire` only.
Unknown fields are passed over, so that a later version may add some; an unknown `type` is answered with `unknown-type`.
"""

from __future__ import annotations

from functools import cache

import msgspec

from app.wire.common import Beat, IceServer, Message, Notice, Ping, Pong, Probe, Reached, Refused
from app.wire.control import (
    Admit,
    Challenge,
    Delayed,
    Done,
    End,
    ForgetReadiness,
    Notify,
    Prove,
    Publish,
    Remove,
    Revoke,
    RoomCard,
    RoomState,
    SeatCard,
    SendBack,
    TakeOver,
    Welcome,
    publish_parts,
)
from app.wire.enrolment import Enrol, Enrolled
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.page import (
    Admitted,
    Ended,
    EndReason,
    Join,
    JoinCode,
    Kept,
    Knock,
    Leave,
    NoticeTold,
    Peer,
    RelayTold,
    RelayWanted,
    Removed,
    Replaced,
    Resume,
    Waiting,
)
from app.wire.readiness import ReadinessCard
from app.wire.reading import read_message
from app.wire.sign_in import EnrolByToken, SignInOffer, SignInRefused, SignInWanted
from app.wire.signalling import Answer, Candidate, NeedOffer, Offer, OfferReason
from app.wire.survey import SurveyTold, SurveyWanted, TakeUpRight, TakeUpRightWanted

__all__ = [
    "CLIENT_SUBPROTOCOL",
    "CONTROL_SUBPROTOCOL",
    "Admit",
    "Admitted",
    "Answer",
    "Beat",
    "Candidate",
    "Challenge",
    "Codec",
    "Delayed",
    "Done",
    "End",
    "EndReason",
    "Ended",
    "Enrol",
    "EnrolByToken",
    "Enrolled",
    "ForgetReadiness",
    "FromPage",
    "FromWorkstation",
    "IceServer",
    "Join",
    "JoinCode",
    "Kept",
    "Knock",
    "Leave",
    "Message",
    "NeedOffer",
    "Notice",
    "NoticeTold",
    "Notify",
    "Offer",
    "OfferReason",
    "Peer",
    "Ping",
    "Pong",
    "Probe",
    "Prove",
    "Publish",
    "Reached",
    "ReadinessCard",
    "Refused",
    "RelayTold",
    "RelayWanted",
    "Remove",
    "Removed",
    "Replaced",
    "Resume",
    "Revoke",
    "RoomCard",
    "RoomState",
    "SeatCard",
    "SendBack",
    "SignInOffer",
    "SignInRefused",
    "SignInWanted",
    "SurveyTold",
    "SurveyWanted",
    "TakeOver",
    "TakeUpRight",
    "TakeUpRightWanted",
    "ToPage",
    "ToWorkstation",
    "Waiting",
    "Welcome",
    "control_codec",
    "encode",
    "page_codec",
    "page_side_codec",
    "publish_parts",
    "workstation_codec",
]

CLIENT_SUBPROTOCOL = "videoberatung-client.v1"
"""WebSocket subprotocol of the page; carries the version (RFC 6455, section 1.9)."""
CONTROL_SUBPROTOCOL = "videoberatung-control.v1"
"""WebSocket subprotocol of the workstation."""

FromPage = Join | JoinCode | Resume | Kept | Beat | Ping | Probe | Offer | Candidate | Leave | Knock | RelayWanted
ToPage = (
    Beat
    | Pong
    | Probe
    | Refused
    | Waiting
    | Reached
    | Admitted
    | NeedOffer
    | Answer
    | Candidate
    | Peer
    | Removed
    | Replaced
    | Ended
    | NoticeTold
    | RelayTold
)
FromWorkstation = (
    Enrol
    | SignInWanted
    | EnrolByToken
    | Prove
    | Publish
    | Beat
    | Ping
    | Reached
    | Admit
    | SendBack
    | Remove
    | End
    | Revoke
    | Notify
    | ForgetReadiness
    | TakeOver
    | SurveyWanted
    | TakeUpRightWanted
    | NeedOffer
    | Answer
    | Candidate
)
ToWorkstation = (
    Challenge
    | Enrolled
    | SignInOffer
    | SignInRefused
    | Welcome
    | Beat
    | Pong
    | Refused
    | Done
    | RoomState
    | Delayed
    | SurveyTold
    | TakeUpRight
    | Offer
    | Candidate
    | RelayTold
)


class Codec:
    """Reads messages of one direction and writes those of the other. Stateless; one for each of the four unions."""

    def __init__(self, incoming: object) -> None:
        self._decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(incoming)

    def parse(self, text: str | bytes) -> Message:
        """One message. Raises WireError with `too-large`, `unknown-type` or `malformed`."""
        return read_message(self._decoder, text, MAX_MESSAGE_BYTES)


def encode(message: Message) -> str:
    """The JSON text of a message."""
    return msgspec.json.encode(message).decode("utf-8")


@cache
def page_codec() -> Codec:
    """The server's reader of what a page sends."""
    return Codec(FromPage)


@cache
def workstation_codec() -> Codec:
    """The server's reader of what a workstation sends."""
    return Codec(FromWorkstation)


@cache
def control_codec() -> Codec:
    """The workstation's reader of what the server sends."""
    return Codec(ToWorkstation)


@cache
def page_side_codec() -> Codec:
    """A reader of what the page gets; for the check of the way to the server, for tests and for the client simulated in Python."""
    return Codec(ToPage)
