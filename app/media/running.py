"""What all running devices have in common. No devices here."""

from __future__ import annotations

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


class DeviceError(Exception):
    """A device that does not open. The person hears of its `trouble`."""

    def __init__(self, trouble: DeviceTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
