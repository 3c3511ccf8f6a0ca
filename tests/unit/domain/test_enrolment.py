"""The one-time code as text: read however people write it, wrong symbols found and named."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enrolment import CodeError, CodeFault, EnrolmentCode
from app.domain.secrets import from_b64url, new_token

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.builds(EnrolmentCode, st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))


def fault_of(text: str) -> tuple[CodeFault, int | None]:
    with pytest.raises(CodeError) as caught:
        EnrolmentCode.parse(text)
    return caught.value.fault, caught.value.group


@given(codes, st.data())
def test_a_code_is_read_however_it_is_written(code: EnrolmentCode, data: st.DataObject) -> None:
    text = code.text
    between = data.draw(st.sampled_from(["-", " ", "", "\n", " – ", "\u2011", " - "]))
    text = text.replace("-", between)
    looks = data.draw(st.sampled_from([str, str.lower, lambda t: t.replace("0", "O").replace("1", "l"), lambda t: t.replace("1", "i")]))
    assert EnrolmentCode.parse(f"  {looks(text)}\r\n") == code


@given(codes, st.integers(0, 64), st.sampled_from(SYMBOLS + "U?ß"))
def test_one_wrong_symbol_is_found_and_its_group_named(code: EnrolmentCode, place: int, symbol: str) -> None:
    groups = code.text.split("-")[1:]
    group, within = divmod(place, 5)
    if groups[group][within] == symbol:
        return
    groups[group] = groups[group][:within] + symbol + groups[group][within + 1 :]
    assert fault_of("-".join(["VB1", *groups])) == (CodeFault.GROUP, group + 1)


@given(codes, st.integers(0, 12), st.integers(0, 3))
def test_two_neighbours_that_were_swapped_are_found(code: EnrolmentCode, group: int, within: int) -> None:
    groups = code.text.split("-")[1:]
    was = groups[group]
    groups[group] = was[:within] + was[within + 1] + was[within] + was[within + 2 :]
    if groups[group] != was:
        assert fault_of("-".join(["VB1", *groups])) == (CodeFault.GROUP, group + 1)


@given(codes, st.integers(0, 12), st.integers(0, 12))
def test_a_group_in_the_wrong_place_is_found(code: EnrolmentCode, one: int, other: int) -> None:
    groups = code.text.split("-")[1:]
    groups[one], groups[other] = groups[other], groups[one]
    if one != other:
        assert fault_of("-".join(["VB1", *groups])) == (CodeFault.GROUP, min(one, other) + 1)


@given(codes, st.integers(0, 12))
def test_what_is_missing_or_too_much_is_told(code: EnrolmentCode, group: int) -> None:
    groups = code.text.split("-")[1:]
    short = [*groups[:group], groups[group][:-1], *groups[group + 1 :]]
    assert fault_of("-".join(["VB1", *short])) == (CodeFault.GROUP, group + 1)
    assert fault_of("-".join(["VB1", *groups[:group], *groups[group + 1 :]])) == (CodeFault.LENGTH, None)
    assert fault_of(code.text + code.text[-6:]) == (CodeFault.LENGTH, None)


@given(st.text())
def test_any_text_is_a_code_or_none(text: str) -> None:
    assert fault_of(text)[0] in CodeFault


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", CodeFault.EMPTY), (" - ", CodeFault.EMPTY), ("hello", CodeFault.OTHER), ("VB2-AB", CodeFault.VERSION), ("VB1", CodeFault.LENGTH)],
)
def test_what_is_no_code_says_why(text: str, fault: CodeFault) -> None:
    assert fault_of(text) == (fault, None)


def test_each_code_is_a_new_one_for_one_server() -> None:
    key = new_token()
    one, other = EnrolmentCode.new(key), EnrolmentCode.new(key)
    assert one.is_for(key)
    assert not one.is_for(new_token())
    assert not one.is_for("no key")
    assert len({one.text, other.text, one.offer, other.offer, one.verifier, other.verifier}) == 6
    assert len(one.secret) * 8 >= 128


@given(codes)
def test_what_the_server_keeps_is_the_public_half(code: EnrolmentCode) -> None:
    public = Ed25519PublicKey.from_public_bytes(from_b64url(code.verifier))
    public.verify(code.signer().sign(b"text"), b"text")
    assert code.secret.hex() not in repr(code)
