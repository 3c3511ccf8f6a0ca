"""Messages of one seat between the client's page and the server (PROTOCOL.md, section 4)."""

from __future__ import annotations

import enum

from app.wire.common import IceServer, Message, Notice
from app.wire.fields import DictatedCode, Id, Key32, KnownEpoch, Language, UnixTime


class EndReason(enum.Enum):
    """Why a conversation is over."""

    COUNSELLOR = "counsellor"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PHONE = "phone"
    """The counsellor goes on by phone and calls now."""


class Join(Message, tag="join", frozen=True, kw_only=True):
    """A person tapped. With `seat` and `secret` the tab resumes its seat, without them it gets a new one in the waiting room."""

    token: Key32
    language: Language
    seat: Id | None = None
    secret: Key32 | None = None


class JoinCode(Message, tag="join-code", frozen=True, kw_only=True):
    """A person without a link typed the dictated code: a new seat in the waiting room, marked as such. Otherwise `unknown-code`."""

    HIDDEN = Message.HIDDEN | {"code"}

    code: DictatedCode
    language: Language


class Resume(Message, tag="resume", frozen=True, kw_only=True):
    """A tab that came in by code resumes its seat: it has no token, and the code may be used up by now."""

    room: Id
    seat: Id
    secret: Key32


class RelayWanted(Message, tag="relay", frozen=True, kw_only=True):
    """Before a seat: the rehearsal looks whether a packet gets through the agency's relay. Known by the look key of section 3."""

    HIDDEN = Message.HIDDEN | {"look"}

    look: Key32


class RelayTold(Message, tag="relay", frozen=True, kw_only=True):
    """What may be used for that; an empty list where the agency has no relay. In a conversation, and to the program: new credentials
    before the ones that were given out end."""

    ice_servers: list[IceServer]


class Kept(Message, tag="kept", frozen=True, kw_only=True):
    """The tab stored the rotated secret; from now on the one before is worthless."""

    room: Id


class Leave(Message, tag="leave", frozen=True, kw_only=True):
    """The person leaves by a tap. "Zurück ins Gespräch" is a `join` with the seat's secret."""

    room: Id


class Knock(Message, tag="knock", frozen=True, kw_only=True):
    """From the waiting room: please look again. At most one in 30 s, otherwise `too-many`."""

    room: Id


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
