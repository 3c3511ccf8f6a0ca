"""What is played, and what is found of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.media.check_ports import Ear
from app.media.measuring.sounds import EARLIEST_S, LATEST_S, LEAD_S, TONE_HZ, find_echo, measuring_sound, sweep, tone
from app.media.opus import SAMPLE_RATE
from app.media.synthetic import tone_block
from app.media.voice import voice_block

BEGINS_S = -0.5
"""The microphone was listened to for so long before."""


def heard(delay_s: float, share: float, noise: float = 0.0, seconds: float = 2.5) -> np.ndarray:
    """The sweep, so much later and softer, in a room with so much noise (units of 16 bit)."""
    wave = np.random.default_rng(3).normal(0, noise, int(seconds * SAMPLE_RATE)) if noise else np.zeros(int(seconds * SAMPLE_RATE))
    at = round((delay_s - BEGINS_S) * SAMPLE_RATE)
    played = sweep()[:, 0] * share
    wave[at : at + len(played)] += played[: len(wave) - at]
    return np.clip(np.rint(wave), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("ear", Ear)
def test_a_tone_is_for_its_ear(ear: Ear) -> None:
    sound = tone(ear)
    assert sound.shape == (SAMPLE_RATE, 2)
    for side, silent_for in ((0, Ear.RIGHT), (1, Ear.LEFT)):
        loudest = float(np.argmax(np.abs(np.fft.rfft(sound[:, side].astype(float))))) if sound[:, side].any() else 0
        assert loudest == (0 if ear is silent_for else TONE_HZ)
    assert np.abs(sound).max() < 0.2 * 32768
    assert not sound[0].any()


def test_the_measuring_sound_leaves_time_before_and_after() -> None:
    sound = measuring_sound()
    lead = int(LEAD_S * SAMPLE_RATE)
    assert not sound[:lead].any()
    assert (sound[lead : lead + len(sweep())] == sweep()).all()
    assert len(sound) - lead - len(sweep()) == LATEST_S * SAMPLE_RATE


@pytest.mark.parametrize("share", [1.0, 0.2, 0.03])
@pytest.mark.parametrize("delay_s", [-0.1, 0.0, 0.15, 0.9])
def test_an_echo_has_its_delay_and_its_level(delay_s: float, share: float) -> None:
    echo = find_echo(heard(delay_s, share, noise=60), BEGINS_S)
    assert echo is not None
    assert echo.delay_s == pytest.approx(delay_s, abs=0.001)
    assert echo.level_db == pytest.approx(20 * math.log10(share), abs=1)


def test_it_is_found_under_a_voice() -> None:
    wave = heard(0.1, 0.2).astype(np.int32)
    wave += np.concatenate([voice_block(n * 480) for n in range(len(wave) // 480)])
    echo = find_echo(np.clip(wave, -32768, 32767).astype(np.int16), BEGINS_S)
    assert echo is not None
    assert echo.delay_s == pytest.approx(0.1, abs=0.001)
    assert echo.level_db == pytest.approx(-14, abs=2)


def test_the_first_reflections_belong_to_it() -> None:
    wave = heard(0.1, 0.2).astype(np.int32) + heard(0.11, 0.15)
    echo = find_echo(wave.astype(np.int16), BEGINS_S)
    assert echo is not None
    assert echo.level_db == pytest.approx(10 * math.log10(0.2**2 + 0.15**2), abs=0.5)


@pytest.mark.parametrize("sound", ["silence", "noise", "voice", "too late"])
def test_nothing_else_is_an_echo(sound: str) -> None:
    sounds = {
        "silence": heard(0, 0),
        "noise": heard(0, 0, noise=2000),
        "voice": np.concatenate([voice_block(n * 480) for n in range(250)]),
        "too late": heard(1.2, 0.5, noise=60, seconds=4),
    }
    assert find_echo(sounds[sound], BEGINS_S) is None


@pytest.mark.parametrize("begins", range(0, 50, 7))
def test_beeps_are_no_echo_whenever_they_sound(begins: int) -> None:
    beeps = np.concatenate([tone_block((begins + n) * 480) for n in range(250)])
    assert find_echo(beeps, BEGINS_S) is None


@pytest.mark.parametrize(("low", "high"), [(250, 700), (800, 2500), (1000, 1400)])
def test_a_poor_loudspeakers_echo_is_one(low: int, high: int) -> None:
    wave = heard(0.1, 0.2)
    spectrum, band = np.fft.rfft(wave), np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    narrow = np.fft.irfft(spectrum * ((band > low) & (band < high)), len(wave)) + np.random.default_rng(3).normal(0, 60, len(wave))
    echo = find_echo(np.rint(narrow).astype(np.int16), BEGINS_S)
    assert echo is not None
    assert echo.delay_s == pytest.approx(0.1, abs=0.001)


def test_an_echo_is_found_among_beeps() -> None:
    wave = heard(0.1, 0.2).astype(np.int32) + np.concatenate([tone_block(n * 480) for n in range(250)])
    echo = find_echo(wave.astype(np.int16), BEGINS_S)
    assert echo is not None
    assert echo.delay_s == pytest.approx(0.1, abs=0.001)


@settings(max_examples=30)
@given(
    arrays(np.int16, st.integers(0, 5000), elements=st.integers(-32768, 32767), fill=st.integers(-32768, 32767)),
    st.floats(-3, 3),
)
def test_any_samples_give_an_echo_or_none(samples: np.ndarray, begins_s: float) -> None:
    echo = find_echo(samples, begins_s)
    if echo is not None:
        assert math.isfinite(echo.level_db)
        assert EARLIEST_S <= echo.delay_s <= LATEST_S
