"""Who belongs to a team: public keys under a name, and the file in which they travel. Imports keys and domain only.

A member's id is that of the workstation (the hash of its Ed25519 key), so nobody can take another's. The file is signed by that key
and binds name and sealing key to it; that it is the right person's file is seen by comparing words, or is IT's word.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from app.domain.secrets import b64url, from_b64url
from app.services.keys import WorkstationKey, signature_holds
from app.services.tasks import Refusal
from app.wire.handshake import owner_id

NAME_LETTERS = 80
FILE_BYTES = 4096
"""No member's file is longer."""
WORDS = 8
"""Of 2048 each: 88 bit, so nobody finds other keys with the same words."""
_FILE = b"videoberatung/team/member/1:"
_FINGERPRINT = b"videoberatung/team/fingerprint/1:"


class MemberFileError(Refusal):
    """It is no member's file, or somebody changed it. `key` is the sentence for the person (catalogue `app`)."""

    def __init__(self, key: str = "app.team.file.broken") -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One workstation with its person."""

    id: str
    """Opaque; `owner_id` of `sign_key`."""
    name: str = field(repr=False)
    """As colleagues see it; 1 to `NAME_LETTERS` characters, one line."""
    sign_key: str
    """Ed25519, 43 characters of base64url."""
    seal_key: str
    """X25519 (RFC 7748), 43 characters of base64url."""


class _File(msgspec.Struct, frozen=True, kw_only=True):
    videoberatung_member: int
    name: str
    sign_key: str
    seal_key: str
    signature: str


class _TeamList(msgspec.Struct, frozen=True, kw_only=True):
    """What IT puts together: the files of all members."""

    members: list[_File]


class OwnKeys:
    """What this workstation signs and opens with; shows its public halves only."""

    def __init__(self, signing: WorkstationKey, sealing: bytes) -> None:
        """`sealing` is the X25519 private key, 32 bytes."""
        self._signing = signing
        self.private = X25519PrivateKey.from_private_bytes(sealing)
        self.id = owner_id(signing.public)

    def member(self, name: str) -> Member:
        """Ourselves, as the others see us."""
        public = b64url(self.private.public_key().public_bytes_raw())
        return Member(id=self.id, name=name, sign_key=self._signing.public, seal_key=public)

    def sign(self, data: bytes) -> str:
        """Ed25519, 86 characters of base64url."""
        return self._signing.sign(data)

    def file(self, name: str) -> bytes:
        """Our file for a colleague or for IT. Raises MemberFileError for a name that is none."""
        us = self.member(_checked_name(name))
        signature = self.sign(_signed(us))
        file = _File(videoberatung_member=1, name=us.name, sign_key=us.sign_key, seal_key=us.seal_key, signature=signature)
        return msgspec.json.format(msgspec.json.encode(file), indent=2)


def read_member(data: bytes) -> Member:
    """The member of a file, if nobody changed it. Raises MemberFileError."""
    if len(data) > FILE_BYTES:
        raise MemberFileError
    try:
        return _member(msgspec.json.decode(data, type=_File))
    except (msgspec.DecodeError, UnicodeError):
        raise MemberFileError from None


def read_team(data: bytes) -> Sequence[Member]:
    """The members of IT's list. Raises MemberFileError for a list of which one entry was changed: then none is taken."""
    try:
        return [_member(file) for file in msgspec.json.decode(data, type=_TeamList).members]
    except (msgspec.DecodeError, UnicodeError):
        raise MemberFileError from None


def fingerprint(member: Member, words: Sequence[str]) -> Sequence[str]:
    """Words to compare on the telephone; `words` are 2048."""
    keys = from_b64url(member.sign_key) + from_b64url(member.seal_key)
    number = int.from_bytes(hashlib.sha256(_FINGERPRINT + keys).digest(), "big") >> (256 - 11 * WORDS)
    return [words[number >> 11 * (WORDS - 1 - place) & 2047] for place in range(WORDS)]


def by_id(members: Iterable[Member]) -> Callable[[str], Member | None]:
    """Finds one of them."""
    known = {member.id: member for member in members}
    return known.get


def _member(file: _File) -> Member:
    if file.videoberatung_member != 1:
        raise MemberFileError("app.team.file.newer")
    try:
        sign_key, seal_key = from_b64url(file.sign_key), from_b64url(file.seal_key)
        X25519PublicKey.from_public_bytes(seal_key)
        keys = {"sign_key": b64url(sign_key), "seal_key": b64url(seal_key)}  # base64url has several spellings, we have one
        member = Member(id=owner_id(file.sign_key), name=_checked_name(file.name), **keys)
    except ValueError:
        raise MemberFileError from None
    if not signature_holds(member.sign_key, file.signature, _signed(member)):
        raise MemberFileError
    return member


def _signed(member: Member) -> bytes:
    return _FILE + from_b64url(member.sign_key) + from_b64url(member.seal_key) + member.name.encode()


def _checked_name(text: str) -> str:
    name = unicodedata.normalize("NFC", text).strip()
    printable = all(unicodedata.category(letter) not in ("Cc", "Cs", "Cf", "Zl", "Zp") for letter in name)
    if not (0 < len(name) <= NAME_LETTERS and printable):
        raise MemberFileError("app.team.file.name")
    return name
