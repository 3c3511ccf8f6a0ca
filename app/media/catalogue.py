"""Lists simulated devices. Real cameras and sound devices are listed by `ui` (Qt knows when one is plugged in)."""

from __future__ import annotations

from collections.abc import Sequence

from app.media.ports import Device, DeviceKind

SYNTHETIC_CAMERA = "synthetic:camera"
SYNTHETIC_MICROPHONE = "synthetic:microphone"
SYNTHETIC_LOUDSPEAKER = "synthetic:loudspeaker"
FILE_PREFIX = "file:"
"""`file:PATH` is a film that plays as a camera, over and over."""


class SyntheticCatalogue:
    """DeviceCatalogue of demo and training: one simulated device of each kind. The names come from the catalogue of texts."""

    def __init__(self, camera_name: str, microphone_name: str, loudspeaker_name: str) -> None:
        self._devices = {
            DeviceKind.CAMERA: Device(DeviceKind.CAMERA, SYNTHETIC_CAMERA, camera_name, is_default=True),
            DeviceKind.MICROPHONE: Device(DeviceKind.MICROPHONE, SYNTHETIC_MICROPHONE, microphone_name, is_default=True),
            DeviceKind.LOUDSPEAKER: Device(DeviceKind.LOUDSPEAKER, SYNTHETIC_LOUDSPEAKER, loudspeaker_name, is_default=True),
        }

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """The one of that kind."""
        return (self._devices[kind],)
