"""Lists simulated devices and those of the sound system. Cameras are listed by `ui` (Qt knows when one is plugged in)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.media.ports import Device, DeviceKind
from app.media.turns import SoundSystem

SYNTHETIC_CAMERA = "synthetic:camera"
SYNTHETIC_MICROPHONE = "synthetic:microphone"
SYNTHETIC_LOUDSPEAKER = "synthetic:loudspeaker"
SIMULATED_PERSONS = ("synthetic:person-1", "synthetic:person-2", "synthetic:person-3")
"""Cameras before which a drawn person sits."""
SIMULATED_VOICE = "synthetic:voice"
"""The microphone into which these persons speak."""
FILE_PREFIX = "file:"
"""`file:PATH` is a film that plays as a camera, over and over."""

PATIENCE_S = 5.0
"""Whoever looks at a list is not kept waiting for ever by a driver that hangs."""


def is_hardware(device: str | None) -> bool:
    """Whether an id is that of a real device, the system's default among them. None is no device."""
    return device is not None and not device.startswith(("synthetic:", FILE_PREFIX))


def stable_camera_id(path: str, by_id: Path = Path("/dev/v4l/by-id")) -> str:
    """The name under which Linux shows a camera again after a restart, for its device file; the file itself if it has no such name."""
    names = sorted(by_id.iterdir()) if by_id.is_dir() else []
    return next((str(name) for name in names if name.resolve() == Path(path).resolve()), path)


class SoundCatalogue:
    """DeviceCatalogue of microphones and loudspeakers; knows no cameras. The library is loaded when somebody wants to see the list."""

    def __init__(self, system: SoundSystem) -> None:
        """`system` is that of the hardware."""
        self._system = system

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """What there is now; while streams are open, what there was when the sound system was last started anew."""
        if kind is DeviceKind.CAMERA:
            return ()
        from app.media.sound_devices import listed

        with self._system.turn(PATIENCE_S) as ours:
            if not ours:
                return ()
            self._system.renew()
            return listed(kind)


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


class PersonCatalogue:
    """DeviceCatalogue of training: three drawn persons, one voice, one loudspeaker. The names come from the catalogue of texts."""

    def __init__(self, person_names: Sequence[str], microphone_name: str, loudspeaker_name: str) -> None:
        """`person_names`: three."""
        self._devices: dict[DeviceKind, tuple[Device, ...]] = {
            DeviceKind.CAMERA: tuple(
                Device(DeviceKind.CAMERA, id_, name, is_default=id_ == SIMULATED_PERSONS[0])
                for id_, name in zip(SIMULATED_PERSONS, person_names, strict=True)
            ),
            DeviceKind.MICROPHONE: (Device(DeviceKind.MICROPHONE, SIMULATED_VOICE, microphone_name, is_default=True),),
            DeviceKind.LOUDSPEAKER: (Device(DeviceKind.LOUDSPEAKER, SYNTHETIC_LOUDSPEAKER, loudspeaker_name, is_default=True),),
        }

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """Those of that kind."""
        return self._devices[kind]
