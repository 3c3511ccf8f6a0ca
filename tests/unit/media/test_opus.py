"""libopus through ctypes."""

from __future__ import annotations

import numpy as np
import pytest

from app.media.opus import FRAME, SAMPLE_RATE, OpusDecoder, OpusEncoder, Pcm


def tone(number: int, hertz: int = 440) -> Pcm:
    n = np.arange(FRAME) + number * FRAME
    return (8000 * np.sin(2 * np.pi * hertz * n / SAMPLE_RATE)).astype(np.int16)


def speech(number: int) -> Pcm:
    """Something that libopus takes for speech: a buzz whose loudness and pitch change."""
    n = np.arange(FRAME) + number * FRAME
    pitch = 120 + 30 * np.sin(number / 7)
    buzz = sum(np.sin(2 * np.pi * pitch * k * n / SAMPLE_RATE) / k for k in range(1, 20))
    return (4000 * (1.2 + np.sin(number / 3)) * buzz / 2).astype(np.int16)


def frequency(pcm: Pcm) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(pcm * np.hanning(len(pcm)))))) * SAMPLE_RATE / len(pcm)


def test_a_tone_comes_back() -> None:
    encoder, decoder = OpusEncoder(), OpusDecoder()
    heard = np.concatenate([decoder.decode(encoder.encode(tone(n))) for n in range(20)])
    assert len(heard) == 20 * FRAME
    assert frequency(heard[5 * FRAME :]) == pytest.approx(440, abs=5)


@pytest.mark.parametrize("samples", [0, FRAME // 2, 2 * FRAME])
def test_a_piece_of_another_length_is_refused_instead_of_read_beyond_its_end(samples: int) -> None:
    with pytest.raises(ValueError, match="broadcast"):
        OpusEncoder().encode(np.zeros(samples, np.int16))


def test_samples_may_lie_anywhere() -> None:
    apart = np.zeros(2 * FRAME, np.int16)
    apart[::2] = speech(0)
    assert OpusEncoder().encode(apart[::2]) == OpusEncoder().encode(speech(0))


def test_the_rate_is_that_of_speech() -> None:
    encoder = OpusEncoder()
    sizes = [len(encoder.encode(speech(n))) for n in range(100)]
    assert 20_000 < sum(sizes) * 8 * 50 / len(sizes) < 45_000


def test_a_lost_packet_is_restored_from_the_next_better_than_guessed() -> None:
    encoder = OpusEncoder(expected_loss_percent=20)
    packets = [encoder.encode(speech(n)) for n in range(60)]
    errors = {"restored": 0.0, "concealed": 0.0}
    for way in errors:
        whole, damaged = OpusDecoder(), OpusDecoder()
        for n in range(60):
            good = whole.decode(packets[n]).astype(float)
            if n % 10 == 5:
                patched = damaged.recover(packets[n + 1], FRAME) if way == "restored" else damaged.conceal(FRAME)
                errors[way] += float(np.mean((patched - good) ** 2))
            else:
                damaged.decode(packets[n])
    assert errors["restored"] < errors["concealed"]


def test_concealment_has_the_length_asked_for() -> None:
    assert len(OpusDecoder().conceal(FRAME)) == FRAME


def test_a_malformed_packet_gives_nothing() -> None:
    decoder = OpusDecoder()
    assert len(decoder.decode(b"\xff\xff\xff")) == 0
    assert decoder.samples_in(b"") == 0
    assert decoder.samples_in(OpusEncoder().encode(tone(0))) == FRAME


def test_both_may_be_closed_twice() -> None:
    encoder, decoder = OpusEncoder(), OpusDecoder()
    for thing in (encoder, decoder, encoder, decoder):
        thing.close()
    assert encoder._state is None
    assert decoder._state is None
