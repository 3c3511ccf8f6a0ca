"""Simulated devices are what demo, training and tests rely on."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from app.media.catalogue import SYNTHETIC_CAMERA, SyntheticCatalogue
from app.media.clock import delay_ms, read_clock, unix_ms
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind
from app.media.routers import BLOCK, PictureRouter, SoundPipe, SoundRouter
from app.media.synthetic import QUIET_BLOCKS, TONE_HZ, Landscape, SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone, tone_block


def test_the_picture_moves_and_tells_the_time() -> None:
    landscape = Landscape()
    one, two = landscape.draw(123_456), landscape.draw(123_556)
    assert one.shape == (1080, 1280)
    assert read_clock(one[:720]) == 123_456 % 65536
    assert np.abs(one[60:720].astype(int) - two[60:720].astype(int)).mean() > 1


def test_the_camera_gives_different_pictures() -> None:
    router = PictureRouter()
    camera = SyntheticCamera(router)
    camera.start()
    number, first = router.wait_newer(0, 5)
    _, second = router.wait_newer(number, 5)
    camera.close()
    assert first is not None
    assert second is not None
    clocks = [read_clock(first.y), read_clock(second.y)]
    assert None not in clocks
    assert 0 < delay_ms(clocks[0] or 0, clocks[1] or 0) < 2000
    assert (first.width, first.height) == (1280, 720)


def test_the_bursts_are_aligned_with_half_seconds() -> None:
    second = np.concatenate([tone_block(48_000 * 7 + n * BLOCK) for n in range(100)]).astype(int)
    loud = np.abs(second).reshape(-1, 80).max(axis=1) > 1000
    starts = np.flatnonzero(loud & ~np.roll(loud, 1)) * 80 / 48
    assert list(starts) == [0.0, 500.0]
    assert int(loud.sum()) * 80 / 48 == pytest.approx(160, abs=4)


@pytest.mark.parametrize("silent", [True, False])
def test_the_microphone_writes_blocks(silent: bool) -> None:
    router, pipe = SoundRouter(), SoundPipe()
    router.attach(pipe)
    microphone = SyntheticMicrophone(router, silent)
    microphone.start()
    heard = [pipe.read(5) for _ in range(60)]
    microphone.close()
    assert all(heard)
    assert any(block.pcm.any() for block in filter(None, heard)) is not silent


def test_the_loudspeaker_tells_what_it_heard() -> None:
    playout = PlayoutBuffer()
    loudspeaker = SyntheticLoudspeaker(playout)
    loudspeaker.start()
    heard, began = threading.Event(), time.time()
    assert not heard.wait(QUIET_BLOCKS * 0.02), "silence comes first"
    n = np.arange(960)
    number = 0
    while not heard.wait(0.01) and number < 1000:
        playout.write((9000 * np.sin(2 * np.pi * TONE_HZ * (n + 960 * number) / 48_000)).astype(np.int16))
        number += 1
        if loudspeaker.tone_hz() == pytest.approx(TONE_HZ, abs=4):
            heard.set()
    loudspeaker.close()
    assert heard.is_set()
    assert loudspeaker.level() > 0.2
    assert loudspeaker.burst_at is not None
    assert began <= loudspeaker.burst_at <= time.time()


def test_a_silent_loudspeaker_hears_no_tone() -> None:
    loudspeaker = SyntheticLoudspeaker(PlayoutBuffer())
    assert (loudspeaker.tone_hz(), loudspeaker.level()) == (None, 0.0)


def test_the_catalogue_names_one_of_each_kind() -> None:
    catalogue = SyntheticCatalogue("Kamera", "Mikrofon", "Lautsprecher")
    assert [len(catalogue.devices(kind)) for kind in DeviceKind] == [1, 1, 1]
    (camera,) = catalogue.devices(DeviceKind.CAMERA)
    assert (camera.id, camera.name, camera.is_default, camera.kind) == (SYNTHETIC_CAMERA, "Kamera", True, DeviceKind.CAMERA)
    assert unix_ms() > 1_700_000_000_000
