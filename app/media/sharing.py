"""The screen that is shown: its source on the caller's side, its pictures for the encoders. Knows no epochs and no network."""

from __future__ import annotations

import threading

from app.media.budget import Wishes
from app.media.ports import FrameSlot, I420Frame, ScreenSource
from app.media.routers import PictureRouter


class Sharing:
    """At most one source at a time, started and stopped on the thread that calls `share`."""

    def __init__(self, wishes: Wishes) -> None:
        self.router = PictureRouter()
        self._wishes = wishes
        self._slot = FrameSlot[I420Frame]()
        self._slot.watch(self._pass_on)
        self._source: ScreenSource | None = None
        self._lock = threading.Lock()

    def share(self, source: ScreenSource | None) -> None:
        """Show that instead of what is shown; None shows nothing. What the source's `start` raises comes through."""
        with self._lock:
            before, self._source = self._source, None
            if before is source is None:
                return
            if before is not None:
                before.stop()
            self._wishes.sharing = False
            self.router.clear()
            if source is not None:
                source.start(self._slot)
                self._source = source
                self._wishes.sharing = True

    def _pass_on(self) -> None:
        """On the source's thread. A stopped source may still have a picture on its way."""
        _, frame = self._slot.newest()
        if frame is None:
            self.router.clear()
        else:
            self.router.put(frame, show=False)
