"""One slot that shows what lies in another, so that a window may watch a single slot through several calls. Imports the ports only."""

from __future__ import annotations

from collections.abc import Callable

from app.media.ports import FrameSlot, I420Frame


def mirror(source: FrameSlot[I420Frame], target: FrameSlot[I420Frame]) -> Callable[[], None]:
    """From now on `target` is filled and cleared as `source` is. The result ends that."""

    def copy() -> None:
        frame = source.newest()[1]
        if frame is None:
            target.clear()
        else:
            target.put(frame)

    return source.watch(copy)
