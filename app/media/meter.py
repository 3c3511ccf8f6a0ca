"""Figures of a call, taken four times a second from counters that are kept anyway. No network, no devices."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.media.epoch import Epoch
from app.media.playout import PlayoutBuffer
from app.media.ports import CallStats

WINDOW = 8
"""Looks kept: rates are means over two seconds."""


@dataclass(frozen=True, slots=True)
class _Look:
    at: float
    sent_bytes: int
    sent_frames: int
    received_bytes: int
    received_frames: int
    sound_frames: int
    sound_concealed: int


class Meter:
    """`newest` may be read from any thread."""

    def __init__(self) -> None:
        self.newest = CallStats()
        self._looks: deque[_Look] = deque(maxlen=WINDOW)
        self._epoch = 0

    def look(self, epoch: Epoch, playout: PlayoutBuffer, now: float) -> None:
        """Take the counters of that epoch at `now` (`time.monotonic()`)."""
        if epoch.number != self._epoch:
            self._epoch = epoch.number
            self._looks.clear()
        self._looks.append(_take(epoch, now))
        first, last = self._looks[0], self._looks[-1]
        span = max(last.at - first.at, 0.001)
        sound_frames = last.sound_frames - first.sound_frames
        sender = epoch.picture_out
        round_trip = sender.round_trip_s
        sent_size, received_size = epoch.sizes
        self.newest = CallStats(
            round_trip_ms=None if round_trip is None else round_trip * 1000,
            sent_kbps=(last.sent_bytes - first.sent_bytes) * 8 / span / 1000,
            received_kbps=(last.received_bytes - first.received_bytes) * 8 / span / 1000,
            sent_loss=sender.loss,
            received_loss=epoch.received_loss,
            received_width=received_size[0],
            received_height=received_size[1],
            received_fps=(last.received_frames - first.received_frames) / span,
            sent_width=sent_size[0],
            sent_height=sent_size[1],
            sent_fps=(last.sent_frames - first.sent_frames) / span,
            audio_frames_per_s=sound_frames / span,
            audio_concealed_share=(last.sound_concealed - first.sound_concealed) / sound_frames if sound_frames else 0.0,
            audio_delay_ms=playout.delay_ms(),
        )


def _take(epoch: Epoch, now: float) -> _Look:
    sound = epoch.sound_in.sound
    decoder = epoch.picture_in.decoder
    return _Look(
        at=now,
        sent_bytes=epoch.picture_out.bytes + epoch.sound_out.bytes,
        sent_frames=epoch.pictures_sent,
        received_bytes=epoch.picture_in.bytes + epoch.sound_in.bytes,
        received_frames=decoder.frames if decoder else 0,
        sound_frames=sound.frames if sound else 0,
        sound_concealed=sound.concealed + sound.restored if sound else 0,
    )
