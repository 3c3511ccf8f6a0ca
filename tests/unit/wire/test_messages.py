"""The parser under fire: whatever comes in, the answer is a message or a WireError with a code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import messages, talk
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(["join", "kept", "beat", "offer", "candidate", "leave", "admit", "nonsense"])
FIELDS = st.sampled_from(["seq", "room", "token", "language", "seat", "secret", "n", "epoch", "sdp", "candidate", "mid", "line", "to"])


def code_of(text: str | bytes) -> Code | None:
    try:
        messages.page_codec().parse(text)
    except WireError as error:
        return error.code
    return None


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_noise_is_refused_with_a_code(noise: str | bytes) -> None:
    assert code_of(noise) in {Code.MALFORMED, Code.UNKNOWN_TYPE}


@given(TYPES, st.dictionaries(FIELDS, JSON_VALUES, max_size=8))
def test_known_fields_with_wrong_values_never_escape_the_parser(kind: str, fields: dict[str, object]) -> None:
    assert code_of(json.dumps({"type": kind, **fields})) in {None, Code.MALFORMED, Code.UNKNOWN_TYPE}


def test_too_large_comes_before_reading() -> None:
    assert code_of("[" * (MAX_MESSAGE_BYTES + 1)) is Code.TOO_LARGE


def test_a_lone_surrogate_is_malformed() -> None:
    assert code_of('{"type":"beat","seq":1,"n":"\ud800"}') is Code.MALFORMED


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert messages.page_codec().parse('{"type":"beat","seq":1,"n":2,"later":true}') == messages.Beat(seq=1, n=2)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_talk_noise_is_refused_with_a_code(noise: str | bytes) -> None:
    with pytest.raises(WireError):
        talk.parse_talk(noise)


def test_a_chat_line_has_a_longest_length() -> None:
    fits = talk.Chat(id="abcdefgh", text="x" * talk.MAX_LINE_CHARS)
    assert talk.parse_talk(talk.encode_talk(fits)) == fits
    with pytest.raises(WireError):
        talk.parse_talk(json.dumps({"type": "chat", "id": "abcdefgh", "text": "x" * (talk.MAX_LINE_CHARS + 1)}))
