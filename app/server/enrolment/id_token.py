"""What an ID token of the agency's identity provider must say before anybody is believed (OpenID Connect Core 1.0, section 3.1.3.7).

PyJWT checks signature, issuer, audience and times; the rest stands here. Does no input or output, logs nothing, keeps no token.
"""

from __future__ import annotations

import enum
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt

KINDS = {"PS256": "RSA", "RS256": "RSA", "ES256": "EC", "ES384": "EC", "EdDSA": "OKP"}
"""The algorithms that count (OWASP ASVS 5.0, 9.1.2) and the kind of key that each needs (RFC 7518, section 6.1; RFC 8037). RS256 is the one
that every provider has (OpenID Connect Core 1.0, section 15.1). None of them works with a secret, so a public key can never pass as one."""
SKEW_S = 60
"""So far the clocks of provider and server may differ."""
FRESH_S = 600
"""A token is of use so long after it was issued: as long as the way from the browser into the program takes, generously."""
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2."""


class Fault(enum.Enum):
    """Why a token does not count. For the log; the program hears less."""

    UNREADABLE = "unreadable"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TIME = "time"
    NONCE = "nonce"
    SUBJECT = "subject"
    CLAIMS = "claims"
    """One that has to be there is not, or is of the wrong kind."""
    AUTH_TIME = "auth-time"
    """The person proved who they are too long ago, or the provider does not say when."""
    ACR = "acr"
    AMR = "amr"
    SITE = "site"
    """The person belongs to no site that is known here, or to several."""
    LABEL = "label"
    """The settings have a table of labels, and the person's site is not in it."""


class Unacceptable(Exception):
    """This token opens nothing."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Demands:
    """What the agency's settings ask of a sign-in."""

    issuer: str
    client_id: str
    max_age_s: int
    """So long ago the person may have proved to the provider who they are."""
    acr_values: tuple[str, ...] = ()
    """One of them, where there are any."""
    amr: tuple[str, ...] = ()
    """All of them (RFC 8176)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an ID token says of its signature; not to be believed yet."""

    algorithm: str
    kid: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for."""

    subject: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def header_of(token: str) -> Header:
    """Which key is wanted. Raises Unacceptable."""
    try:
        said = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise Unacceptable(Fault.UNREADABLE) from None
    if said.get("alg") not in KINDS:
        raise Unacceptable(Fault.ALGORITHM)
    if str(said.get("typ", "JWT")).upper() != "JWT":  # a token of another kind (RFC 8725, section 3.11)
        raise Unacceptable(Fault.UNREADABLE)
    return Header(said["alg"], said.get("kid"))


def matching(keys: Sequence[Mapping[str, Any]], wanted: Header) -> jwt.PyJWK | None:
    """The one key of a JWK set (RFC 7517) that may have made this signature; None for none, or for several."""
    found = [key for key in keys if _fits(key, wanted)]
    if len(found) != 1:
        return None
    try:
        return jwt.PyJWK(dict(found[0]), wanted.algorithm)
    except jwt.PyJWTError:
        return None


def _fits(key: Mapping[str, Any], wanted: Header) -> bool:
    named = wanted.kid is None or key.get("kid") == wanted.kid
    made_for_it = key.get("alg", wanted.algorithm) == wanted.algorithm and key.get("use", "sig") == "sig"
    return named and made_for_it and key.get("kty") == KINDS[wanted.algorithm]


def person_of(token: str, key: jwt.PyJWK, demands: Demands, nonce: str, now: Callable[[], float] = time.time) -> Person:
    """Whom the token vouches for. `nonce` is what binds it to server and workstation. Raises Unacceptable."""
    claims = _signed(token, key, demands)
    at = now()
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise Unacceptable(Fault.NONCE)
    if at - claims["iat"] > FRESH_S + SKEW_S:
        raise Unacceptable(Fault.TIME)
    _check_audience(claims, demands.client_id)
    _check_proof(claims, demands, at)
    subject = claims["sub"]
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise Unacceptable(Fault.SUBJECT)
    return Person(subject, claims)


def _signed(token: str, key: jwt.PyJWK, demands: Demands) -> dict[str, Any]:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=demands.client_id,
            issuer=demands.issuer,
            leeway=SKEW_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"], "enforce_minimum_key_length": True},
        )
    except jwt.PyJWTError as error:
        raise Unacceptable(_fault(error)) from None
    if not isinstance(claims["iat"], int | float):
        raise Unacceptable(Fault.CLAIMS)
    return claims


def _fault(error: jwt.PyJWTError) -> Fault:
    faults: dict[type[jwt.PyJWTError], Fault] = {
        jwt.InvalidSignatureError: Fault.SIGNATURE,
        jwt.InvalidAlgorithmError: Fault.ALGORITHM,
        jwt.InvalidKeyError: Fault.UNKNOWN_KEY,
        jwt.InvalidIssuerError: Fault.ISSUER,
        jwt.InvalidAudienceError: Fault.AUDIENCE,
        jwt.ExpiredSignatureError: Fault.TIME,
        jwt.ImmatureSignatureError: Fault.TIME,
        jwt.InvalidIssuedAtError: Fault.CLAIMS,
        jwt.MissingRequiredClaimError: Fault.CLAIMS,
        jwt.exceptions.InvalidSubjectError: Fault.SUBJECT,
    }
    return next((fault for kind, fault in faults.items() if isinstance(error, kind)), Fault.UNREADABLE)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """Made for us, and asked for by us."""
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if others else client_id) != client_id:
        raise Unacceptable(Fault.AUDIENCE)


def _check_proof(claims: Mapping[str, Any], demands: Demands, at: float) -> None:
    """How, and how long ago, the person proved who they are."""
    auth_time = claims.get("auth_time")
    if not isinstance(auth_time, int | float) or not at - demands.max_age_s - SKEW_S <= auth_time <= at + SKEW_S:
        raise Unacceptable(Fault.AUTH_TIME)
    if demands.acr_values and claims.get("acr") not in demands.acr_values:
        raise Unacceptable(Fault.ACR)
    ways = claims.get("amr")
    if not set(demands.amr) <= {way for way in (ways if isinstance(ways, list) else ()) if isinstance(way, str)}:
        raise Unacceptable(Fault.AMR)
