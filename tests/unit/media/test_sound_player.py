"""A sound that is played once, without a sound system: PortAudio's callback is called by the test."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from app.media.opus import SAMPLE_RATE
from app.media.ports import DeviceTrouble
from app.media.routers import BLOCK
from app.media.running import DeviceError
from app.media.sound_player import PortAudioPlayer, SilentPlayer, Timeline
from app.media.turns import SoundSystem

TIMES = SimpleNamespace(currentTime=5.0, outputBufferDacTime=5.1)
LEFT, RIGHT = 1000, 400
SOUND = np.tile(np.array([LEFT, RIGHT], np.int16), (BLOCK + 100, 1))


@pytest.mark.parametrize("channels", [1, 2])
def test_both_sides_are_played_and_mixed_where_there_is_one(channels: int) -> None:
    over: list[bool] = []
    player = PortAudioPlayer(SOUND, "", lambda: over.append(True), lambda trouble: None, SoundSystem(lambda: None))
    played = []
    for _ in range(5):
        data = np.full((BLOCK, channels), 7, np.int16)
        player._give(data, BLOCK, TIMES, None)
        played.append(data)
    sound = np.concatenate(played)
    assert (sound[: len(SOUND)] == ([LEFT, RIGHT] if channels == 2 else [(LEFT + RIGHT) / 2])).all()
    assert not sound[len(SOUND) :].any()
    assert over == [True]
    assert player.timeline.begins_at() is not None
    player.close()


def test_one_that_is_not_there_does_not_open() -> None:
    player = PortAudioPlayer(SOUND, "sound:of another machine", lambda: None, lambda trouble: None, SoundSystem(lambda: None))
    with pytest.raises(DeviceError) as caught:
        player.start()
    assert caught.value.trouble is DeviceTrouble.NOT_FOUND
    player.close()


def test_nowhere_it_takes_its_time_and_ends_early_if_it_shall() -> None:
    heard: list[np.ndarray] = []
    player = SilentPlayer(np.ones((SAMPLE_RATE * 60, 2), np.int16), lambda: None, lambda block, at: heard.append(block))
    player.start()
    player.close()
    assert len(heard) < 100
    assert all(len(block) == BLOCK for block in heard)


def test_a_timeline_is_what_most_blocks_tell() -> None:
    timeline = Timeline()
    assert (timeline.begins_at(), timeline.steady()) == (None, False)
    for number in range(100):
        timeline.note(10 + number * 0.01 - (1.4 if number < 12 else 0), number * BLOCK)
    assert timeline.begins_at() == pytest.approx(10)
    assert timeline.steady()
    for number in range(100, 150):
        timeline.note(10.3 + number * 0.01, number * BLOCK)
    assert not timeline.steady()
