"""Every way in which an ID token may be wrong, and that none of them is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.enrolment.id_token import FRESH_S, SKEW_S, Demands, Fault, Person, Unacceptable, header_of, matching, person_of
from app.server.enrolment.sign_in import Sites
from tests.support.oidc_provider import SigningKey

ISSUER, CLIENT, NONCE = "https://id.example.org/realms/agency", "videoberatung", "n" * 43
DEMANDS = Demands(ISSUER, CLIENT, 8 * 3600, ("two", "three"), ("mfa",))
RSA, EC = SigningKey.new("rsa"), SigningKey.new("ec", "ES256")
KEYS = [RSA.jwk(), EC.jwk()]


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": ISSUER, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "auth_time": now, "nonce": NONCE}
    good |= {"acr": "two", "amr": ["pwd", "mfa"]}
    return {name: value for name, value in (good | changes).items() if value is not None}


def looked_at(token: str, keys: list[dict[str, Any]] = KEYS, nonce: str = NONCE) -> Person:
    key = matching(keys, header_of(token))
    if key is None:
        raise Unacceptable(Fault.UNKNOWN_KEY)
    return person_of(token, key, DEMANDS, nonce)


def fault(token: str, keys: list[dict[str, Any]] = KEYS, nonce: str = NONCE) -> Fault:
    with pytest.raises(Unacceptable) as caught:
        looked_at(token, keys, nonce)
    return caught.value.fault


def bare(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(body).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize("key", [RSA, EC], ids=["RS256", "ES256"])
def test_a_good_token(key: SigningKey) -> None:
    person = looked_at(key.sign(claims(aud=[CLIENT], azp=CLIENT, groups=["a"])))
    assert (person.subject, person.claims["groups"]) == ("1", ["a"])
    assert "1" not in repr(person)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": ISSUER + "/"}, Fault.ISSUER),
        ({"iss": None}, Fault.CLAIMS),
        ({"aud": "another"}, Fault.AUDIENCE),
        ({"aud": [CLIENT, "another"]}, Fault.AUDIENCE),
        ({"aud": [CLIENT, "another"], "azp": "another"}, Fault.AUDIENCE),
        ({"azp": "another"}, Fault.AUDIENCE),
        ({"exp": lambda now: now - SKEW_S - 30}, Fault.TIME),
        ({"exp": None}, Fault.CLAIMS),
        ({"iat": lambda now: now + SKEW_S + 300}, Fault.TIME),
        ({"iat": lambda now: now - FRESH_S - SKEW_S - 30}, Fault.TIME),
        ({"iat": None}, Fault.CLAIMS),
        ({"iat": str(int(time.time()))}, Fault.CLAIMS),
        ({"nbf": lambda now: now + SKEW_S + 300}, Fault.TIME),
        ({"nonce": "m" * 43}, Fault.NONCE),
        ({"nonce": None}, Fault.CLAIMS),
        ({"sub": ""}, Fault.SUBJECT),
        ({"sub": "x" * 256}, Fault.SUBJECT),
        ({"sub": 1}, Fault.SUBJECT),
        ({"auth_time": None}, Fault.AUTH_TIME),
        ({"auth_time": lambda now: now - 8 * 3600 - SKEW_S - 30}, Fault.AUTH_TIME),
        ({"auth_time": lambda now: now + SKEW_S + 300}, Fault.AUTH_TIME),
        ({"acr": "one"}, Fault.ACR),
        ({"acr": None}, Fault.ACR),
        ({"acr": ["two"]}, Fault.ACR),
        ({"amr": ["pwd"]}, Fault.AMR),
        ({"amr": "mfa"}, Fault.AMR),
        ({"amr": None}, Fault.AMR),
    ],
    ids=lambda value: value.value if isinstance(value, Fault) else next(iter(value)),
)
def test_a_claim_that_is_wrong(changes: dict[str, Any], expected: Fault) -> None:
    """Times are counted from when the test runs, not from when it was collected: that may be long ago."""
    changed = {name: value(time.time()) if callable(value) else value for name, value in changes.items()}
    assert fault(RSA.sign(claims(**changed))) is expected


def test_no_signature_at_all() -> None:
    assert fault(bare({"alg": "none"}, claims())) is Fault.ALGORITHM
    assert fault(bare({"alg": "NonE", "kid": "rsa"}, claims())) is Fault.ALGORITHM
    assert fault(bare({"alg": "RS256", "kid": "rsa"}, claims())) is Fault.SIGNATURE


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    """The confusion of RS256 with HS256 (RFC 8725, section 2.1)."""
    public = json.dumps(RSA.jwk()).encode()
    signed, _, _ = bare({"alg": "HS256", "kid": "rsa"}, claims()).rpartition(".")
    mac = hmac.digest(public, signed.encode(), hashlib.sha256)
    assert fault(f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}") is Fault.ALGORITHM
    secret = {"kty": "oct", "kid": "rsa", "k": base64.urlsafe_b64encode(public).decode()}
    assert fault(RSA.sign(claims()), [secret]) is Fault.UNKNOWN_KEY


def test_a_key_signs_by_its_own_algorithm_only() -> None:
    token = RSA.sign(claims())
    assert fault(token, [RSA.jwk() | {"alg": "PS256"}]) is Fault.UNKNOWN_KEY
    assert fault(token, [RSA.jwk() | {"use": "enc"}]) is Fault.UNKNOWN_KEY
    assert fault(token, [EC.jwk() | {"kid": "rsa"}]) is Fault.UNKNOWN_KEY
    assert fault(token, [RSA.jwk(), RSA.jwk()]) is Fault.UNKNOWN_KEY
    assert fault(SigningKey.new("rsa").sign(claims())) is Fault.SIGNATURE


def test_a_key_without_a_name_counts_only_when_there_is_no_other() -> None:
    unnamed = {name: value for name, value in RSA.jwk().items() if name != "kid"}
    token = RSA.sign(claims(), kid=None)
    assert looked_at(token, [unnamed]).subject == "1"
    assert fault(token, [RSA.jwk(), SigningKey.new("other").jwk()]) is Fault.UNKNOWN_KEY


def test_headers_that_would_lead_elsewhere_lead_nowhere() -> None:
    mallory = SigningKey.new("rsa")
    assert fault(mallory.sign(claims(), jwk=mallory.jwk(), jku="https://mallory.example/keys")) is Fault.SIGNATURE
    assert fault(RSA.sign(claims(), crit=["exp"], exp=1)) is Fault.UNREADABLE
    assert fault(RSA.sign(claims(), typ="logout+jwt")) is Fault.UNREADABLE


@given(st.text(st.characters(codec="ascii"), max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,9}"))
def test_anything_else_is_refused(text: str) -> None:
    assert fault(text) in (Fault.UNREADABLE, Fault.ALGORITHM, Fault.UNKNOWN_KEY, Fault.SIGNATURE)


@pytest.mark.parametrize(
    ("said", "site"),
    [("/nord", "nord"), (["/nord", "/other"], "nord"), (["/nord", "/north"], "nord"), (["/nord", "/west"], None), ([], None), (7, None)],
)
def test_where_somebody_belongs(said: Any, site: str | None) -> None:
    sites = Sites("fixed", "groups", {"/nord": "nord", "/north": "nord", "/west": "west"})
    assert Sites("fixed").of({}) == "fixed"
    if site is not None:
        assert sites.of({"groups": said}) == site
        return
    with pytest.raises(Unacceptable) as caught:
        sites.of({"groups": said})
    assert caught.value.fault is Fault.SITE
