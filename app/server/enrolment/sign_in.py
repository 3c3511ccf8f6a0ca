"""Registers a workstation because a person signed in at the agency's identity provider (PROTOCOL.md, section 13; decision 0042).

The server never speaks with the person: it says how to sign in, and looks at the token that comes of it. It keeps neither token nor name;
of the person an HMAC over issuer and subject stays, so that IT can see which workstations are one person's. Knows no connection.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from app.domain.secrets import b64url
from app.server.enrolment.desk import EnrolmentDesk, signature_holds
from app.server.enrolment.id_token import Demands, Fault, Person, Unacceptable, header_of, person_of
from app.server.enrolment.ports import Handshake, NoSignIn, Way, Workstation
from app.server.enrolment.provider import Provider, ProviderAway
from app.server.ports import Refusal
from app.wire.codes import Code
from app.wire.handshake import SignInTerms, token_nonce, token_text
from app.wire.sign_in import EnrolByToken, SignInRefusal

log = structlog.get_logger(__name__)

_TOLD = {
    Fault.ACR: SignInRefusal.TOO_WEAK,
    Fault.AMR: SignInRefusal.TOO_WEAK,
    Fault.AUTH_TIME: SignInRefusal.TOO_WEAK,
    Fault.SITE: SignInRefusal.NO_SITE,
    Fault.LABEL: SignInRefusal.NO_SITE,
}
"""What the program hears, where a person or IT can do something about it; of all else it hears that the token is not accepted."""
_OF_DESK = {Code.UNAUTHORISED: SignInRefusal.REVOKED, Code.NOT_YOURS: SignInRefusal.OTHER_PERSON, Code.CONFLICT: SignInRefusal.CODE_HOLDS}


@dataclass(frozen=True, slots=True)
class Sites:
    """Where a person belongs."""

    fixed: str
    """Where no claim is asked."""
    claim: str | None = None
    of_value: Mapping[str, str] | None = None
    """Value of the claim -> site."""

    def of(self, claims: Mapping[str, Any]) -> str:
        """Raises Unacceptable for none, and for several."""
        if self.claim is None:
            return self.fixed
        said = claims.get(self.claim)
        values = said if isinstance(said, list) else [said]
        known = self.of_value or {}
        found = {known[value] for value in values if isinstance(value, str) and value in known}
        if len(found) != 1:
            raise Unacceptable(Fault.SITE)
        return found.pop()


class SignInDesk:
    """One for each server process whose settings name a provider. The methods are documented at the port `SignIns`."""

    def __init__(
        self,
        demands: Demands,
        scopes: tuple[str, ...],
        provider: Provider,
        sites: Sites,
        label_of: Callable[[str], str | None],
        person_key: bytes,
        enrolment: EnrolmentDesk,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`label_of` gives what people of a site read, None for a site without a label; `person_key` is the key of the HMAC over issuer and
        subject; `now` gives Unix seconds."""
        self._demands = demands
        self._terms = SignInTerms(demands.issuer, demands.client_id, ("openid", *scopes), demands.acr_values, demands.max_age_s)
        self._provider = provider
        self._sites = sites
        self._label_of = label_of
        self._person_key = person_key
        self._enrolment = enrolment
        self._now = now

    @property
    def terms(self) -> SignInTerms:
        return self._terms

    async def enrol(self, wanted: EnrolByToken, values: Handshake) -> Workstation:
        if not signature_holds(wanted.workstation_key, wanted.signature, token_text(*values, wanted.salt, wanted.id_token)):
            raise NoSignIn(SignInRefusal.NOT_ACCEPTED)
        try:
            person = await self._person(wanted, values[0])
            workstation = self._workstation(wanted.workstation_key, person, self._sites.of(person.claims))
            return await self._enrolment.register(workstation)
        except Unacceptable as error:
            log.warning("sign-in-refused", code=error.fault.value)
            raise NoSignIn(_TOLD.get(error.fault, SignInRefusal.NOT_ACCEPTED)) from None
        except ProviderAway:
            raise NoSignIn(SignInRefusal.PROVIDER_AWAY) from None
        except Refusal as refusal:
            log.warning("sign-in-refused", code=refusal.code.value)
            raise NoSignIn(_OF_DESK.get(refusal.code, SignInRefusal.NOT_ACCEPTED)) from None

    async def _person(self, wanted: EnrolByToken, server_key: str) -> Person:
        header = header_of(wanted.id_token)
        key = await self._provider.key(header)
        if key is None:
            raise Unacceptable(Fault.UNKNOWN_KEY)
        return person_of(wanted.id_token, key, self._demands, token_nonce(server_key, wanted.workstation_key, wanted.salt), self._now)

    def _workstation(self, key: str, person: Person, site: str) -> Workstation:
        """Its time begins when the token was issued, so that the same token a second time is no later than the first, and is refused.
        Raises Unacceptable for a site without a label."""
        label = self._label_of(site)
        if label is None:
            raise Unacceptable(Fault.LABEL)
        since = int(person.claims["iat"])
        return Workstation(key, site, label, since, Way.SIGN_IN, since + self._demands.max_age_s, self._hidden(person.subject))

    def _hidden(self, subject: str) -> str:
        parts = [part.encode("utf-8") for part in (self._demands.issuer, subject)]
        text = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
        return b64url(hmac.digest(self._person_key, text, hashlib.sha256))
