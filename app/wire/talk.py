"""Messages of the data channel between the two people's machines (PROTOCOL.md, section 7). Imports `app.wire` only.

The channel is negotiated beforehand (`negotiated: true`, id 0, label "talk", ordered, reliable); the server never sees it.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec
from msgspec import Meta

from app.wire.discreet import Discreet
from app.wire.fields import Epoch, Key32
from app.wire.reading import read_message

CHANNEL_LABEL = "talk"
CHANNEL_ID = 0
MAX_TALK_BYTES = 16 * 1024
"""Largest message on the channel; every browser passes at least that in one piece (RFC 8831, section 6.6)."""
MAX_LINE_CHARS = 2000
"""Longest chat line."""

LineId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,22}\Z")]
Line = Annotated[str, Meta(min_length=1, max_length=MAX_LINE_CHARS)]


class Talk(Discreet, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of everything on the channel."""


class Chat(Talk, tag="chat", frozen=True, kw_only=True):
    """One line. Sent again after a new epoch until acknowledged; the receiver shows an id once."""

    id: LineId
    text: Line


class ChatSeen(Talk, tag="chat-seen", frozen=True, kw_only=True):
    """The line arrived and is shown."""

    id: LineId


class MediaState(Talk, tag="media-state", frozen=True, kw_only=True):
    """What the sender's own switches stand at; sent on opening and at each change."""

    microphone: bool
    camera: bool
    screen: bool = False
    """The sender shows a screen on the third line."""
    paused: bool = False
    """"Kurze Pause": both switches are off, and the sender comes back."""


class Offered(Talk, tag="offered", frozen=True, kw_only=True):
    """From the program, on opening, where the agency leaves a part out: the page shows no switch for it. Nothing said offers all."""

    chat: bool = True
    screen: bool = True


class Limits(Talk, tag="limits", frozen=True, kw_only=True):
    """How much the sender wishes to receive ("Daten sparen"); sent on opening and at each change. 0 is no limit."""

    height: Annotated[int, Meta(ge=0, le=4320)] = 0
    """Of the camera's picture, pixels."""
    kbps: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """Of everything, kbit/s."""


class Limited(enum.Enum):
    """What holds the sender's own picture down (W3C webrtc-stats, `qualityLimitationReason`)."""

    NONE = "none"
    NETWORK = "network"
    DEVICE = "device"


class LineReport(Talk, tag="line-report", frozen=True, kw_only=True):
    """How the line looks from the sender's side, every 3 s. Both sides come to one verdict from both reports (section 9)."""

    loss: Annotated[float, Meta(ge=0, le=1)]
    """Share of packets that did not reach the sender, over the last 3 s or longer."""
    round_trip_ms: Annotated[int, Meta(ge=0, le=60_000)] | None = None
    """Of picture and sound."""
    server_ms: Annotated[int, Meta(ge=0, le=60_000)] | None = None
    """Round trip of the sender's own way to the server; nothing where the server runs on the same machine."""
    limited: Limited = Limited.NONE


class WordsCommit(Talk, tag="words-commit", frozen=True, kw_only=True):
    """Step 1, from the browser: SHA-256 over its nonce. Safety words are bound before the other nonce is known."""

    epoch: Epoch
    commitment: Key32


class WordsReveal(Talk, tag="words-reveal", frozen=True, kw_only=True):
    """Step 2, from the program: its nonce."""

    epoch: Epoch
    nonce: Key32


class WordsOpen(Talk, tag="words-open", frozen=True, kw_only=True):
    """Step 3, from the browser: the nonce behind the commitment."""

    epoch: Epoch
    nonce: Key32


class WordsKeep(Talk, tag="words-keep", frozen=True, kw_only=True):
    """In a later epoch, from both sides: the new fingerprints authenticated under the first epoch's nonces."""

    epoch: Epoch
    mac: Key32


TalkMessage = Chat | ChatSeen | MediaState | Offered | Limits | LineReport | WordsCommit | WordsReveal | WordsOpen | WordsKeep

_decoder: msgspec.json.Decoder[TalkMessage] = msgspec.json.Decoder(TalkMessage)


def parse_talk(text: str | bytes) -> TalkMessage:
    """One message of the channel. Raises WireError with `too-large`, `unknown-type` or `malformed`."""
    return read_message(_decoder, text, MAX_TALK_BYTES)


def encode_talk(message: Talk) -> str:
    """The JSON text of a message."""
    return msgspec.json.encode(message).decode("utf-8")
