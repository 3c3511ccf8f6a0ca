"""What enrolment needs below it: a `WorkstationStore`. Records hold public keys, sites and labels; no secret and no person's name.

Imports `app.domain` and `app.wire` only; no framework, no SQL.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.secrets import from_b64url
from app.wire.handshake import SignInTerms, owner_id
from app.wire.sign_in import EnrolByToken, SignInRefusal

Handshake = tuple[str, str, str, str]
"""Server key, workstation key, server nonce, workstation nonce."""


class Way(enum.Enum):
    """How a workstation became known."""

    CONFIGURED = "configured"
    """Its key stands in the server's settings."""
    CODE = "code"
    """With a one-time code."""
    SIGN_IN = "sign-in"
    """A person signed in at the agency's identity provider."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A one-time code, as the server knows it."""

    id: str
    """22 characters, made of the code's secret."""
    verifier: str
    """Ed25519 public key, 43 characters; whoever has the code can sign for it."""
    site: str
    label: str
    until: int
    """Unix seconds; from then on it leads nowhere."""
    replaces: str | None = None
    """Key of the workstation that is revoked when this code is used; its rooms pass over."""
    used_by: str | None = None
    """Key of the workstation that used it. Nobody else may."""


@dataclass(frozen=True, slots=True)
class Workstation:
    """A workstation that is or was known."""

    key: str
    """Ed25519 public key, 43 characters."""
    site: str
    label: str
    since: int
    """Unix seconds; with `Way.SIGN_IN` when the last sign-in happened."""
    way: Way
    until: int | None = None
    """From then on it is not accepted any more; None for no end."""
    person: str | None = None
    """Who signed in: an HMAC over issuer and subject, 43 characters, never the subject itself."""
    revoked_at: int | None = None
    replaces: str | None = None
    """Key of the workstation whose rooms it took over."""

    @property
    def id(self) -> str:
        """By which people name it: the owner's 16 bytes in hexadecimal digits."""
        return from_b64url(self.owner).hex()

    @property
    def owner(self) -> str:
        """The opaque owner of its rooms."""
        return owner_id(self.key)

    def holds(self, now: int) -> bool:
        """True while it is accepted."""
        return self.revoked_at is None and (self.until is None or now < self.until)


class WorkstationStore(Protocol):
    """Offers and workstations. Each method is one transaction: it happens as a whole or raises Refusal and changes nothing.

    Any number of processes may use one store at the same time. Every method may raise StateUnavailable.
    """

    async def add_offer(self, offer: Offer) -> None: ...

    async def find_offer(self, offer: str) -> Offer | None: ...

    async def redeem(self, offer: str, workstation: Workstation) -> Workstation:
        """Use the offer for this workstation (its `since` is now) and register it; what the offer replaces is revoked in the same step.

        Of several at once one wins. Who used it already gets the same again, as it is registered now. Refuses `unknown-code`,
        `expired-link`, `conflict` (somebody else used it) and `unauthorised` (this key was revoked).
        """
        ...

    async def register(self, workstation: Workstation) -> Workstation:
        """Register or renew without an offer. Refuses `unauthorised` for a key that was revoked; for a sign-in also `conflict` (a code
        holds), `not-yours` (somebody else signed in before) and `right-spent` (not later than the last one)."""
        ...

    async def find(self, key: str) -> Workstation | None: ...

    async def workstations(self) -> Sequence[Workstation]:
        """All, the revoked and expired ones among them, by site, label and age."""
        ...

    async def has_site(self, site: str) -> bool:
        """True if any of them belongs there."""
        ...

    async def revoke(self, key: str, now: int) -> Workstation | None:
        """Accept this key never again; None if there is none. Repeating it changes nothing."""
        ...

    async def ended_since(self, then: int, now: int) -> Sequence[str]:
        """Keys that were revoked or that expired from `then` until `now`, both included."""
        ...

    async def forget(self, before: int) -> None:
        """Delete offers, and sign-ins that ended by themselves, whose end lies before that."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class NoSignIn(Exception):
    """Nobody is registered. `why` is told to the program."""

    def __init__(self, why: SignInRefusal) -> None:
        super().__init__(why.value)
        self.why = why


class SignIns(Protocol):
    """Sign-ins at the agency's identity provider, where there is one."""

    @property
    def terms(self) -> SignInTerms: ...

    async def enrol(self, wanted: EnrolByToken, values: Handshake) -> Workstation:
        """Register or renew. Raises NoSignIn and StateUnavailable."""
        ...
