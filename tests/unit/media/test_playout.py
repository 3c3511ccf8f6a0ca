"""The reserve before the loudspeaker."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.opus import FRAME, Pcm
from app.media.playout import CEILING, RESERVE, PlayoutBuffer
from app.media.routers import BLOCK


def frame(value: int) -> Pcm:
    return np.full(FRAME, value, np.int16)


def read(buffer: PlayoutBuffer) -> Pcm:
    out = np.full(BLOCK, 99, np.int16)
    buffer.read(out)
    return out


def test_it_collects_a_reserve_before_it_plays() -> None:
    buffer = PlayoutBuffer()
    buffer.write(frame(5))
    assert not read(buffer).any()
    buffer.write(frame(6))
    assert (read(buffer) == 5).all()


def test_what_is_written_comes_out_in_order() -> None:
    buffer = PlayoutBuffer()
    heard = []
    for number in range(200):
        buffer.write(frame(number))
        if number >= RESERVE // FRAME - 1:
            heard += [int(read(buffer)[0]), int(read(buffer)[-1])]
    assert heard == [number for number in range(199) for _ in (0, 1)]


def test_dry_it_gives_silence_and_collects_again() -> None:
    buffer = PlayoutBuffer()
    for _ in range(2):
        buffer.write(frame(7))
    heard = [read(buffer) for _ in range(5)]
    assert all((block == 7).all() for block in heard[:4])
    assert not heard[4].any()
    assert buffer.ran_dry == 1
    buffer.write(frame(8))
    assert not read(buffer).any()


@given(writes=st.lists(st.integers(1, 12), max_size=60))
def test_the_delay_is_bounded_whatever_comes(writes: list[int]) -> None:
    buffer = PlayoutBuffer()
    for burst in writes:
        for _ in range(burst):
            buffer.write(frame(1))
            assert buffer.delay_ms() <= CEILING / 48
        read(buffer)


def test_energy_is_that_of_what_was_played() -> None:
    buffer = PlayoutBuffer()
    for _ in range(50):
        buffer.write(frame(16384))
        read(buffer)
        read(buffer)
    assert buffer.energy == pytest.approx(0.25 * 0.98, rel=0.05)
