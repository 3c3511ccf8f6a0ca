"""The devices that a person may choose, for the port `DeviceCatalogue`. Imports Qt (QtMultimedia at the first listing) and media ports.

Cameras are listed by Qt; microphones and loudspeakers by the library that opens them, because under Linux the two do not name them
alike. A camera's id is what OpenCV opens: the device's path, elsewhere its number in the system's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.media.ports import Device, DeviceCatalogue, DeviceKind


class QtDeviceCatalogue(QObject):
    """Lists what is plugged in now; `changed` tells of plugging in and out once something was listed."""

    changed = Signal()

    def __init__(self, sound: DeviceCatalogue) -> None:
        super().__init__()
        self._sound = sound
        self._media: Any = None

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """See `DeviceCatalogue`."""
        media = self._watched()
        if kind is not DeviceKind.CAMERA:
            return self._sound.devices(kind)
        default = media.defaultVideoInput().id()
        found = [
            Device(kind, camera_id(bytes(one.id().data()).decode(), number), one.description(), one.id() == default)
            for number, one in enumerate(media.videoInputs())
        ]
        return sorted(found, key=lambda device: not device.is_default)

    def _watched(self) -> Any:
        if self._media is None:
            from PySide6.QtMultimedia import QMediaDevices

            self._media = QMediaDevices(self)
            for signal in (self._media.videoInputsChanged, self._media.audioInputsChanged, self._media.audioOutputsChanged):
                signal.connect(self.changed)
        return self._media


def camera_id(qt_id: str, number: int) -> str:
    """What OpenCV opens: Qt's id where it is a device file, otherwise the number."""
    return qt_id if qt_id.startswith("/dev/") else str(number)
