"""The reserve before the loudspeaker."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.opus import FRAME, SAMPLE_RATE, Pcm
from app.media.pace import CALM_S, KEEP_MAX, KEEP_MIN, KEEP_STEP, RATE, WINDOW, WINDOWS, Pace
from app.media.playout import CEILING, FADE, PlayoutBuffer
from app.media.routers import BLOCK

HOUR_OF_DRIFT_S = 3600 * 100e-6
"""How far two clocks that differ by 100 ppm are apart after an hour: 0.36 s."""


def frame(value: int) -> Pcm:
    return np.full(FRAME, value, np.int16)


def read(buffer: PlayoutBuffer) -> Pcm:
    out = np.full(BLOCK, 99, np.int16)
    buffer.read(out)
    return out


def tone(samples: int) -> Pcm:
    return (9000 * np.sin(2 * np.pi * 300 * np.arange(samples) / SAMPLE_RATE)).astype(np.int16)


def conversation(buffer: PlayoutBuffer, sound: Pcm, seconds: float, faster: float, jitter_s: float) -> tuple[Pcm, list[float]]:
    """What is heard, and what waited after each read, when the other side's clock goes `faster` by that share."""
    random = np.random.default_rng(1)
    heard: list[Pcm] = []
    waiting: list[float] = []
    packet, arrives = 0, 0.0
    for number in range(int(seconds * 100)):
        while arrives <= number * 0.01 + 0.003:
            begin = packet * FRAME % (len(sound) - FRAME + 1)
            buffer.write(sound[begin : begin + FRAME])
            packet += 1
            arrives = max(arrives, packet * 0.02 / (1 + faster) + random.uniform(0, jitter_s))
        heard.append(read(buffer))
        waiting.append(buffer.delay_ms())
    return np.concatenate(heard), waiting


def test_one_packet_is_enough_to_begin() -> None:
    buffer = PlayoutBuffer()
    buffer.write(frame(5)[: FRAME // 2])
    assert not read(buffer).any()
    buffer.write(frame(5)[: FRAME // 2])
    assert not read(buffer).any(), "one block more, as what shall always be left"
    assert (read(buffer)[FADE:] == 5).all()


def test_what_is_written_comes_out_in_order() -> None:
    buffer = PlayoutBuffer()
    heard = []
    for number in range(1, 20):
        buffer.write(frame(number * 1000))
        heard += [int(read(buffer)[-1]), int(read(buffer)[-1])]
    assert heard == [0, *(number * 1000 for number in range(1, 20) for _ in (0, 1))][:-1]


def test_dry_the_sound_dies_away_and_more_is_kept_from_then_on() -> None:
    buffer = PlayoutBuffer()
    buffer.write(frame(7000))
    heard = np.concatenate([read(buffer) for _ in range(5)]).astype(int)
    assert np.abs(np.diff(heard)).max() < 7000 / FADE * 2
    assert not heard[-BLOCK:].any()
    assert buffer.ran_dry == 1
    buffer.write(frame(8000))
    assert not read(buffer).any()
    buffer.write(frame(8000)[: FRAME // 2])
    assert [int(read(buffer)[-1]) for _ in range(2)] == [0, 8000]


@given(writes=st.lists(st.integers(1, 12), max_size=60))
def test_the_delay_is_bounded_whatever_comes(writes: list[int]) -> None:
    buffer = PlayoutBuffer()
    for burst in writes:
        for _ in range(burst):
            buffer.write(frame(1))
            assert buffer.delay_ms() <= CEILING / 48
        read(buffer)


@pytest.mark.parametrize("faster", [1.5e-3, -1.5e-3])
def test_two_clocks_that_drift_apart_for_an_hour_are_not_heard(faster: float) -> None:
    sound = tone(SAMPLE_RATE * 2 // FRAME * FRAME)
    buffer = PlayoutBuffer()
    heard, waiting = conversation(buffer, sound, HOUR_OF_DRIFT_S / abs(faster), faster, 0.004)
    assert buffer.ran_dry == 0
    assert max(waiting) <= 55, "a packet, what is kept, what is tolerated, and 12 ms of drift until it is noticed"
    assert np.mean(waiting[-3000:]) == pytest.approx(np.mean(waiting[200:3200]), abs=8)
    steepest = np.abs(np.diff(sound.astype(int))).max()
    assert np.abs(np.diff(heard.astype(int)[BLOCK:])).max() <= steepest * 1.1, "no jump anywhere"


def test_a_better_line_gets_its_delay_back() -> None:
    buffer = PlayoutBuffer()
    _, poor = conversation(buffer, tone(SAMPLE_RATE * 2), 30, 0, 0.04)
    for _ in range(3):
        buffer.write(frame(0))
    _, good = conversation(buffer, tone(SAMPLE_RATE * 2), 40, 0, 0.002)
    assert np.mean(good[-500:]) < np.mean(poor[500:]) - 10


def test_a_pause_is_used_to_catch_up_at_once() -> None:
    buffer = PlayoutBuffer()
    for _ in range(5):
        buffer.write(frame(0))
    conversation(buffer, np.zeros(SAMPLE_RATE, np.int16), WINDOW / RATE * (WINDOWS + 1), 0, 0.002)
    assert buffer.delay_ms() < 40


def test_a_new_loudspeaker_fades_in_and_the_old_one_out() -> None:
    buffer = PlayoutBuffer()
    for _ in range(3):
        buffer.write(frame(6000))
    read(buffer)
    read(buffer)
    buffer.hush()
    last = read(buffer)
    assert (int(last[0]), int(last[FADE])) == (6000, 0)
    assert not read(buffer).any()
    buffer.begin()
    buffer.write(frame(6000))
    read(buffer)
    first = read(buffer)
    assert (int(first[0]), int(first[FADE])) == (0, 6000)


def test_the_level_is_that_of_the_last_tenth_of_a_second() -> None:
    buffer = PlayoutBuffer()
    assert buffer.level() == 0.0
    for _ in range(3):
        buffer.write(frame(16384))
        read(buffer)
        read(buffer)
    assert buffer.level() == 0.5
    for _ in range(12):
        read(buffer)
    assert buffer.level() == 0.0


def test_energy_is_that_of_what_was_played() -> None:
    buffer = PlayoutBuffer()
    for _ in range(50):
        buffer.write(frame(16384))
        read(buffer)
        read(buffer)
    assert buffer.energy == pytest.approx(0.25, rel=0.05)


def test_what_is_kept_grows_with_trouble_and_shrinks_in_peace() -> None:
    pace = Pace()
    for _ in range(20):
        pace.ran_dry()
    assert pace.keep == KEEP_MAX
    for _ in range(CALM_S * 100 + 1):
        pace.note(KEEP_MAX, BLOCK)
    assert pace.keep == KEEP_MAX - KEEP_STEP
    for _ in range(CALM_S * 100 * 10):
        pace.note(KEEP_MAX, BLOCK)
    assert pace.keep == KEEP_MIN
