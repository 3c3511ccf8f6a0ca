"""Members, their files, and what is sealed for them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.paths import RESOURCES
from app.services.keys import WorkstationKey
from app.services.team.members import Member, MemberFileError, OwnKeys, by_id, fingerprint, read_member, read_team
from app.services.team.sealing import PADDED_TO, SealError, SealTrouble, seal, unseal
from app.services.wordlist import WordLists

PLACE = "copies/ab/cd.sealed"


def keys_of(number: int) -> OwnKeys:
    return OwnKeys(WorkstationKey(bytes([number]) * 32), bytes([number + 100]) * 32)


ANNA, BERND, CARLA = keys_of(1), keys_of(2), keys_of(3)
MEMBERS = [ANNA.member("Anna"), BERND.member("Bernd")]
KNOWN = by_id(MEMBERS)


def trouble(own: OwnKeys, sealed: bytes, place: str = PLACE, known=KNOWN) -> SealTrouble:
    with pytest.raises(SealError) as raised:
        unseal(own, known, place, sealed)
    return raised.value.trouble


def test_members_open_what_a_member_sealed() -> None:
    sealed = seal(ANNA, MEMBERS, PLACE, b'{"name": "Aylin"}')
    opened = unseal(BERND, KNOWN, PLACE, sealed)
    assert opened.sender == MEMBERS[0]
    assert msgspec.json.decode(opened.content) == {"name": "Aylin"}
    assert opened.recipients == {member.seal_key for member in MEMBERS}
    assert b"Aylin" not in sealed


def test_lengths_tell_little() -> None:
    lengths = {len(seal(ANNA, MEMBERS, PLACE, b"x" * size)) for size in (1, 700, PADDED_TO)}
    assert len(lengths) == 1


def test_nobody_else_opens_it() -> None:
    assert trouble(CARLA, seal(ANNA, MEMBERS, PLACE, b"{}")) is SealTrouble.NOT_FOR_US


def test_what_a_stranger_sealed_is_not_believed() -> None:
    assert trouble(BERND, seal(CARLA, MEMBERS, PLACE, b"{}")) is SealTrouble.UNKNOWN_SENDER


def test_another_place_breaks_the_seal() -> None:
    assert trouble(BERND, seal(ANNA, MEMBERS, PLACE, b"{}"), "copies/ab/ce.sealed") is SealTrouble.BROKEN


def test_a_member_cannot_pass_something_off_as_somebody_elses() -> None:
    """Bernd knows what Anna sealed, and signs it anew under her name."""
    envelope = msgspec.msgpack.decode(seal(BERND, MEMBERS, PLACE, b"{}"))
    envelope[1] = ANNA.id
    assert trouble(BERND, msgspec.msgpack.encode(envelope)) is SealTrouble.BROKEN


@settings(max_examples=200)
@given(st.data())
def test_whatever_is_changed_is_found_out(data: st.DataObject) -> None:
    sealed = bytearray(seal(ANNA, MEMBERS, PLACE, b'{"a": 1}'))
    where = data.draw(st.integers(0, len(sealed) - 1))
    sealed[where] ^= data.draw(st.integers(1, 255))
    assert trouble(BERND, bytes(sealed)) in (SealTrouble.BROKEN, SealTrouble.UNKNOWN_SENDER)


@given(st.binary(max_size=300))
def test_anything_at_all_is_only_broken(junk: bytes) -> None:
    assert trouble(BERND, junk) in (SealTrouble.BROKEN, SealTrouble.UNKNOWN_SENDER)


def test_a_members_file() -> None:
    assert read_member(ANNA.file("  Anna Weiß ")) == ANNA.member("Anna Weiß")


@pytest.mark.parametrize(
    ("part", "value", "key"),
    [
        ("name", "Bernd", "app.team.file.broken"),
        ("name", "A\nB", "app.team.file.name"),
        ("name", "A\u202eB", "app.team.file.name"),
        ("seal_key", BERND.member("").seal_key, "app.team.file.broken"),
        ("sign_key", BERND.member("").sign_key, "app.team.file.broken"),
        ("seal_key", "short", "app.team.file.broken"),
        ("seal_key", "ä" * 43, "app.team.file.broken"),
        ("videoberatung_member", 2, "app.team.file.newer"),
    ],
)
def test_a_changed_file_is_refused(part: str, value: object, key: str) -> None:
    file = msgspec.json.decode(ANNA.file("Anna"))
    with pytest.raises(MemberFileError) as raised:
        read_member(msgspec.json.encode(file | {part: value}))
    assert raised.value.key == key


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_no_name_is_no_name(name: str) -> None:
    with pytest.raises(MemberFileError):
        ANNA.file(name)


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff", b"[" * 3000, b"x" * 5000])
def test_no_file_at_all(junk: bytes) -> None:
    with pytest.raises(MemberFileError):
        read_member(junk)


def test_one_false_entry_and_the_list_of_it_is_not_taken() -> None:
    files = [msgspec.json.decode(keys.file(name)) for keys, name in ((ANNA, "Anna"), (BERND, "Bernd"))]
    assert [member.name for member in read_team(msgspec.json.encode({"members": files}))] == ["Anna", "Bernd"]
    files[1]["name"] = "Carla"
    with pytest.raises(MemberFileError):
        read_team(msgspec.json.encode({"members": files}))


def test_words_to_compare() -> None:
    words = WordLists(RESOURCES / "words")("de")
    anna = ANNA.member("Anna")
    assert fingerprint(anna, words) == fingerprint(ANNA.member("Another name"), words)
    assert len(set(fingerprint(anna, words))) > 1
    assert len(fingerprint(anna, words)) == 8
    other_seal = Member(id=anna.id, name="Anna", sign_key=anna.sign_key, seal_key=BERND.member("").seal_key)
    assert fingerprint(anna, words) != fingerprint(other_seal, words)


def test_no_name_in_a_repr() -> None:
    assert "Anna" not in repr(ANNA.member("Anna"))
