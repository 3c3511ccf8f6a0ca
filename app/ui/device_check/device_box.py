"""Which camera, microphone or loudspeaker is checked. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.media.ports import DeviceKind
from app.ui.device_check.kit import CheckParts
from app.ui.parts import label


class DeviceBox(QWidget):
    """A list that follows what is plugged in and out. `chosen` tells only what a person chose."""

    chosen = Signal(str)

    def __init__(self, kind: DeviceKind, parts: CheckParts) -> None:
        super().__init__()
        self._kind = kind
        self._parts = parts
        self._device = ""
        self.box = QComboBox()
        self.box.setAccessibleName(parts.texts(f"app.devices.{kind.value}"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(12)
        self.box.activated.connect(self._take)
        name = label(self.box.accessibleName(), "field")
        name.setBuddy(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(name)
        column.addWidget(self.box)
        parts.devices.changed.connect(self._fill)
        self._fill()

    def show_device(self, device: str | None) -> None:
        """The one that is checked; read the list anew."""
        self._device = device or ""
        self._fill()
        self._parts.devices.refresh()

    def _fill(self) -> None:
        self.box.clear()
        if self._parts.tools.offer_default:
            self.box.addItem(self._parts.texts("app.devices.default"), "")
        for device in (self._parts.devices.lists or {}).get(self._kind, ()):
            self.box.addItem(device.name, device.id)
        if self.box.count() == 0:
            self.box.addItem(self._parts.texts(f"app.devices.none.{self._kind.value}"), "")
        self.box.setCurrentIndex(max(0, self.box.findData(self._device)))

    def _take(self, row: int) -> None:
        device = str(self.box.itemData(row) or "")
        if device != self._device:
            self._device = device
            self.chosen.emit(device)
