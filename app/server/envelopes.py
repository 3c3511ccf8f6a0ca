"""What travels through the Fanout, and the topics it travels on. Hints say "look at the store"; relays are signalling."""

from __future__ import annotations

import msgspec

from app.wire.discreet import Discreet
from app.wire.messages import Message, encode


class Envelope(Discreet, frozen=True, kw_only=True, tag_field="kind"):
    """Base of all envelopes."""


class Changed(Envelope, tag="changed", frozen=True, kw_only=True):
    """The room's row is different now."""

    room: str
    revision: int = 0
    """The row's, so that who has seen it need not look; 0 where it is not known."""


class LinkChanged(Envelope, tag="link-changed", frozen=True, kw_only=True):
    """An owner's control link came or went."""


class LookAgain(Envelope, tag="look-again", frozen=True, kw_only=True):
    """Envelopes may have been lost: look at everything that is yours."""


class Swept(Envelope, tag="swept", frozen=True, kw_only=True):
    """A sweep came by: see whether a sign of life ran out that nobody said anything about. For connections of the own process only."""


class TakenOver(Envelope, tag="taken-over", frozen=True, kw_only=True):
    """A newer connection serves this seat or owner. The one with the lower (rank, connection) closes with 4002."""

    rank: int
    """The room's revision for a seat, microseconds of Unix time for an owner."""
    connection: str


class LookWhetherKnown(Envelope, tag="look-whether-known", frozen=True, kw_only=True):
    """A workstation may not be accepted any more: look at the database."""


class Relay(Envelope, tag="relay", frozen=True, kw_only=True):
    """A message of the wire for whoever serves this topic; its `seq` is set on sending."""

    message: str


AnyEnvelope = Changed | LinkChanged | LookAgain | LookWhetherKnown | Swept | TakenOver | Relay
_RELAY = b'{"kind":"relay",'
"""How each of them begins: msgspec writes the tag first."""
_decoder: msgspec.json.Decoder[AnyEnvelope] = msgspec.json.Decoder(AnyEnvelope)


def pack(envelope: Envelope) -> bytes:
    """The envelope as bytes."""
    return msgspec.json.encode(envelope)


def unpack(data: bytes) -> AnyEnvelope:
    """The envelope behind `pack`. One that this version does not know, from a server of a later one, says: look at everything."""
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError:
        return LookAgain()


def relay(message: Message) -> bytes:
    """A packed Relay of the message."""
    return pack(Relay(message=encode(message)))


def relayed(data: bytes) -> str | None:
    """The message inside of a Relay; None for every other envelope."""
    if not data.startswith(_RELAY):
        return None
    envelope = unpack(data)
    return envelope.message if isinstance(envelope, Relay) else None


def room_topic(room: str) -> str:
    """Heard by the pages of a room."""
    return f"room:{room}"


def seat_topic(seat: str) -> str:
    """Heard by the page that holds the seat."""
    return f"seat:{seat}"


def owner_topic(owner: str) -> str:
    """Heard by the owner's control link."""
    return f"owner:{owner}"


def link_topic(owner: str) -> str:
    """Heard by the pages of all rooms of an owner."""
    return f"link:{owner}"
