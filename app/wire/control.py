"""Messages of the control link between the counsellor's program and the server (PROTOCOL.md, section 6)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.domain.rooms import SeatKind, SeatState
from app.wire.common import IceServer, Message, Notice
from app.wire.fields import (
    ROOMS_IN_A_PART,
    Id,
    Key32,
    KnownEpoch,
    Label,
    Language,
    Minutes,
    Phone,
    PublicUrl,
    Seq,
    Signature,
    SiteId,
    UnixTime,
)
from app.wire.readiness import ReadinessCard


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
    site: SiteId | None = None
    """Where the workstation belongs, from here on as in `enrolled`; a server of an earlier version says nothing of it."""
    label: Label | None = None
    public_url: PublicUrl | None = None
    until: UnixTime | None = None
    attested: Signature | None = None
    """The server's signature over all of that."""
    takes_over: bool = False
    """This server knows `take-over`."""


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
    code_hash: Key32 | None = None
    """Of the dictatable code (`app.domain.secrets.hash_code`); None for none. The server's store holds an HMAC of it in this place."""


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
    by_code: bool = False
    """Taken with the dictated code, not with the link."""


class RoomState(Message, tag="room-state", frozen=True, kw_only=True):
    """The whole list of seats after a change. State, not news: a lost one is made good by the next."""

    room: Id
    revision: int
    """Rises with every change of the room's row; an older one is passed over."""
    seats: list[SeatCard]
    readiness: ReadinessCard | None = None
    """What the client's page reported; None before a person tapped there, and after `forget-readiness`."""
    code_taken: bool = False
    """Another room that is open at the time has the same code, so this one has none: publish it with a new one."""
    taken_over: bool = False
    """A deputy has the room now. Only the counsellor's seat is told, and it is over."""


class Delayed(Message, tag="delayed", frozen=True, kw_only=True):
    """The servers hear of each other's changes late (True), or at once again."""

    delayed: bool


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


class ForgetReadiness(Message, tag="forget-readiness", frozen=True, kw_only=True):
    """Delete what the page reported of this room."""

    room: Id


class TakeOver(Message, tag="take-over", frozen=True, kw_only=True):
    """A deputy of the same site takes the room over as it is; only to a server whose `welcome` says `takes_over`."""

    room: Id
    holder: Id
    """Its owner, as the deputy knows it; `conflict` where it is somebody else's by now."""
    token_hash: Key32
    """As in the card: the deputy was told the link."""


class Done(Message, tag="done", frozen=True, kw_only=True):
    """The command with this `seq` was carried out."""

    re: Seq
