"""Messages by which a workstation becomes known to a server (PROTOCOL.md, section 13). Imports `app.wire` only."""

from __future__ import annotations

from app.wire.common import Message
from app.wire.fields import Id, Key32, Label, PublicUrl, Signature, SiteId, UnixTime


class Enrol(Message, tag="enrol", frozen=True, kw_only=True):
    """A workstation registers its key with a one-time code, before it proves it. Nothing in it leads to the code."""

    workstation_key: Key32
    nonce: Key32
    offer: Id
    """The id that the code makes of itself."""
    proof: Signature
    """By the key that the code makes of itself."""
    signature: Signature
    """By the workstation's key."""


class Enrolled(Message, tag="enrolled", frozen=True, kw_only=True):
    """The key is registered."""

    site: SiteId
    label: Label
    public_url: PublicUrl
    signature: Signature
    """The server's, over all of it (`app.wire.handshake.place_text`)."""
    until: UnixTime | None = None
    """The registration ends by itself then; None for never."""
