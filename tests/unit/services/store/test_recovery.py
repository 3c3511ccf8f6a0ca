"""The recovery key on paper: it comes back as it was, and a slip of the pen is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.appointments.ports import StoreError
from app.services.store.recovery import RecoveryKey


@given(st.binary(min_size=20, max_size=20))
def test_what_was_printed_is_read_again_however_it_is_typed(secret: bytes) -> None:
    key = RecoveryKey(secret)
    assert len(key.printed.split("-")) == 9
    assert {len(group) for group in key.printed.split("-")} == {4}
    misread = key.printed.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    for typed in (key.printed, misread, f"  {key.printed.replace('-', chr(10))}\n"):
        assert RecoveryKey.parse(typed) == key


@given(st.binary(min_size=20, max_size=20), st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_is_found(secret: bytes, place: int, sign: str) -> None:
    signs = RecoveryKey(secret).printed.replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    if wrong == signs:
        assert RecoveryKey.parse(wrong).secret == secret
        return
    with pytest.raises(StoreError) as caught:
        RecoveryKey.parse(wrong)
    assert caught.value.key == "app.store.recovery-mistyped"


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 36, "Ä" * 36, "0" * 37, "\ud800" * 36])
def test_what_is_no_key_is_said_so(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        RecoveryKey.parse(text)
    assert caught.value.key == "app.store.recovery-mistyped"


def test_it_shows_itself_to_nobody_by_accident() -> None:
    key = RecoveryKey.new()
    assert key != RecoveryKey.new()
    assert repr(key) == "RecoveryKey()"
