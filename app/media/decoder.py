"""Decodes VP8 pictures in a thread of its own. PyAV only."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import av
import structlog

from app.media.assembler import CodedPicture
from app.media.frames import from_av
from app.media.ports import I420Frame
from app.media.priority import Urgency, raise_priority

log = structlog.get_logger(__name__)


class PictureDecoder:
    """Pictures in order in, planes out to the sink (called on the decoder's thread)."""

    def __init__(self, sink: Callable[[I420Frame], None]) -> None:
        self.failed = False
        """The last picture could not be decoded: a key frame is needed. Set back by whoever asked for one."""
        self.frames = 0
        self.size = (0, 0)
        self._sink = sink
        self._queue: queue.SimpleQueue[CodedPicture | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="picture-decoder", daemon=True)
        self._thread.start()

    def decode(self, picture: CodedPicture) -> None:
        """Never waits."""
        self._queue.put(picture)

    def close(self) -> None:
        """End the thread and wait for it."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        raise_priority(Urgency.PICTURE)
        codec = av.CodecContext.create("vp8", "r")
        codec.thread_count = 1
        while (picture := self._queue.get()) is not None:
            try:
                for frame in codec.decode(av.Packet(picture.data)):
                    self._show(frame)
            except av.FFmpegError as error:
                self.failed = True
                log.info("picture_not_decoded", error=type(error).__name__)

    def _show(self, frame: av.VideoFrame) -> None:
        self.frames += 1
        self.size = (frame.width, frame.height)
        # While more pictures wait this one would be replaced before anybody saw it.
        if self._queue.empty():
            self._sink(from_av(frame))
