"""All messages of both WebSockets, as typed records. PROTOCOL.md is the paper; this file follows it. Imports `app.domain` only.

Unknown fields are passed over, so that a later version may add some; an unknown `type` is answered with `unknown-type`.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from app.domain.rooms import SeatKind, SeatState
from app.wire.codes import Code
from app.wire.discreet import Discreet
from app.wire.fields import (
    MAX_MESSAGE_BYTES,
    ROOMS_IN_A_PART,
    CandidateLine,
    Epoch,
    Id,
    Key32,
    KnownEpoch,
    Label,
    Language,
    Minutes,
    Phone,
    Sdp,
    Seq,
    Signature,
    SiteId,
    UnixTime,
)
from app.wire.reading import read_message

CLIENT_SUBPROTOCOL = "videoberatung-client.v1"
"""WebSocket subprotocol of the page; carries the version (RFC 6455, section 1.9)."""
CONTROL_SUBPROTOCOL = "videoberatung-control.v1"
"""WebSocket subprotocol of the workstation."""


class OfferReason(enum.Enum):
    """Why the counsellor's program asks the browser for an offer."""

    ADMITTED = "admitted"
    STALLED = "stalled"
    """No packets for 2 s."""
    FAILED = "failed"
    PROGRAM_RESTARTED = "program-restarted"
    SCREEN = "screen"
    """The next offer shall carry a screen line that is not inactive."""


class EndReason(enum.Enum):
    """Why a conversation is over."""

    COUNSELLOR = "counsellor"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PHONE = "phone"
    """The counsellor goes on by phone and calls now."""


class Notice(enum.Enum):
    """What a counsellor can tell somebody in the waiting room. The page has the sentence for each."""

    FIVE_MINUTES = "five-minutes"
    TEN_MINUTES = "ten-minutes"
    PHONE_CALL = "phone-call"
    """The counsellor phones instead, soon."""


class Message(Discreet, frozen=True, kw_only=True, tag_field="type", omit_defaults=True, rename={"from_": "from"}):
    """What every message has besides its `type`."""

    seq: Seq
    """Number of the message within its connection and direction, from 1, rising."""


# ---- both connections


class Beat(Message, tag="beat", frozen=True, kw_only=True):
    """The server asks every 5 s, the other side answers at once with the same number (not by a timer: hidden tabs' timers sleep)."""

    n: Seq


class Ping(Message, tag="ping", frozen=True, kw_only=True):
    """A side measures its own way to the server: at most one in 2 s."""

    n: Seq


class Pong(Message, tag="pong", frozen=True, kw_only=True):
    """The server's answer to `ping`, at once, with the same number."""

    n: Seq


class Refused(Message, tag="refused", frozen=True, kw_only=True):
    """Something was not done."""

    code: Code
    re: Seq | None = None
    """The `seq` of the message it answers; missing where that could not be read."""


