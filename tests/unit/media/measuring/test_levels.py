"""Figures of a microphone out of samples made for the test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.domain.check_rules import MicrophoneFigures
from app.domain.checks import Fault
from app.media.measuring.levels import FLOOR_DBFS, KEPT_BLOCKS, SEGMENT_BLOCKS, WARM_BLOCKS, SoundMeter, dbfs, segment
from app.media.opus import SAMPLE_RATE
from app.media.routers import BLOCK

SEGMENT = SEGMENT_BLOCKS * BLOCK


def sine(hz: float, peak: float, seconds: float = 2.0) -> np.ndarray:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return peak * np.sin(2 * np.pi * hz * t)


def measured(wave: np.ndarray) -> SoundMeter:
    meter = SoundMeter()
    for _ in range(WARM_BLOCKS):
        meter.take(np.full(BLOCK, 32767, np.int16))
    samples = np.clip(np.rint(wave), -32768, 32767).astype(np.int16)
    for begin in range(0, len(samples) - BLOCK + 1, BLOCK):
        meter.take(samples[begin : begin + BLOCK])
    return meter


def words(pause_noise: np.ndarray) -> np.ndarray:
    """Half a second of a voice's tone in every second, over that noise."""
    n = np.arange(len(pause_noise))
    return pause_noise + np.where(n % SAMPLE_RATE < SAMPLE_RATE // 2, sine(150, 4000, len(n) / SAMPLE_RATE), 0)


def test_a_sine_has_its_level_and_the_crack_of_opening_none() -> None:
    meter = measured(sine(625, 3276.8))
    figures = meter.figures()
    assert figures.peak_dbfs == pytest.approx(-20, abs=0.01)
    assert figures.speech_dbfs == pytest.approx(-23.01, abs=0.01)
    assert meter.level_dbfs() == pytest.approx(-23.01, abs=0.01)
    assert (figures.clipped_share, figures.trouble) == (0, None)


def test_speech_is_the_loudest_tenth() -> None:
    wave = np.concatenate((sine(625, 30, 3.6), sine(625, 3276.8, 0.4)))
    assert measured(wave).figures().speech_dbfs == pytest.approx(-23.01, abs=0.1)


def test_what_is_cut_off_is_counted() -> None:
    wave = np.where(np.arange(SAMPLE_RATE) % 100 < 3, 40_000, 100)
    assert measured(wave).figures().clipped_share == pytest.approx(0.03)


@pytest.mark.parametrize("hz", [50, 100, 150, 600])
def test_the_mains_hum_between_the_words(hz: float) -> None:
    noise = np.random.default_rng(1).normal(0, 20, 4 * SAMPLE_RATE)
    share = measured(words(noise + sine(hz, 300, 4))).figures().hum_share
    assert share == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("noise", ["white", "brown", "a fan"])
def test_other_noise_does_not_hum(noise: str) -> None:
    random = np.random.default_rng(2).normal(0, 20, 4 * SAMPLE_RATE)
    sounds = {"white": random, "brown": np.cumsum(random) - np.mean(np.cumsum(random)), "a fan": random + sine(73, 300, 4)}
    share = measured(words(sounds[noise])).figures().hum_share
    assert share is not None
    assert share < 0.35


def test_a_hum_that_nobody_hears_is_none() -> None:
    assert measured(words(sine(50, 5, 4))).figures().hum_share == 0


def test_nothing_is_told_before_something_was_heard() -> None:
    meter = SoundMeter()
    assert meter.figures() == MicrophoneFigures()
    assert meter.figures(Fault.MIC_NONE) == MicrophoneFigures(trouble=Fault.MIC_NONE)
    assert meter.level_dbfs() == FLOOR_DBFS


def test_only_the_last_half_minute_counts() -> None:
    meter = measured(sine(625, 30_000, 0.5))
    for _ in range(KEPT_BLOCKS):
        meter.take(np.zeros(BLOCK, np.int16))
    assert meter.figures().peak_dbfs == FLOOR_DBFS


def test_what_was_heard_is_forgotten() -> None:
    meter = measured(sine(625, 3000))
    meter.figures()
    meter.forget()
    assert meter.figures() == MicrophoneFigures()


SAMPLES = st.integers(-32768, 32767)


@settings(max_examples=50)
@given(arrays(np.int16, st.integers(0, 30).map(lambda blocks: blocks * BLOCK), elements=SAMPLES, fill=SAMPLES))
def test_any_samples_give_figures(samples: np.ndarray) -> None:
    meter = SoundMeter()
    for block in np.concatenate((np.zeros(WARM_BLOCKS * BLOCK, np.int16), samples)).reshape(-1, BLOCK):
        meter.take(block)
    figures = meter.figures()
    assert FLOOR_DBFS <= meter.level_dbfs() <= 0
    if not len(samples):
        assert figures == MicrophoneFigures()
        return
    assert figures.peak_dbfs is not None
    assert figures.speech_dbfs is not None
    assert figures.clipped_share is not None
    assert FLOOR_DBFS <= figures.speech_dbfs <= figures.peak_dbfs + 1e-9 <= 1e-9
    assert 0 <= figures.clipped_share <= 1
    assert figures.hum_share is None or 0 <= figures.hum_share <= 1


@settings(max_examples=25)
@given(arrays(np.int16, SEGMENT, elements=SAMPLES, fill=SAMPLES))
def test_no_more_hums_than_sounds(samples: np.ndarray) -> None:
    power, hum = segment(samples)
    assert 0 <= hum <= power
    assert math.isfinite(power)


@given(st.floats(0, 32768))
def test_levels_are_numbers(rms: float) -> None:
    assert FLOOR_DBFS <= dbfs(rms) <= 0
