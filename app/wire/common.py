"""What all messages of both WebSockets have in common, and those that either side of either may send. Imports codes and fields only."""

from __future__ import annotations

import enum

from app.wire.codes import Code
from app.wire.discreet import Discreet
from app.wire.fields import Filler, FillerLength, Id, Seq


class Message(Discreet, frozen=True, kw_only=True, tag_field="type", omit_defaults=True, rename={"from_": "from"}):
    """What every message has besides its `type`."""

    seq: Seq
    """Number of the message within its connection and direction, from 1, rising."""


class Beat(Message, tag="beat", frozen=True, kw_only=True):
    """The server asks every 5 s, the other side answers at once with the same number (not by a timer: hidden tabs' timers sleep)."""

    n: Seq


class Ping(Message, tag="ping", frozen=True, kw_only=True):
    """A side measures its own way to the server: at most one in 2 s."""

    n: Seq


class Pong(Message, tag="pong", frozen=True, kw_only=True):
    """The server's answer to `ping`, at once, with the same number."""

    n: Seq


class Probe(Message, tag="probe", frozen=True, kw_only=True):
    """A check measures how much passes in a second: the server sends it back as it is, or with `back`. At most 16 on a connection."""

    n: Seq
    filler: Filler
    back: FillerLength | None = None
    """So many characters come back instead of the filler, so that either way is measured alone."""


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
    relay_only: bool = False
    """Who gets an entry that says so gathers relays' addresses only, however many other entries there are."""


class Notice(enum.Enum):
    """What a counsellor can tell somebody in the waiting room. The page has the sentence for each."""

    FIVE_MINUTES = "five-minutes"
    TEN_MINUTES = "ten-minutes"
    PHONE_CALL = "phone-call"
    """The counsellor phones instead, soon."""
    COLLEAGUE = "colleague"
    """A colleague acts for the counsellor, and whoever waits hears from them: here, or by other ways when the room closes now."""


class Reached(Message, tag="reached", frozen=True, kw_only=True):
    """From the program: this seat was seen. To the page: whether the counsellor's program knows of it at the moment."""

    room: Id
    reached: bool = True
    seat: Id | None = None
