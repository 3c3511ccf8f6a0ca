"""Which camera, microphone and loudspeaker the conversation uses, and whether it is heard in headphones.

Imports Qt, the media ports and `app.ui` only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from app.media.ports import DeviceChoice, DeviceKind
from app.texts import Texts
from app.ui.devices import DeviceLists
from app.ui.parts import button, label


class DevicePanel(QWidget):
    """A list for each kind; a choice counts at once. The lists follow what is plugged in and out."""

    chosen = Signal(DeviceChoice)
    check_wanted = Signal()
    """The device check."""

    def __init__(self, devices: DeviceLists, choice: DeviceChoice, texts: Texts, offer_default: bool) -> None:
        super().__init__()
        self._devices = devices
        self._choice = choice
        self._texts = texts
        self._offer_default = offer_default
        self._boxes = {kind: self._make_box(kind) for kind in DeviceKind}
        self._headphones = QCheckBox(texts("app.devices.headphones"))
        self._headphones.toggled.connect(self._take_headphones)
        self._check = button(texts("app.wizard.devices"))
        self._check.clicked.connect(self.check_wanted)
        self._check.hide()
        self._lay_out()
        devices.changed.connect(self._fill)
        self.show_choice(choice)

    def _make_box(self, kind: DeviceKind) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(self._texts(f"app.devices.{kind.value}"))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(lambda _row: self._take(kind))
        return box

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 0, 20, 18)
        column.setSpacing(8)
        column.addWidget(label(self._texts("app.devices.title"), "large"))
        for box in self._boxes.values():
            column.addSpacing(6)
            name = label(box.accessibleName())
            name.setBuddy(box)
            column.addWidget(name)
            column.addWidget(box)
        column.addSpacing(6)
        column.addWidget(self._headphones)
        column.addWidget(label(self._texts("app.devices.headphones.more"), "muted"))
        column.addSpacing(6)
        column.addWidget(label(self._texts("app.devices.more"), "muted"))
        column.addSpacing(6)
        column.addWidget(self._check)
        column.addStretch(1)

    def offer_check(self) -> None:
        """There is a device check."""
        self._check.show()

    def opened(self) -> None:
        """The panel is shown now: the keyboard goes to the first list."""
        self._boxes[DeviceKind.CAMERA].setFocus()

    def show_choice(self, choice: DeviceChoice) -> None:
        """Take over what is chosen, also when it was chosen elsewhere."""
        self._choice = choice
        self._headphones.setChecked(choice.headphones)
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        self._devices.refresh()
        super().showEvent(event)

    def _fill(self) -> None:
        for kind, box in self._boxes.items():
            box.clear()
            if self._offer_default:
                box.addItem(self._texts("app.devices.default"), "")
            for device in (self._devices.lists or {}).get(kind, ()):
                box.addItem(device.name, device.id)
            box.addItem(self._texts(f"app.devices.none.{kind.value}"), None)
            box.setCurrentIndex(self._row(box, getattr(self._choice, kind.value)))

    def _row(self, box: QComboBox, chosen: str | None) -> int:
        return next((row for row in range(box.count()) if box.itemData(row) == chosen), 0)

    def _take(self, kind: DeviceKind) -> None:
        self._choice = replace(self._choice, **{kind.value: self._boxes[kind].currentData()})
        self.chosen.emit(self._choice)

    def _take_headphones(self, on: bool) -> None:
        if on is not self._choice.headphones:
            self._choice = replace(self._choice, headphones=on)
            self.chosen.emit(self._choice)
