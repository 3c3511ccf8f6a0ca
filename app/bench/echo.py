"""`videoberatung bench echo`: how much of the other side's voice comes back out of a simulated room, with our processing and without.

The rooms are those of `app.bench.room`: nothing is played, no device is opened, the same figures come out each time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.bench.room import SAMPLE_RATE, Room, Signal, blocks, speech
from app.media.opus import Pcm
from app.media.processing import WebRtcProcessing
from app.media.routers import BLOCK

TURNS_S = (4, 12, 16)
"""A conversation: our side speaks until the first, the other one until the second, both until the last of these seconds. A room that
changes does so in the middle, at 8 s."""
SETTLED_S = 3
"""The other side's turn is measured in its last seconds, when the canceller has learned the room."""
LAG = SAMPLE_RATE * 15 // 1000
"""By so much the processing itself delays the sound (found by cross-correlation: 718 samples)."""
SEGMENT = SAMPLE_RATE // 5
"""200 ms, about a syllable."""
LOST_DB = -12.0
"""A syllable that comes out so much weaker is not understood beside its neighbours."""
ROOMS = {
    "20 ms": Room(delay_ms=20),
    "60 ms": Room(delay_ms=60),
    "120 ms": Room(delay_ms=120),
    "60 ms, quiet loudspeaker": Room(delay_ms=60, echo_db=-25),
    "60 ms, long echo": Room(delay_ms=60, reverberation_s=0.8),
    "40 ms, then 100 ms": Room(delay_ms=40, delay_change_ms=60),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one room. "Before" is what an unprocessed microphone would send."""

    echo_before_db: float
    """Level of the echo against full scale, while only the other side speaks."""
    echo_after_db: float
    enhancement_db: float
    """Echo return loss enhancement (ITU-T G.168)."""
    converged_s: float | None
    """Seconds until the enhancement of every following second with echo in it was above 20 dB; None if it never was."""
    near_level_db: float
    """While both speak: level of what comes out against what comes out of the same processing without any echo."""
    near_lost_share: float
    """Share of the own syllables that are weaker by 12 dB or more than without echo, while both speak."""
    likeness: float
    """Correlation of the levels in third octaves (200 Hz to 3.2 kHz, 20 ms) with those without echo, while both speak, 0 to 1."""
    likeness_before: float
    """The same of the unprocessed microphone."""


def measure(room: Room) -> Figures:
    """One conversation with the other side's voice in the room, and one without."""
    ours, theirs, end = (second * SAMPLE_RATE for second in TURNS_S)
    far, near = speech(TURNS_S[-1], seed=1), speech(TURNS_S[-1], seed=7, pitch_hz=200)
    far[:ours] = 0
    near[ours:theirs] = 0
    before, after = _sent(room, far, near)
    _, clean = _sent(room, np.zeros_like(far), near)
    turn, both = slice(ours, theirs), slice(theirs, end)
    settled = slice(theirs - SETTLED_S * SAMPLE_RATE, theirs)
    echo_before, echo_after = _level(before[settled]), _level(after[settled])
    gains = _gains(clean[both], after[both])
    return Figures(
        echo_before_db=round(echo_before, 1),
        echo_after_db=round(echo_after, 1),
        enhancement_db=round(echo_before - echo_after, 1),
        converged_s=_converged(before[turn], after[turn]),
        near_level_db=round(_level(after[both]) - _level(clean[both]), 1),
        near_lost_share=round(float(np.mean(gains < LOST_DB)), 3),
        likeness=_likeness(clean[both], after[both]),
        likeness_before=_likeness(clean[both], np.roll(before, LAG)[both]),
    )


def run(write_to: Path, say: Callable[[str], None] = print) -> int:
    """Measure all rooms, print a table, write everything as JSON."""
    began, cpu = time.monotonic(), time.process_time()
    rooms = {name: measure(room) for name, room in ROOMS.items()}
    report: dict[str, Any] = {
        "rooms": {name: asdict(figures) for name, figures in rooms.items()},
        "cpu_share": round((time.process_time() - cpu) / (2 * TURNS_S[-1] * len(rooms)), 4),
        "wall_s": round(time.monotonic() - began, 1),
    }
    write_to.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    say(f"{'room':<26}{'echo':>7}{'left':>7}{'less':>7}{'after':>8}{'own':>7}{'lost':>7}{'like':>7}{'before':>8}")
    for name, one in rooms.items():
        converged = "never" if one.converged_s is None else f"{one.converged_s:.0f} s"
        say(
            f"{name:<26}{one.echo_before_db:>7}{one.echo_after_db:>7}{one.enhancement_db:>7}{converged:>8}"
            f"{one.near_level_db:>7}{one.near_lost_share:>7.0%}{one.likeness:>7}{one.likeness_before:>8}"
        )
    say(f"processing takes {report['cpu_share']:.1%} of a core, the drawing of rooms included")
    return 0


def _sent(room: Room, far: Signal, near: Signal) -> tuple[Signal, Signal]:
    """What the microphone hears, and what is sent of it."""
    heard = room.echo(far) + near + room.noise(len(far))
    processing = WebRtcProcessing(cancel_echo=True)
    taken, sent = blocks(heard, BLOCK), []
    for number, (played, block) in enumerate(zip(blocks(far, BLOCK), taken.copy(), strict=True)):
        processing.far(played)
        processing.near(block, int(room.delay_at(number / len(taken))))
        sent.append(block)
    return _as_signal(taken.reshape(-1)), _as_signal(np.concatenate(sent))


def _as_signal(samples: Pcm) -> Signal:
    return samples.astype(np.float32) / np.float32(32768)


def _level(signal: Signal) -> float:
    """dB of full scale; 16 bit hold no less than -96."""
    return max(-96.0, float(10 * np.log10(np.mean(np.square(signal, dtype=np.float64)) + 1e-12)))


def _converged(before: Signal, after: Signal) -> float | None:
    seconds = len(before) // SAMPLE_RATE
    parts = [slice(n * SAMPLE_RATE, (n + 1) * SAMPLE_RATE) for n in range(seconds)]
    poor = [n for n, part in enumerate(parts) if _level(before[part]) > -50 and _level(before[part]) - _level(after[part]) < 20]
    last = poor[-1] + 1 if poor else 0
    return float(last) if last < seconds else None


def _gains(clean: Signal, both: Signal) -> Signal:
    """dB of each segment in which our side speaks."""
    pieces = [(clean[n : n + SEGMENT], both[n : n + SEGMENT]) for n in range(0, len(clean) - SEGMENT, SEGMENT)]
    return np.array([_level(out) - _level(own) for own, out in pieces if _level(own) > -40], np.float32)


def _likeness(clean: Signal, other: Signal) -> float:
    one, two = _bands(clean), _bands(other)
    speaks = one > one.max() - 35
    return round(float(np.corrcoef(one[speaks], two[speaks])[0, 1]), 2)


def _bands(signal: Signal) -> Signal:
    """(bands, frames) in dB."""
    window = SAMPLE_RATE // 50
    frames = signal[: len(signal) // window * window].reshape(-1, window) * np.hanning(window)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    centres = 200 * 2 ** (np.arange(13) / 3)
    edges = [(int(f * 0.89 / 50), max(int(f * 1.12 / 50), int(f * 0.89 / 50) + 1)) for f in centres]
    return np.asarray(10 * np.log10(np.array([power[:, low:high].sum(1) for low, high in edges]) + 1e-7), np.float32)
