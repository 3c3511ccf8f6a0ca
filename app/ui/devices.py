"""The devices that a person may choose: Qt's list for the port `DeviceCatalogue`, and reading any list off the Qt thread.

Imports Qt (QtMultimedia at the first listing) and media ports. Cameras are listed by Qt; microphones and loudspeakers by the library
that opens them, because under Linux the two do not name them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, SignalInstance

from app.media.catalogue import stable_camera_id
from app.media.ports import Device, DeviceCatalogue, DeviceKind

Lists = dict[DeviceKind, Sequence[Device]]


class QtDeviceCatalogue(QObject):
    """Lists what is plugged in now; `changed` and `plugged` tell of plugging in and out once something was listed.

    `devices` is to be called on one thread, which needs a loop of Qt's for `changed`: that of `DeviceLists`.
    """

    changed = Signal()
    plugged = Signal(DeviceKind)
    """The kind of which there are others now, or another default."""

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
            Device(kind, camera_id(bytes(one.id().data()).decode(), number, one.description()), one.description(), one.id() == default)
            for number, one in enumerate(media.videoInputs())
        ]
        return sorted(found, key=lambda device: not device.is_default)

    def _watched(self) -> Any:
        if self._media is None:
            from PySide6.QtMultimedia import QMediaDevices

            self._media = QMediaDevices()
            for kind, signal in (
                (DeviceKind.CAMERA, self._media.videoInputsChanged),
                (DeviceKind.MICROPHONE, self._media.audioInputsChanged),
                (DeviceKind.LOUDSPEAKER, self._media.audioOutputsChanged),
            ):
                signal.connect(self.changed)
                signal.connect(partial(self.plugged.emit, kind))
        return self._media


CLOSE_MS = 2000
"""So long a driver that is being asked gets to answer when the program ends."""


class _Reader(QObject):
    """Lives on the thread of `DeviceLists`."""

    read = Signal(object)

    def __init__(self, catalogue: DeviceCatalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def load(self) -> None:
        """Load Qt's multimedia library, which takes a tenth of a second, so that nobody waits for it later."""
        from PySide6.QtMultimedia import QMediaDevices

        QMediaDevices.videoInputs()

    def work(self) -> None:
        """Ask the system, which may take a while."""
        self.read.emit({kind: self._catalogue.devices(kind) for kind in DeviceKind})


class DeviceLists(QObject):
    """Reads the lists on a thread of its own: libraries are loaded for it and drivers asked, and the window must not stand still."""

    changed = Signal()
    """`lists` is new."""
    _wanted = Signal()
    _load_wanted = Signal()

    def __init__(self, catalogue: DeviceCatalogue, plugged: SignalInstance | None = None) -> None:
        """`plugged` tells that something was plugged in or out: the lists are then read again."""
        super().__init__()
        self.lists: Lists | None = None
        """What was there at the last reading; None before the first."""
        self._thread = QThread()
        self._thread.setObjectName("device-lists")
        self._reader = _Reader(catalogue)
        self._reader.moveToThread(self._thread)
        self._reader.read.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._wanted.connect(self._reader.work, Qt.ConnectionType.QueuedConnection)
        self._load_wanted.connect(self._reader.load, Qt.ConnectionType.QueuedConnection)
        if plugged is not None:
            plugged.connect(self.refresh, Qt.ConnectionType.QueuedConnection)

    def warm(self) -> None:
        """Load what listing devices and showing screens need; returns at once."""
        self._start()
        self._load_wanted.emit()
        self._wanted.emit()

    def refresh(self) -> None:
        """Read again; returns at once, `changed` follows."""
        self._start()
        self._wanted.emit()

    def close(self) -> None:
        """End the thread. May be called twice, and without any reading before. A driver that hangs holds nobody's leaving up."""
        self._thread.quit()
        if not self._thread.wait(CLOSE_MS):
            self._thread.terminate()
            self._thread.wait(CLOSE_MS)

    def _start(self) -> None:
        if not self._thread.isRunning():
            self._thread.start()

    def _take(self, lists: Lists) -> None:
        if lists != self.lists:
            self.lists = lists
            self.changed.emit()


def camera_id(qt_id: str, number: int, name: str) -> str:
    """From what OpenCV opens it: a device file's lasting name, or the number in the system's order and the name behind it."""
    return stable_camera_id(qt_id) if qt_id.startswith("/dev/") else f"{number}:{name}"
