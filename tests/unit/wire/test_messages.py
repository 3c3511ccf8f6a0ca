"""The parser under fire: whatever comes in, the answer is a message or a WireError with a code."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import messages, readiness, talk
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES, MAX_ROOMS, MAX_SDP_CHARS, ROOMS_IN_A_PART

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(
    ["join", "relay", "join-code", "resume", "kept", "beat", "probe", "offer", "candidate", "leave", "admit", "nonsense"]
)
FIELDS = st.sampled_from(
    ["seq", "room", "token", "code", "language", "seat", "secret", "n", "look", "filler", "epoch", "sdp", "candidate", "mid", "line", "to"]
)
REPORTED = st.sampled_from(["token", "code", "room", "seat", "secret", "step", "reason", "camera", "network", "wish"])


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


@given(st.binary(max_size=400) | st.text(max_size=400) | st.dictionaries(REPORTED, JSON_VALUES, max_size=6).map(json.dumps))
def test_noise_is_no_report(noise: str | bytes) -> None:
    with pytest.raises(WireError):
        readiness.parse_report(noise)


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


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from('"\\\r\n'), min_size=1))
def test_an_offer_fits_the_wire_with_everything_the_server_adds(piece: str) -> None:
    sdp = (piece * MAX_SDP_CHARS)[:MAX_SDP_CHARS]
    most = {"seq": 2**53 - 1, "room": "r" * 22, "epoch": 2**31 - 1, "to": "t" * 22}
    offer = messages.page_codec().parse(json.dumps({"type": "offer", **most, "sdp": sdp}))
    passed_on = messages.encode(msgspec.structs.replace(offer, from_="f" * 22))
    assert messages.control_codec().parse(passed_on) == msgspec.structs.replace(offer, from_="f" * 22)


@pytest.mark.parametrize("sdp", ["s=\u00e4\r\n", "a" * (MAX_SDP_CHARS + 1), "\x00", "\x7f", ""])
def test_what_no_browser_writes_is_no_description(sdp: str) -> None:
    assert code_of(json.dumps({"type": "offer", "seq": 1, "room": "r" * 22, "epoch": 1, "sdp": sdp})) is Code.MALFORMED


def card(**values: object) -> messages.RoomCard:
    """The largest card there can be."""
    largest = {
        "room": "r" * 22,
        "site": "s" * 32,
        "label": "\U0001f600" * 80,
        "phone": "0" * 40,
        "token_hash": "t" * 43,
        "look_hash": "l" * 43,
        "code_hash": "c" * 43,
    }
    times = {"starts_at": 2**40, "minutes": 480, "opens_at": 2**40, "closes_at": 2**40}
    return msgspec.convert({**largest, **times, "language": "de-" + "a" * 8, **values}, messages.RoomCard)


@pytest.mark.parametrize("count", [0, 1, ROOMS_IN_A_PART, ROOMS_IN_A_PART + 1, 1000])
def test_rooms_are_published_in_parts_that_fit(count: int) -> None:
    rooms = [card(minutes=1 + n % 480) for n in range(count)]
    parts = messages.publish_parts(rooms)
    assert [room for part in parts for room in part.rooms] == rooms
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]
    for part in parts:
        assert messages.workstation_codec().parse(messages.encode(part)) == part
    assert MAX_ROOMS >= 1000


def test_secrets_do_not_show() -> None:
    room, secret = "r" * 22, "geheim-" + "x" * 36
    server = messages.IceServer(urls=["turn:192.0.2.7"], username="u", credential=secret)
    shown = [
        messages.Join(seq=1, token=secret, language="de", seat=room, secret=secret),
        messages.Resume(seq=1, room=room, seat=room, secret=secret),
        messages.JoinCode(seq=1, code="geheim", language="de"),
        messages.Probe(seq=1, n=1, filler="geheim"),
        readiness.Report(token=secret),
        readiness.Report(code="geheim"),
        messages.Waiting(seq=1, room=room, seat=room, reached=True, secret=secret),
        messages.Admitted(seq=1, room=room, seat=room, peer=room, epoch=0, ice_servers=[server], secret=secret),
        messages.Welcome(seq=1, owner=room, signature="s" * 86, ice_servers=[server]),
        messages.Offer(seq=1, room=room, epoch=1, sdp=f"a=ice-pwd:{secret}"),
        messages.Answer(seq=1, room=room, epoch=1, sdp=f"a=ice-pwd:{secret}"),
        messages.Candidate(seq=1, room=room, epoch=1, candidate=secret),
        talk.Chat(id="abcdefgh", text=secret),
    ]
    for message in shown:
        assert "geheim" not in repr(message) + str(message) + f"{message}"
        assert type(message).__name__ in repr(message)
    assert repr(messages.Kept(seq=3, room=room)) == f"Kept(seq=3, room='{room}')"
    assert "secret=None" in repr(messages.Waiting(seq=1, room=room, seat=room, reached=True))
