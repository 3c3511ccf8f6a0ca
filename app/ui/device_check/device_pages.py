"""The pages that open a device: camera, microphone. Imports Qt and `app.ui` only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.media.ports import DeviceKind, FrameSlot, I420Frame
from app.services.checks.check_list import Question, Step
from app.ui.call.surface import PaintedSurface
from app.ui.device_check.device_box import DeviceBox
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.meter import SpeechMeter
from app.ui.device_check.model import CheckModel
from app.ui.device_check.page import Answer, StepPage

PICTURE_HEIGHT = 190
"""Pixels at least: enough to see whether one is in the picture."""
LEVEL_MS = 60
_KINDS = {Step.CAMERA: DeviceKind.CAMERA, Step.MICROPHONE: DeviceKind.MICROPHONE, Step.LOUDSPEAKER: DeviceKind.LOUDSPEAKER}


class DevicePage(StepPage):
    """With a list of the devices; another choice is looked at once."""

    def __init__(self, step: Step, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(step, model, parts)
        self._kind = _KINDS[step]
        self.devices = DeviceBox(self._kind, parts)
        self.devices.chosen.connect(self._choose)

    @property
    def first(self) -> QWidget | None:
        return self.devices.box

    def entered(self) -> None:
        self.devices.show_device(getattr(self.model.choice, self._kind.value))
        super().entered()

    def _choose(self, device: str) -> None:
        choice, kind = self.model.choice, self._kind
        self.model.choose(
            replace(
                choice,
                camera=device if kind is DeviceKind.CAMERA else choice.camera,
                microphone=device if kind is DeviceKind.MICROPHONE else choice.microphone,
                loudspeaker=device if kind is DeviceKind.LOUDSPEAKER else choice.loudspeaker,
            )
        )
        if self.begins_alone:
            self.model.run(self.step)


class CameraPage(DevicePage):
    """The own picture, as in a looking glass."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(Step.CAMERA, model, parts)
        self.picture = Picture(parts)
        question, yes, no = (parts.texts(f"app.wizard.step.camera.{end}") for end in ("question", "yes", "no"))
        self.seen = Answer(question, yes, no, asked_above=True)
        self.seen.answered.connect(lambda yes: model.answer(Question.SEES_SELF, yes))
        for each in (self.picture, self.found, self.devices, self.seen):
            self.inside.addWidget(each)
        self.inside.setStretch(0, 1)

    def show_model(self) -> None:
        super().show_model()
        self.picture.show_slot(None if self.model.checks is None else self.model.checks.picture)
        self.seen.show_answer(self.model.answered(Question.SEES_SELF))

    def left(self) -> None:
        self.picture.show_slot(None)
        super().left()


class MicrophonePage(DevicePage):
    """A meter, and a sentence to speak."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(Step.MICROPHONE, model, parts)
        self.meter = SpeechMeter(parts.texts, parts.theme)
        for each in (self.meter, self.found, self.devices):
            self.inside.addWidget(each)
        self.inside.addStretch(1)
        self._levels = QTimer(self)
        self._levels.setInterval(LEVEL_MS)
        self._levels.timeout.connect(lambda: self.meter.show_level(model.level_dbfs()))

    def entered(self) -> None:
        super().entered()
        self._levels.start()

    def left(self) -> None:
        self._levels.stop()
        super().left()


class Picture(QWidget):
    """The surface of a slot that comes and goes."""

    def __init__(self, parts: CheckParts) -> None:
        super().__init__()
        self._parts = parts
        self._slot: FrameSlot[I420Frame] | None = None
        self._surface: PaintedSurface | None = None
        self.setMinimumHeight(PICTURE_HEIGHT)
        self.setAccessibleName(parts.texts("app.wizard.step.camera.picture"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def has_picture(self) -> bool:
        """True while one stands there."""
        return self._surface is not None and self._surface.has_picture

    def show_slot(self, slot: FrameSlot[I420Frame] | None) -> None:
        """Of an open camera, or nothing."""
        if slot is self._slot:
            return
        if self._surface is not None:
            self._column.removeWidget(self._surface)
            self._surface.hide()
            self._surface.deleteLater()
            self._surface = None
        self._slot = slot
        if slot is not None:
            self._surface = PaintedSurface(slot, self._parts.make_scaler(), mirrored=True)
            self._surface.setAccessibleName(self.accessibleName())
            self._column.addWidget(self._surface)
