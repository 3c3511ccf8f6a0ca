"""Signed proofs of who the client is (RFC 7523, section 2.2). Imports the settings only; logs nothing."""

from __future__ import annotations

import time
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain.secrets import b64url, new_id
from app.services.mail.sign_in import SignIn

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LASTS_S = 300
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
"""RFC 7518, section 3.4."""

Key = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


def assertion(settings: SignIn) -> str:
    """A fresh one, for this moment and the provider only. Reads files. Raises OSError, or ValueError for a key or certificate that cannot
    be used."""
    key = _key(Path(settings.key_file).read_bytes())
    headers = {}
    if settings.key_id:
        headers["kid"] = settings.key_id
    if settings.certificate_file:
        certificate = x509.load_pem_x509_certificate(Path(settings.certificate_file).read_bytes())
        headers["x5t#S256"] = b64url(certificate.fingerprint(SHA256()))
    now = int(time.time())
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": settings.audience or settings.token_endpoint,
        "jti": new_id(),
        "iat": now,
        "nbf": now,
        "exp": now + LASTS_S,
    }
    return jwt.encode(claims, key, _algorithm(key, settings), headers)


def _key(pem: bytes) -> Key:
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("the key has a passphrase") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise ValueError("the key is of a kind that signs no assertion")
    return key


def _algorithm(key: Key, settings: SignIn) -> str:
    if isinstance(key, RSAPrivateKey):
        return settings.rsa_algorithm
    if isinstance(key, Ed25519PrivateKey):
        return "EdDSA"
    algorithm = _CURVES.get(key.curve.name)
    if algorithm is None:
        raise ValueError("the key's curve signs no assertion")
    return algorithm
