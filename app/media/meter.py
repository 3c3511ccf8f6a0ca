"""Figures of a call, taken four times a second from counters that are kept anyway. No network, no devices."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.media.ports import CallStats

WINDOW = 8
"""Looks kept: rates are means over two seconds."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What an epoch counted since its beginning."""

    sent_bytes: int = 0
    sent_pictures: int = 0
    sent_size: tuple[int, int] = (0, 0)
    """Width and height; zeros before the first picture."""
    received_bytes: int = 0
    received_pictures: int = 0
    received_size: tuple[int, int] = (0, 0)
    sound_frames: int = 0
    sound_concealed: int = 0
    round_trip_s: float | None = None
    sent_loss: float = 0.0
    """Share in the other side's last report."""
    received_loss: float = 0.0
    encoder_load: float = 0.0
    """Share of the time that encoding the picture takes."""
    device_limited: bool = False
    network_limited: bool = False
    """See `CallStats`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known at the loudspeaker's end."""

    delay_ms: float
    """Waiting to be played."""
    energy: float
    """Of all that was played; see `CallStats.played_energy`."""
    extra: dict[str, float]
    """From the simulated loudspeaker: `heard_level` (0 to 1) and, unless it is silent, `heard_tone_hz`, of the last half second; and
    `heard_burst_at`, Unix time in seconds at which it last became loud."""


class Meter:
    """`newest` may be read from any thread."""

    def __init__(self) -> None:
        self.newest = CallStats()
        self._looks: deque[tuple[float, Counters]] = deque(maxlen=WINDOW)
        self._epoch = 0

    def look(self, epoch: int, counters: Counters, sound: Heard, now: float) -> None:
        """Take the counters of that epoch at `now` (`time.monotonic()` seconds)."""
        if epoch != self._epoch:
            self._epoch = epoch
            self._looks.clear()
        self._looks.append((now, counters))
        (began, first), last = self._looks[0], counters
        span = max(now - began, 0.001)
        sound_frames = last.sound_frames - first.sound_frames
        self.newest = CallStats(
            round_trip_ms=None if last.round_trip_s is None else last.round_trip_s * 1000,
            sent_kbps=(last.sent_bytes - first.sent_bytes) * 8 / span / 1000,
            received_kbps=(last.received_bytes - first.received_bytes) * 8 / span / 1000,
            sent_loss=last.sent_loss,
            received_loss=last.received_loss,
            received_width=last.received_size[0],
            received_height=last.received_size[1],
            received_fps=(last.received_pictures - first.received_pictures) / span,
            sent_width=last.sent_size[0],
            sent_height=last.sent_size[1],
            sent_fps=(last.sent_pictures - first.sent_pictures) / span,
            audio_frames_per_s=sound_frames / span,
            audio_concealed_share=(last.sound_concealed - first.sound_concealed) / sound_frames if sound_frames else 0.0,
            audio_delay_ms=sound.delay_ms,
            extra={"encoder_load": last.encoder_load, **sound.extra},
            played_energy=sound.energy,
            device_limited=last.device_limited,
            network_limited=last.network_limited,
        )
