"""Which camera, microphone and loudspeaker the conversation uses. Imports Qt, the media ports and `app.ui` only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.media.ports import DeviceCatalogue, DeviceChoice, DeviceKind
from app.texts import Texts
from app.ui.parts import label


class DevicePanel(QWidget):
    """A list for each kind; a choice counts at once. The lists are read each time the panel is shown."""

    chosen = Signal(DeviceChoice)

    def __init__(self, catalogue: DeviceCatalogue, choice: DeviceChoice, texts: Texts, offer_default: bool) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._choice = choice
        self._texts = texts
        self._offer_default = offer_default
        self._boxes: dict[DeviceKind, QComboBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(8)
        column.addWidget(label(texts("app.devices.title"), "large"))
        for kind in DeviceKind:
            column.addSpacing(6)
            name = label(texts(f"app.devices.{kind.value}"))
            box = QComboBox()
            box.setAccessibleName(name.text())
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.activated.connect(lambda _row, kind=kind: self._take(kind))
            name.setBuddy(box)
            self._boxes[kind] = box
            column.addWidget(name)
            column.addWidget(box)
        column.addWidget(label(texts("app.devices.more"), "muted"))
        column.addStretch(1)

    def opened(self) -> None:
        """The panel is shown now: the keyboard goes to the first list."""
        self._boxes[DeviceKind.CAMERA].setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        for kind in DeviceKind:
            self._fill(kind)
        super().showEvent(event)

    def _fill(self, kind: DeviceKind) -> None:
        box = self._boxes[kind]
        box.clear()
        if self._offer_default:
            box.addItem(self._texts("app.devices.default"), "")
        for device in self._catalogue.devices(kind):
            box.addItem(device.name, device.id)
        box.addItem(self._texts(f"app.devices.none.{kind.value}"), None)
        box.setCurrentIndex(self._row(box, getattr(self._choice, kind.value)))

    def _row(self, box: QComboBox, chosen: str | None) -> int:
        return next((row for row in range(box.count()) if box.itemData(row) == chosen), 0)

    def _take(self, kind: DeviceKind) -> None:
        chosen = self._boxes[kind].currentData()
        self._choice = replace(self._choice, **{kind.value: chosen})
        self.chosen.emit(self._choice)
