"""Drawn persons and their voice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from app.media.measuring.pictures import brightness
from app.media.opus import SAMPLE_RATE
from app.media.persons import BLINK_EVERY_MS, BLINK_MS, PERSONS, Person
from app.media.routers import BLOCK
from app.media.voice import PERIOD_S, openness, voice_block

NUMBERS = range(1, len(PERSONS) + 1)
BIG, SMALL = (1280, 720), (640, 360)


@pytest.mark.parametrize("size", [BIG, SMALL])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_picture_has_its_size_and_a_face_in_good_light(number: int, size: tuple[int, int]) -> None:
    rows = Person(number, *size).draw(1000)
    assert rows.shape == (size[1] * 3 // 2, size[0])
    face, beside = brightness(rows[: size[1]])
    assert face > 60
    assert beside / face < 2
    dark, bright = brightness(Person(number, *size).draw(1000, against_light=True)[: size[1]])
    assert bright / dark > 3


def test_the_three_are_three() -> None:
    one, two, three = (Person(number, *SMALL).draw(1000).astype(int) for number in NUMBERS)
    assert min(np.abs(a - b).mean() for a, b in ((one, two), (two, three), (one, three))) > 4


def test_they_sway_and_blink_and_never_freeze() -> None:
    person = Person(1, *SMALL)
    pictures = [person.draw(ms) for ms in range(10_000, 20_000, 500)]
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))
    begin = 4 * BLINK_EVERY_MS
    assert (person.draw(begin + BLINK_MS - 1) != person.draw(begin + BLINK_MS + 1)).any()


def test_the_mouth_moves_with_the_voice() -> None:
    loud = [float(np.abs(voice_block(ms * 48).astype(int)).mean()) for ms in range(0, 6000, 10)]
    open_ = [openness(ms) for ms in range(0, 6000, 10)]
    assert np.corrcoef(loud, open_)[0, 1] > 0.9
    assert (min(open_), max(open_)) == (pytest.approx(0, abs=0.05), 1)


def test_the_voice_repeats_and_fills_every_block() -> None:
    period = PERIOD_S * SAMPLE_RATE
    for first in (0, 12_345, period - 1, 7 * period + 3):
        assert len(voice_block(first)) == BLOCK
        assert (voice_block(first) == voice_block(first + period)).all()
    assert all(voice_block(first).any() for first in range(0, period, BLOCK)), "a pause is no silence"
