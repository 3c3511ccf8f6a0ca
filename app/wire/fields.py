"""Field types of the wire with their bounds (PROTOCOL.md, section 2). Imports only msgspec."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

MAX_MESSAGE_BYTES = 64 * 1024
"""Largest message on any of the WebSockets."""
MAX_SDP_CHARS = 30 * 1024
"""Largest session description; those of today's browsers have 3 to 9 KiB. In JSON each of its characters takes at most two bytes, so
that the message fits `MAX_MESSAGE_BYTES` whatever else stands in it."""
ROOMS_IN_A_PART = 64
"""Rooms in one `publish`; a card has at most 900 bytes."""
MAX_ROOMS = 16_384
"""Rooms of one workstation, all parts of its `publish` together."""

Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
"""Rises by at least one with every message of a sender on a connection; 2**53-1 is JavaScript's largest exact integer."""
Epoch = Annotated[int, Meta(ge=1, le=2**31 - 1)]
"""Number of a peer connection between two seats; each recovery takes a higher one."""
KnownEpoch = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""The highest epoch seen so far; 0 before the first offer."""
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
"""Opaque id of a room, a seat or an owner: 16 bytes, base64url."""
Key32 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
"""32 bytes as base64url: a token, a secret, a hash, a nonce, an Ed25519 public key."""
Signature = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z")]
"""An Ed25519 signature, 64 bytes."""
DictatedCode = Annotated[str, Meta(pattern=r"^[0-9]{9}\Z")]
"""The code that leads into the waiting room, without spaces."""
Reason = Annotated[str, Meta(pattern=r"^([a-z][a-z-]{0,31})?\Z")]
"""A name of the page's table of faults; empty for none. The names are listed in PROTOCOL.md, section 10."""
StepName = Annotated[str, Meta(pattern=r"^([a-z][a-z-]{0,31})?\Z")]
"""Where the page stands; a later version may know more names than PROTOCOL.md, section 10."""
_SITE = r"^[a-z0-9][a-z0-9-]{0,31}\Z"
SiteId = Annotated[str, Meta(pattern=_SITE)]
PublicUrl = Annotated[str, Meta(max_length=300, pattern=r"^https?://[A-Za-z0-9_.:\[\]-]+\Z")]
"""What personal links start with, without a slash at the end."""
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", max_length=16)]
"""A BCP 47 tag of the plain kind: `de`, `en`, `de-simple`."""
Label = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
"""A neutral name of the agency's side, for instance "Jobcenter Musterstadt"; never a person's."""
Phone = Annotated[str, Meta(max_length=40, pattern=r"^[0-9+()/ .-]*\Z")]
Sdp = Annotated[str, Meta(min_length=1, max_length=MAX_SDP_CHARS, pattern=r"^[\r\n\x20-\x7e]*\Z")]
"""Printable ASCII and line ends. Only free text of RFC 8866 could be more (session name, information), and browsers write "-" there."""
CandidateLine = Annotated[str, Meta(max_length=1024, pattern=r"^[^\r\n]*\Z")]
Filler = Annotated[str, Meta(max_length=32_768, pattern=r"^[A-Za-z0-9_-]*\Z")]
"""Weight without a meaning."""
FillerLength = Annotated[int, Meta(ge=0, le=32_768)]
UnixTime = Annotated[int, Meta(ge=0, le=2**40)]
Minutes = Annotated[int, Meta(ge=1, le=480)]


def is_site(text: str) -> bool:
    """True for what may be the id of a site."""
    return re.match(_SITE, text) is not None
