"""Seats, windows of time, tokens."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rooms import ALLOWED_SEAT_STEPS, SeatState, TimeWindow
from app.domain.secrets import b64url, code_in_threes, from_b64url, hash_code, hash_secret, look_key, new_code, new_id, new_token


def test_nothing_leads_out_of_a_seat_that_is_over() -> None:
    assert set(ALLOWED_SEAT_STEPS) == set(SeatState)
    for state, steps in ALLOWED_SEAT_STEPS.items():
        assert state.is_over == (not steps)
        assert state not in steps


@given(st.binary(max_size=80))
def test_base64url_round_trip(data: bytes) -> None:
    assert from_b64url(b64url(data)) == data


def test_tokens_and_ids_have_their_length_and_differ() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert {len(t) for t in tokens} == {43}
    assert len(new_id()) == 22
    token = tokens.pop()
    assert len({token, look_key(token), hash_secret(token), hash_secret(look_key(token))}) == 4


def test_tokens_and_ids_are_random_bytes_of_the_system_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def drawn(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    monkeypatch.setattr(secrets, "token_bytes", drawn)
    assert new_token() == b64url(bytes(range(32)))
    assert new_id() == b64url(bytes(range(16)))
    assert asked == [32, 16], "256 bit for what opens something, 128 for what names it"


@pytest.mark.parametrize(("opens", "starts", "closes", "minutes"), [(10, 5, 20, 30), (0, 20, 20, 30), (0, 5, 20, 0), (0, 5, 20, 481)])
def test_impossible_windows_are_refused(opens: int, starts: int, closes: int, minutes: int) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        TimeWindow(starts_at=starts, minutes=minutes, opens_at=opens, closes_at=closes)


def test_a_code_has_nine_digits_and_is_read_out_in_threes() -> None:
    codes = [new_code() for _ in range(200)]
    assert all(len(code) == 9 and code.isdecimal() and code.isascii() for code in codes)
    assert len(set(codes)) == 200
    assert code_in_threes("004711815") == "004 711 815"
    assert len(hash_code(codes[0])) == 43
