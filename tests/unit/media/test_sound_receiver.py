"""A lost packet of sound leaves no delay behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.opus import FRAME, OpusEncoder, Pcm
from app.media.sound_receiver import WAIT_PACKETS, SoundReceiver


class Packets(list[bytes]):
    """Says little in a failure."""

    def __repr__(self) -> str:
        return f"<{len(self)} packets>"


@pytest.fixture(scope="module")
def stream() -> Packets:
    encoder = OpusEncoder()
    n = np.arange(FRAME)
    return Packets(encoder.encode((6000 * np.sin((n + k * FRAME) / (20 + k % 3))).astype(np.int16)) for k in range(120))


def play(stream: Sequence[bytes], order: Sequence[int], first: int = 65500) -> tuple[SoundReceiver, list[int]]:
    """The number of 20 ms frames that had come out after each packet that went in."""
    out: list[Pcm] = []
    receiver = SoundReceiver(out.append)
    after = []
    for number in order:
        receiver.add((first + number) & 0xFFFF, number * FRAME, stream[number])
        after.append(sum(len(pcm) for pcm in out) // FRAME)
    return receiver, after


def test_in_order_each_packet_comes_out_at_once(stream: list[bytes]) -> None:
    _, after = play(stream, range(60))
    assert after == list(range(1, 61))


def test_after_a_loss_nothing_is_late(stream: list[bytes]) -> None:
    receiver, after = play(stream, [n for n in range(60) if n != 20])
    assert after[18:20] == [19, 20]
    assert after[20] == 20, "one packet is waited for"
    assert after[21:] == list(range(23, 61)), "then everything is there again, the lost one included"
    assert (receiver.restored, receiver.concealed) == (1, 0)


def test_several_losses_in_a_row_are_concealed(stream: list[bytes]) -> None:
    receiver, after = play(stream, [n for n in range(60) if n not in (20, 21, 22)])
    assert after[-1] == 60
    assert (receiver.restored, receiver.concealed) == (1, 2)


def test_a_packet_that_comes_a_little_late_is_used(stream: list[bytes]) -> None:
    receiver, after = play(stream, [0, 1, 3, 2, 4, 5])
    assert after == [1, 2, 2, 4, 5, 6]
    assert receiver.restored + receiver.concealed == 0


def test_one_that_comes_too_late_is_passed_over(stream: list[bytes]) -> None:
    _, after = play(stream, [0, 1, 3, 4, 5, 2, 6])
    assert after == [1, 2, 2, 5, 6, 6, 7]


@settings(max_examples=25)
@given(lost=st.sets(st.integers(1, 110), max_size=40), first=st.integers(0, 65535))
def test_whatever_is_lost_the_delay_is_bounded(stream: list[bytes], lost: set[int], first: int) -> None:
    order = [n for n in range(120) if n not in lost]
    _, after = play(stream, order, first)
    for before, out in zip(order, after[WAIT_PACKETS - 1 :], strict=False):
        assert out >= before + 1, "only the newest packets are held"
    assert after[-1] >= 119


def test_a_great_leap_begins_anew(stream: list[bytes]) -> None:
    out: list[Pcm] = []
    receiver = SoundReceiver(out.append)
    for sequence in (10, 11, 40_000, 40_001):
        receiver.add(sequence, 0, stream[0])
    assert len(out) == 4
    assert receiver.concealed == 0


def test_closed_it_takes_nothing(stream: list[bytes]) -> None:
    out: list[Pcm] = []
    receiver = SoundReceiver(out.append)
    receiver.close()
    receiver.add(1, 0, stream[0])
    assert out == []
