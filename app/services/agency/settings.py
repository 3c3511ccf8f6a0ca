"""What the profile keeps of the agency's server once this workstation is enrolled there. No secret. Imports the wire's fields only."""

from __future__ import annotations

import enum

import msgspec

from app.wire.fields import Key32, Label, SiteId


class Way(enum.Enum):
    """How this workstation was enrolled."""

    CODE = "code"
    """With a one-time code of IT's: until it is revoked."""
    SIGN_IN = "sign-in"
    """By a person who signed in at the agency's identity provider: for some hours."""


class AgencyServer(msgspec.Struct, frozen=True, kw_only=True):
    """All of it was said by the server, under the signature of `server_key`."""

    url: str
    """Of the control link, with `wss:` and its path."""
    server_key: Key32
    """Its public key; another one is refused."""
    way: Way = Way.CODE
    site: SiteId = "jobcenter"
    label: Label = "Jobcenter"
    """The agency's neutral name, shown to clients."""
    public_url: str = ""
    """What links are built from; empty means the host of `url`."""
