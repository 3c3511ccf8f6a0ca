"""How the line is shared between camera and screen. Pure rules over numbers; encoder threads read, the engine's loop writes."""

from __future__ import annotations

from app.media.ports import PictureLimit

START_BPS = 1_500_000
MIN_BPS = 150_000
MAX_CAMERA_BPS = 2_500_000
"""What browsers use for 1280x720."""
USEFUL = ((640 * 360, 800_000), (960 * 540, 1_000_000))
"""(pixels at most, bit/s at most) of smaller pictures: half of what browsers give a single stream, and less than 1 dB lost
(docs/decisions/0013)."""
MAX_SCREEN_BPS = 3_000_000
MAX_BPS = MAX_CAMERA_BPS + MAX_SCREEN_BPS
SOUND_BPS = 40_000
"""What sound and its overhead take of a narrow allowance."""
WEAK_BPS = 300_000
"""Too little for a picture that serves a conversation; the page's own uplink is judged by the same figure."""
LEAST_BPS = 50_000
"""A picture below this is none."""
MUCH_LOSS, LITTLE_LOSS = 0.1, 0.02
"""More than the first, and the line is too narrow for what we send; less than the second, and it may carry more."""
RISE = 1.08
REPORT_PAUSE_S = 0.8
"""Camera and screen are reported each for itself, about once a second; one answer to both is enough."""
CAMERA_SHARE = 0.25
"""Of the line, while a screen is shown beside the camera …"""
CAMERA_BESIDE_BPS = 200_000
"""… and no more than this, in this size and rate: the face stays visible, the text is what matters."""
CAMERA_BESIDE_HEIGHT = 180
CAMERA_BESIDE_S = 0.1


def useful_bps(pixels: int) -> int:
    """What makes a camera's picture of so many pixels better; more would be seen by nobody."""
    return next((bps for most, bps in USEFUL if pixels <= most), MAX_CAMERA_BPS)


class Wishes:
    """What holds in every epoch of a call: what the other side wishes at most, and whether a screen is shown."""

    def __init__(self) -> None:
        self.limit = PictureLimit()
        self.sharing = False


class Budget:
    """Of one epoch. `told` takes what the line carries; the properties say who may use how much of it, in bit/s."""

    def __init__(self, wishes: Wishes | None = None) -> None:
        self._wishes = wishes or Wishes()
        self._line = START_BPS
        self._carried = float(MAX_BPS)
        self._reported_at = float("-inf")

    def told(self, bitrate: int) -> None:
        """The other side's estimate for everything that we send it (REMB), bit/s."""
        self._line = max(MIN_BPS, min(bitrate, MAX_BPS))

    @property
    def network_limited(self) -> bool:
        """The line carries less than a picture that serves a conversation. What is merely small may have other reasons: a browser's
        estimate falls on a busy computer as well."""
        return min(self._line, self._carried) < WEAK_BPS

    def reported(self, loss: float, now: float) -> None:
        """The share of our packets that did not arrive lately, 0 to 1, by the other side's report; `now` is `time.monotonic()` seconds.

        A browser's estimate follows queues; what a short queue throws away only the sender can answer for
        (draft-ietf-rmcat-gcc-02, section 6).
        """
        if now - self._reported_at < REPORT_PAUSE_S:
            return
        self._reported_at = now
        if loss > MUCH_LOSS:
            self._carried = max(MIN_BPS, min(self._line, self._carried) * (1 - loss))
        elif loss < LITTLE_LOSS:
            self._carried = min(MAX_BPS, self._carried * RISE)

    @property
    def camera(self) -> int:
        """For the camera's picture."""
        pictures = self._pictures
        if self._wishes.sharing:
            return max(LEAST_BPS, min(CAMERA_BESIDE_BPS, int(pictures * CAMERA_SHARE)))
        return min(MAX_CAMERA_BPS, pictures)

    @property
    def screen(self) -> int:
        """For the shared screen."""
        return max(LEAST_BPS, min(MAX_SCREEN_BPS, self._pictures - self.camera))

    @property
    def camera_pause_s(self) -> float:
        """The least time between two pictures of the camera; 0 is as they come."""
        return CAMERA_BESIDE_S if self._wishes.sharing else 0.0

    def camera_scale(self, height: int) -> float:
        """By how much a picture of that height must be made smaller, 1 or less."""
        wished = [self._wishes.limit.height or height, CAMERA_BESIDE_HEIGHT if self._wishes.sharing else height]
        return min(1.0, *(most / height for most in wished))

    @property
    def _pictures(self) -> int:
        kbps, line = self._wishes.limit.kbps, min(self._line, int(self._carried))
        return min(line, max(LEAST_BPS, kbps * 1000 - SOUND_BPS)) if kbps else line