class IceServer(Discreet, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of RTCConfiguration.iceServers (W3C WebRTC, section 4.2.4)."""

    urls: list[str]
    username: str = ""
    credential: str = ""


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


# ---- from the page


class Join(Message, tag="join", frozen=True, kw_only=True):
    """A person tapped. With `seat` and `secret` the tab resumes its seat, without them it gets a new one in the waiting room."""

    token: Key32
    language: Language
    seat: Id | None = None
    secret: Key32 | None = None


class Kept(Message, tag="kept", frozen=True, kw_only=True):
    """The tab stored the rotated secret; from now on the one before is worthless."""

    room: Id


class Leave(Message, tag="leave", frozen=True, kw_only=True):
    """The person leaves by a tap. "Zurück ins Gespräch" is a `join` with the seat's secret."""

    room: Id


class Knock(Message, tag="knock", frozen=True, kw_only=True):
    """From the waiting room: please look again. At most one in 30 s, otherwise `too-many`."""

    room: Id


# ---- to the page


class Waiting(Message, tag="waiting", frozen=True, kw_only=True):
    """The tab sits in the waiting room. Also the answer to a resumed waiting seat and the news of being sent back."""

    room: Id
    seat: Id
    reached: bool
    """True once the counsellor's program acknowledged this seat, and only while that program is connected."""
    secret: Key32 | None = None
    """The seat's new secret, to be stored and acknowledged with `kept`; missing when sent back on the same connection."""
    sent_back: bool = False
    notice: Notice | None = None
    """The newest one told to this seat."""
    notice_at: UnixTime = 0


class NoticeTold(Message, tag="notice", frozen=True, kw_only=True):
    """The counsellor told those who wait on this seat something."""

    room: Id
    notice: Notice
    notice_at: UnixTime


class Reached(Message, tag="reached", frozen=True, kw_only=True):
    """From the program: this seat was seen. To the page: whether the counsellor's program knows of it at the moment."""

    room: Id
    reached: bool = True
    seat: Id | None = None


class Admitted(Message, tag="admitted", frozen=True, kw_only=True):
    """The tab sits in the conversation (just admitted, or resumed). The page now offers with an epoch higher than `epoch`."""

    room: Id
    seat: Id
    peer: Id
    """The counsellor's seat, the `to` of the page's offers."""
    epoch: KnownEpoch
    ice_servers: list[IceServer]
    """Explicit, an empty list included; the page never adds one of its own."""
    secret: Key32 | None = None
    peer_present: bool = True


class Peer(Message, tag="peer", frozen=True, kw_only=True):
    """Whether the counsellor's program is connected to the server. Picture and sound go on without it."""

    room: Id
    present: bool


class Removed(Message, tag="removed", frozen=True, kw_only=True):
    """The counsellor removed this seat."""

    room: Id


class Replaced(Message, tag="replaced", frozen=True, kw_only=True):
    """The counsellor said yes to another device with the same link."""

    room: Id


class Ended(Message, tag="ended", frozen=True, kw_only=True):
    """The conversation is over."""

    room: Id
    reason: EndReason


# ---- the control link


class Challenge(Message, tag="challenge", frozen=True, kw_only=True):
    """First message of the server: who it is and a fresh nonce."""

    server_key: Key32
    nonce: Key32


class Prove(Message, tag="prove", frozen=True, kw_only=True):
    """The workstation's answer; `signature` covers both keys and both nonces (PROTOCOL.md, section 6)."""

    workstation_key: Key32
    nonce: Key32
    signature: Signature


class Welcome(Message, tag="welcome", frozen=True, kw_only=True):
    """The server's own signature over the same, so that the workstation knows whom it talks to."""

    owner: Id
    signature: Signature
    ice_servers: list[IceServer]


class RoomCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the server may know of an appointment: no name, no address, no subject, no token."""

    room: Id
    site: SiteId
    label: Label
    phone: Phone
    token_hash: Key32
    look_hash: Key32
    """SHA-256 of the look-up key."""
    starts_at: UnixTime
    minutes: Minutes
    opens_at: UnixTime
    closes_at: UnixTime
    language: Language
    save_data: bool = False
    """Noted on the phone: the client has little data volume. The page then proposes to save data."""


class Publish(Message, tag="publish", frozen=True, kw_only=True):
    """All rooms of this workstation; repeated after every connect, harmless when nothing changed. Rooms missing from it are revoked."""

    rooms: list[RoomCard]
    more: bool = False
    """A further part follows; the whole takes effect with the last one."""


def publish_parts(rooms: Sequence[RoomCard]) -> list[Publish]:
    """All rooms as messages that fit the wire, in the order of sending."""
    starts = range(0, max(1, len(rooms)), ROOMS_IN_A_PART)
    return [
        Publish(seq=1, rooms=list(rooms[start : start + ROOMS_IN_A_PART]), more=start + ROOMS_IN_A_PART < len(rooms)) for start in starts
    ]


class SeatCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One seat as the workstation sees it."""

    seat: Id
    kind: SeatKind
    state: SeatState
    present: bool
    """Connected at the moment (within the time to live of its presence)."""
    reached: bool
    since: UnixTime
    """When the seat was taken."""
    language: Language
    epoch: KnownEpoch
    knocked_at: UnixTime = 0
    """The last knock; 0 for none."""
    notice: Notice | None = None


class RoomState(Message, tag="room-state", frozen=True, kw_only=True):
    """The whole list of seats after a change. State, not news: a lost one is made good by the next."""

    room: Id
    revision: int
    """Rises with every change of the room's row; an older one is passed over."""
    seats: list[SeatCard]


class Admit(Message, tag="admit", frozen=True, kw_only=True):
    """Let a waiting seat in. With `replaces` the named seat ends in the same step ("anderes Gerät")."""

    room: Id
    seat: Id
    replaces: Id | None = None


class SendBack(Message, tag="send-back", frozen=True, kw_only=True):
    """From the conversation to the waiting room."""

    room: Id
    seat: Id


class Notify(Message, tag="notify", frozen=True, kw_only=True):
    """Tell those who wait on this seat something; only in the waiting room, otherwise `conflict`."""

    room: Id
    seat: Id
    notice: Notice


class Remove(Message, tag="remove", frozen=True, kw_only=True):
    """End one seat."""

    room: Id
    seat: Id


class End(Message, tag="end", frozen=True, kw_only=True):
    """End the conversation: all seats of the room; the link is used up."""

    room: Id
    by_phone: bool = False
    """It goes on by phone: the page is told `phone` instead of `counsellor`."""


class Revoke(Message, tag="revoke", frozen=True, kw_only=True):
    """Take the link back."""

    room: Id


class Done(Message, tag="done", frozen=True, kw_only=True):
    """The command with this `seq` was carried out."""

    re: Seq


FromPage = Join | Kept | Beat | Ping | Offer | Candidate | Leave | Knock
ToPage = (
    Beat | Pong | Refused | Waiting | Reached | Admitted | NeedOffer | Answer | Candidate | Peer | Removed | Replaced | Ended | NoticeTold
)
FromWorkstation = (
    Prove | Publish | Beat | Ping | Reached | Admit | SendBack | Remove | End | Revoke | Notify | NeedOffer | Answer | Candidate
)
ToWorkstation = Challenge | Welcome | Beat | Pong | Refused | Done | RoomState | Offer | Candidate


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


def page_codec() -> Codec:
    """The server's reader of what a page sends."""
    return Codec(FromPage)


def workstation_codec() -> Codec:
    """The server's reader of what a workstation sends."""
    return Codec(FromWorkstation)


def control_codec() -> Codec:
    """The workstation's reader of what the server sends."""
    return Codec(ToWorkstation)


def page_side_codec() -> Codec:
    """A reader of what the page gets; for tests and for the client simulated in Python."""
    return Codec(ToPage)
