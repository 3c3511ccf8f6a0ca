"""What all running devices have in common. No devices here."""

from __future__ import annotations

import threading
from typing import Protocol

from app.media.ports import DeviceTrouble


class RunningDevice(Protocol):
    """A camera, microphone or loudspeaker, real or simulated. Made, started once, closed once."""

    def start(self) -> None:
        """Begin. Raises DeviceError if it cannot be opened."""
        ...

    def close(self) -> None:
        """End; returns when the device is free."""
        ...

    def health(self, now: float) -> DeviceTrouble | None:
        """A look at it at `now` (`time.monotonic()`): VANISHED if it stopped without a word, SILENT if only silence comes, None if all
        is well."""
        ...


class DeviceError(Exception):
    """A device that does not open. The person hears of its `trouble`."""

    def __init__(self, trouble: DeviceTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class DeviceThread:
    """A device that is a thread of its own: the simulated ones and those that stand for none. Nothing can be wrong with it."""

    def __init__(self, name: str) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End and wait."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def health(self, now: float) -> DeviceTrouble | None:
        """All is well."""
        return None

    def _run(self) -> None:
        """Work until `_ended` is set."""
        raise NotImplementedError
