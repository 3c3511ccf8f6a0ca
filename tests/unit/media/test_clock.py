"""The picture clock, also through VP8 at a small size."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.clock import CELLS, PERIOD_MS, delay_ms, draw_clock, read_clock
from app.media.frames import from_av, from_i420_rows
from app.media.synthetic import Landscape
from app.media.vp8 import Vp8Encoder

SIZES = st.sampled_from([(1280, 720), (960, 540), (640, 360), (320, 180), (322, 182), (24, 12)])


@given(ms=st.integers(0, 2**45), size=SIZES)
def test_what_is_drawn_is_read(ms: int, size: tuple[int, int]) -> None:
    y = np.full((size[1], size[0]), 77, np.uint8)
    draw_clock(y, ms)
    assert read_clock(y) == ms % PERIOD_MS


@given(ms=st.integers(0, 2**45), noise=st.integers(0, 100), seed=st.integers(0, 99))
def test_it_is_read_through_noise(ms: int, noise: int, seed: int) -> None:
    y = np.zeros((180, 320), np.uint8)
    draw_clock(y, ms)
    shaken = y.astype(np.int16) + np.random.default_rng(seed).integers(-noise, noise + 1, y.shape)
    assert read_clock(np.clip(shaken, 0, 255).astype(np.uint8)) == ms % PERIOD_MS


def test_the_layout_is_the_documented_one() -> None:
    y = np.zeros((120, 240), np.uint8)
    draw_clock(y, 0x8001)
    cells = [int(y[5, 5 + 10 * cell] == 235) for cell in range(CELLS)]
    assert cells == [1, 0, 1, *[0] * 14, 1, *(int(bit) for bit in f"{0x8001 % 61:06b}")]
    assert set(np.unique(y[:10])) == {16, 235}
    assert not y[10:].any()


@pytest.mark.parametrize("luma", [0, 16, 126, 127, 235, 255])
def test_a_plain_picture_is_no_clock(luma: int) -> None:
    assert read_clock(np.full((180, 320), luma, np.uint8)) is None


@given(ms=st.integers(0, 65535), cell=st.integers(0, CELLS - 1))
def test_one_wrong_cell_is_noticed(ms: int, cell: int) -> None:
    y = np.zeros((120, 240), np.uint8)
    draw_clock(y, ms)
    y[:, cell * 10 : cell * 10 + 10] = 251 - y[:, cell * 10 : cell * 10 + 10]
    assert read_clock(y) is None


def test_a_picture_too_small_has_no_clock() -> None:
    assert read_clock(np.zeros((11, 320), np.uint8)) is None


@settings(max_examples=20)
@given(times=st.lists(st.integers(0, 65535), min_size=3, max_size=6))
def test_it_survives_vp8_at_320x180(times: list[int]) -> None:
    encoder = Vp8Encoder(320, 180, 200_000)
    decoder = av.CodecContext.create("vp8", "r")
    rows = Landscape(320, 180).draw(0)
    for number, ms in enumerate(times):
        draw_clock(rows[:180], ms)
        data, _ = encoder.encode(from_i420_rows(rows, 0.0), number * 3000, key=False)
        (picture,) = decoder.decode(av.Packet(data))
        assert read_clock(from_av(picture).y) == ms
    encoder.close()


@pytest.mark.parametrize(("shown", "now", "delay"), [(100, 130, 30), (65530, 65536 * 7 + 4, 10), (5, 5, 0)])
def test_delay_wraps(shown: int, now: int, delay: int) -> None:
    assert delay_ms(shown, now) == delay
