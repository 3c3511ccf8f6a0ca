"""libvpx through ctypes."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
import pytest

from app.media.frames import from_av, from_i420_rows
from app.media.ports import I420Frame
from app.media.synthetic import Landscape
from app.media.vp8 import Vp8Encoder, Vp8Error, speed_for


@pytest.fixture
def encoder() -> Iterator[Vp8Encoder]:
    encoder = Vp8Encoder(640, 360, 800_000)
    yield encoder
    encoder.close()


def pictures(count: int) -> Iterator[tuple[int, I420Frame]]:
    landscape = Landscape(640, 360)
    noise = np.random.default_rng(2)
    for number in range(count):
        rows = landscape.draw(number * 33)
        rows[:360] += noise.integers(0, 12, (360, 640), dtype=np.uint8)
        yield number * 3000, from_i420_rows(rows, 0.0)


def test_a_later_encoder_needs_no_file_of_the_package(encoder: Vp8Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.media.native.load", lambda _name, _functions: None)
    Vp8Encoder(320, 180, 300_000).close()


def test_a_decoder_sees_the_picture(encoder: Vp8Encoder) -> None:
    decoder = av.CodecContext.create("vp8", "r")
    for time, picture in pictures(10):
        data, _ = encoder.encode(picture, time, key=False)
        (seen,) = decoder.decode(av.Packet(data))
    seen_picture = from_av(seen)
    for sent, got in ((picture.y, seen_picture.y), (picture.u, seen_picture.u), (picture.v, seen_picture.v)):
        assert sent.shape == got.shape
        assert np.abs(sent.astype(int) - got.astype(int)).mean() < 8


def test_only_the_first_and_the_wanted_are_key_frames(encoder: Vp8Encoder) -> None:
    keys = [time // 3000 for time, picture in pictures(60) if encoder.encode(picture, time, key=time == 40 * 3000)[1]]
    assert keys == [0, 40]


def test_the_bit_rate_changes_without_a_key_frame(encoder: Vp8Encoder) -> None:
    sizes, keys = [], 0
    for time, picture in pictures(120):
        if time == 60 * 3000:
            encoder.set_bitrate(250_000)
        data, key = encoder.encode(picture, time, key=False)
        sizes.append(len(data))
        keys += key
    assert keys == 1
    assert encoder.bitrate == 250_000
    assert np.mean(sizes[90:]) < 0.6 * np.mean(sizes[30:60])


def test_a_key_frame_is_no_burst_of_twenty_frames(encoder: Vp8Encoder) -> None:
    sizes = [len(encoder.encode(picture, time, key=time == 45 * 3000)[0]) for time, picture in pictures(60)]
    assert sizes[45] < 6 * np.mean(sizes[20:45])


def test_planes_with_gaps_between_rows_are_read(encoder: Vp8Encoder) -> None:
    wide = np.full((360, 1000), 200, np.uint8)
    chroma = np.full((180, 500), 128, np.uint8)
    data, _ = encoder.encode(I420Frame(wide[:, :640], chroma[:, :320], chroma[:, :320], 0.0), 0, key=False)
    (seen,) = av.CodecContext.create("vp8", "r").decode(av.Packet(data))
    assert abs(int(from_av(seen).y.mean()) - 200) < 3


def test_it_may_be_closed_twice(encoder: Vp8Encoder) -> None:
    encoder.close()
    encoder.close()
    assert encoder.size == (640, 360)


def test_an_impossible_size_is_refused() -> None:
    with pytest.raises(Vp8Error):
        Vp8Encoder(0, 0, 800_000)


@pytest.mark.parametrize(
    ("size", "kbps", "speed"),
    [
        ((1280, 720), 2500, 16),
        ((1280, 720), 700, 12),
        ((960, 540), 1500, 16),
        ((960, 540), 500, 12),
        ((640, 360), 500, 12),
        ((640, 360), 350, 8),
    ],
)
def test_time_is_saved_where_bits_are_plenty(size: tuple[int, int], kbps: int, speed: int) -> None:
    assert speed_for(*size, kbps * 1000) == speed


def test_another_speed_is_no_key_frame() -> None:
    encoder = Vp8Encoder(640, 360, 900_000)
    keys = []
    for time, picture in pictures(20):
        if time == 10 * 3000:
            encoder.set_bitrate(300_000)
        keys.append(encoder.encode(picture, time, key=False)[1])
    encoder.close()
    assert keys == [True, *[False] * 19]
