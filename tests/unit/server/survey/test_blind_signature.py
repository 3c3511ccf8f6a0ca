"""Blind signatures against the vectors of RFC 9474, appendix A, and against what they must not do."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.server.survey.blind_signature import BlindSignatureError, Signer, new_key
from tests.contract.test_golden_messages import golden
from tests.support.blinding import blind

Vector = dict[str, str]


def signer_of(vector: Vector) -> Signer:
    p, q, d = (int(vector[name], 16) for name in ("p", "q", "d"))
    public = rsa.RSAPublicNumbers(int(vector["e"], 16), int(vector["n"], 16))
    numbers = rsa.RSAPrivateNumbers(p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public)
    return Signer(numbers.private_key())


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(new_key())


@pytest.mark.parametrize("vector", golden("survey.json")["rfc9474"], ids=lambda v: v["name"])
def test_the_vectors_of_the_rfc(vector: Vector) -> None:
    values: dict[str, Any] = {
        name: bytes.fromhex(vector[name].removeprefix("0x")) for name in ("msg", "msg_prefix", "salt", "blinded_msg", "blind_sig", "sig")
    }
    message = values["msg_prefix"] + values["msg"]
    made = blind(int(vector["n"], 16), message, int(vector["e"], 16), values["salt"], int(vector["inv"], 16))
    assert made.blinded == values["blinded_msg"]
    signer = signer_of(vector)
    assert signer.blind_sign(made.blinded) == values["blind_sig"]
    assert made.finalize(values["blind_sig"]) == values["sig"]
    assert signer.holds(message, values["sig"])
    assert not signer.holds(message + b"x", values["sig"])


def test_a_right_of_another_key_does_not_hold(signer: Signer) -> None:
    n = int.from_bytes(signer.modulus, "big")
    made = blind(n, b"message")
    signature = made.finalize(signer.blind_sign(made.blinded))
    assert signer.holds(b"message", signature)
    assert not Signer(new_key()).holds(b"message", signature)
    assert not signer.holds(b"message", signature[:-1])


def test_the_same_message_is_signed_the_same_way(signer: Signer) -> None:
    made = blind(int.from_bytes(signer.modulus, "big"), b"message")
    assert signer.blind_sign(made.blinded) == signer.blind_sign(made.blinded)


@pytest.mark.parametrize("what", ["zero", "modulus", "more", "short", "long"])
def test_what_is_no_number_below_the_modulus_is_not_signed(signer: Signer, what: str) -> None:
    broken = {"zero": bytes(256), "modulus": signer.modulus, "more": b"\xff" * 256, "short": secrets.token_bytes(255), "long": bytes(257)}
    with pytest.raises(BlindSignatureError):
        signer.blind_sign(broken[what])
