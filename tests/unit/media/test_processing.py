"""What stands between the microphone and the line."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from app.media.opus import Pcm
from app.media.processing import BACKLOG, MAX_DELAY_MS, Processing, ProcessingError, SoundProcessor, WebRtcProcessing
from app.media.routers import BLOCK, SoundPipe, SoundRouter


@dataclass
class Diary:
    """A processing that writes down what it gets, and doubles the sound."""

    cancels: bool
    done: list[tuple[str, int]] = field(default_factory=list)
    breaks: bool = False

    def far(self, block: Pcm) -> None:
        self.done.append(("far", int(block[0])))

    def near(self, block: Pcm, delay_ms: int) -> None:
        if self.breaks:
            raise ProcessingError("broken")
        self.done.append(("near", delay_ms))
        block *= 2


@dataclass
class Bench:
    router: SoundRouter = field(default_factory=SoundRouter)
    pipe: SoundPipe = field(default_factory=SoundPipe)
    made: list[Diary] = field(default_factory=list)
    missing: bool = False

    def make(self, cancel_echo: bool) -> Processing:
        if self.missing:
            raise ProcessingError("ImportError")
        self.made.append(Diary(cancel_echo))
        return self.made[-1]

    def heard(self) -> tuple[int, float]:
        block = self.pipe.read(10)
        assert block is not None
        return int(block.pcm[0]), block.at


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.router.attach(bench.pipe)
    return bench


@pytest.fixture
def processor(bench: Bench) -> Iterator[SoundProcessor]:
    processor = SoundProcessor(bench.router, bench.make)
    processor.begin()
    yield processor
    processor.end()


def block(value: int) -> Pcm:
    return np.full(BLOCK, value, np.int16)


def test_what_was_captured_goes_on_processed_with_its_time(bench: Bench, processor: SoundProcessor) -> None:
    now = time.monotonic()
    processor.captured(block(5), now)
    assert bench.heard() == (10, now)


def test_the_delay_is_that_between_hearing_and_capturing(bench: Bench, processor: SoundProcessor) -> None:
    processor.played(block(7), 100.080)
    processor.captured(block(1), 100.02)
    bench.heard()
    processor.captured(block(1), 200.0)
    bench.heard()
    processor.captured(block(1), 1.0)
    bench.heard()
    assert bench.made[0].done == [("far", 7), ("near", 60), ("near", 0), ("near", MAX_DELAY_MS)]


def test_a_late_thread_makes_up_for_everything_in_its_order(bench: Bench) -> None:
    late = threading.Event()

    def make(cancel_echo: bool) -> Processing:
        assert late.wait(10)
        return bench.make(cancel_echo)

    processor = SoundProcessor(bench.router, make)
    processor.begin()
    for number in range(BACKLOG):
        processor.played(block(number), 5.0 + number / 100)
        processor.captured(block(number), 5.0 + number / 100)
    late.set()
    processor.end()
    assert len(bench.made[0].done) in (BACKLOG, BACKLOG + 1), "what does not fit is left out; the thread may hold one already"
    assert bench.made[0].done[:4] == [("far", 0), ("near", 0), ("far", 1), ("near", 0)]
    last = max(block.number for block in iter(lambda: bench.pipe.read(0), None))
    assert BACKLOG // 2 - 1 <= last <= BACKLOG // 2


def test_headphones_end_the_cancelling_at_once(bench: Bench, processor: SoundProcessor) -> None:
    for cancel in (True, False):
        processor.cancel_echo = cancel
        processor.captured(block(1), 1.0)
        bench.heard()
    assert [one.cancels for one in bench.made] == [True, False]


def test_without_the_library_sound_goes_on_as_it_is(bench: Bench, processor: SoundProcessor) -> None:
    bench.missing = True
    for _ in range(3):
        processor.captured(block(5), 1.0)
        assert bench.heard()[0] == 5
    assert bench.made == []


def test_a_processing_that_breaks_is_not_asked_again(bench: Bench, processor: SoundProcessor) -> None:
    processor.captured(block(5), 1.0)
    bench.heard()
    bench.made[0].breaks = True
    for _ in range(3):
        processor.captured(block(5), 1.0)
        assert bench.heard()[0] == 5
    assert len(bench.made) == 1


def test_two_microphones_in_turn_share_one_thread(bench: Bench, processor: SoundProcessor) -> None:
    processor.begin()
    assert [thread.name for thread in threading.enumerate()].count("sound-processor") == 1
    processor.end()
    processor.captured(block(1), 1.0)
    assert bench.heard()[0] == 2


def test_headphones_and_a_quiet_line_leave_speech_alone() -> None:
    random = np.random.default_rng(1)
    processing = WebRtcProcessing(cancel_echo=False)
    before, after = 0.0, 0.0
    for number in range(300):
        n = np.arange(BLOCK) + number * BLOCK
        voice = 3000 * np.sin(2 * np.pi * 220 * n / 48_000) * (1 + np.sin(2 * np.pi * 4 * n / 48_000)) + random.normal(0, 5, BLOCK)
        sound = voice.astype(np.int16)
        processing.far(sound)
        before += float(np.square(sound, dtype=np.float64).sum())
        processing.near(sound, 0)
        after += float(np.square(sound, dtype=np.float64).sum())
    assert -3 < 10 * np.log10(after / before) < 12
