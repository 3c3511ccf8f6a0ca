"""Packets in, pictures out."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from app.media.assembler import CodedPicture, FrameAssembler, MediaPacket


def packets(count: int, each: int = 3, first: int = 65530, keys: tuple[int, ...] = (0,)) -> list[MediaPacket]:
    """`count` pictures of `each` packets, beginning near the wrap of the sequence numbers."""
    return [
        MediaPacket(
            sequence=(first + picture * each + part) & 0xFFFF,
            timestamp=picture * 3000,
            marker=part == each - 1,
            starts=part == 0,
            key=part == 0 and picture in keys,
            data=bytes([picture % 256, part]),
        )
        for picture in range(count)
        for part in range(each)
    ]


def feed(assembler: FrameAssembler, some: list[MediaPacket]) -> list[CodedPicture]:
    return [picture for packet in some for picture in assembler.add(packet)]


def numbers(pictures: list[CodedPicture]) -> list[int]:
    return [picture.timestamp // 3000 for picture in pictures]


def test_a_picture_leaves_with_its_last_packet() -> None:
    assembler = FrameAssembler()
    left = [numbers(assembler.add(packet)) for packet in packets(3)]
    assert left == [[], [], [0], [], [], [1], [], [], [2]]


def test_its_data_is_put_together() -> None:
    assert feed(FrameAssembler(), packets(1))[0] == CodedPicture(bytes([0, 0, 0, 1, 0, 2]), 0, True)


def test_without_a_marker_the_next_picture_ends_it() -> None:
    some = [MediaPacket(p.sequence, p.timestamp, False, p.starts, p.key, p.data) for p in packets(3)]
    assert numbers(feed(FrameAssembler(), some)) == [0, 1]


def test_after_a_repair_everything_leaves_at_once() -> None:
    assembler = FrameAssembler()
    some = packets(8)
    lost = some.pop(7)
    assert numbers(feed(assembler, some)) == [0, 1]
    assert assembler.missing() == [lost.sequence]
    assert numbers(assembler.add(lost)) == [2, 3, 4, 5, 6, 7]
    assert assembler.first_missing is None


@given(seed=st.integers(0, 10_000), each=st.integers(1, 6), spread=st.integers(1, 20))
def test_disorder_changes_nothing(seed: int, each: int, spread: int) -> None:
    chance = random.Random(seed)
    head, *rest = packets(20, each)
    rest = [packet for _, packet in sorted(enumerate(rest), key=lambda pair: pair[0] + chance.random() * spread)]
    assembler = FrameAssembler()
    assert numbers(feed(assembler, [head, *rest])) == list(range(20))
    assert assembler.missing() == []


@given(seed=st.integers(0, 10_000))
def test_what_comes_twice_is_used_once(seed: int) -> None:
    some = packets(10)
    again = random.Random(seed).choices(some, k=15)
    assert numbers(feed(FrameAssembler(), sorted(some + again, key=lambda p: (p.timestamp, p.data)))) == list(range(10))


@given(lost=st.sets(st.integers(3, 50), min_size=1, max_size=5))
def test_a_key_frame_behind_a_gap_is_not_kept_waiting(lost: set[int]) -> None:
    assembler = FrameAssembler()
    some = [p for n, p in enumerate(packets(30, keys=(0, 20))) if n not in lost]
    assert numbers(feed(assembler, some))[-10:] == list(range(20, 30))
    assert assembler.first_missing is None


def test_nothing_leaves_before_a_key_frame() -> None:
    assembler = FrameAssembler()
    assert feed(assembler, packets(5, keys=(3,))[:9]) == []
    assert assembler.needs_key_frame
    assert numbers(feed(assembler, packets(5, keys=(3,))[9:])) == [3, 4]
    assert not assembler.needs_key_frame


def test_beginning_in_the_middle_of_a_picture_shows_no_half() -> None:
    assert numbers(feed(FrameAssembler(), packets(4, keys=(0, 2))[1:])) == [2, 3]


def test_given_up_it_waits_for_a_key_frame() -> None:
    assembler = FrameAssembler()
    some = packets(12, keys=(0, 9))
    feed(assembler, some[:6] + some[7:12])
    assembler.give_up()
    assert assembler.needs_key_frame
    assert numbers(feed(assembler, some[12:])) == [9, 10, 11]


def test_a_long_gap_does_not_fill_the_memory() -> None:
    assembler = FrameAssembler()
    some = packets(900, keys=(0,))
    feed(assembler, some[:4] + some[5:])
    assert len(assembler._packets) < 1100
    assert assembler.needs_key_frame


def test_a_sender_that_began_anew_is_followed() -> None:
    assembler = FrameAssembler()
    feed(assembler, packets(3))
    assert numbers(feed(assembler, packets(3, first=30_000))) == [0, 1, 2]


@given(data=st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 9), st.booleans(), st.booleans(), st.booleans()), max_size=200))
def test_nonsense_does_no_harm(data: list[tuple[int, int, bool, bool, bool]]) -> None:
    assembler = FrameAssembler()
    for sequence, timestamp, marker, starts, key in data:
        assembler.add(MediaPacket(sequence, timestamp, marker, starts, starts and key, b"x"))
        assert len(assembler.missing()) <= 64
