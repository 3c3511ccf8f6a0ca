"""Properties of the safety words: they follow every input, and commitments and macs hold for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.secrets import b64url
from app.wire.safety_words import Fingerprints, commitment, commitment_holds, keep_holds, keep_mac, word_indices

NONCES = st.binary(min_size=32, max_size=32).map(b64url)
PRINTS = st.binary(min_size=32, max_size=32).map(lambda raw: raw.hex(":").upper())


@given(PRINTS, PRINTS, PRINTS, NONCES, NONCES)
def test_another_fingerprint_gives_other_words(browser: str, program: str, other: str, n_b: str, n_p: str) -> None:
    same = word_indices(Fingerprints(browser, program), n_b, n_p)
    assert all(0 <= index < 2048 for index in same)
    if other != program:
        assert word_indices(Fingerprints(browser, other), n_b, n_p) != same


@given(NONCES, NONCES)
def test_a_commitment_opens_with_its_own_nonce_only(nonce: str, other: str) -> None:
    assert commitment_holds(commitment(nonce), nonce)
    assert commitment_holds(commitment(nonce), other) == (nonce == other)


@given(PRINTS, PRINTS, NONCES, NONCES, st.integers(1, 2**31 - 1))
def test_a_mac_holds_for_its_own_side_and_epoch_only(browser: str, program: str, n_b: str, n_p: str, epoch: int) -> None:
    prints = Fingerprints(browser, program)
    mac = keep_mac("browser", epoch, prints, n_b, n_p)
    assert keep_holds(mac, "browser", epoch, prints, n_b, n_p)
    assert not keep_holds(mac, "program", epoch, prints, n_b, n_p)
    assert not keep_holds(mac, "browser", epoch % (2**31 - 1) + 1, prints, n_b, n_p)


@pytest.mark.parametrize("value", ["", "AA", "aa:" * 31 + "aa", "GG:" * 31 + "GG", "AA:" * 32 + "AA"])
def test_only_sha256_in_the_form_of_rfc_8122_is_a_fingerprint(value: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        Fingerprints(value, "AA:" * 31 + "AA")
