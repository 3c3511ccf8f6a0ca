"""The pages on which something is heard: test tones, the own voice, echo. Imports Qt and `app.ui` only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from app.media.check_ports import Ear
from app.services.checks.check_list import Question, Step
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.device_check.device_pages import DevicePage
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import CheckModel
from app.ui.device_check.page import Answer, StepPage
from app.ui.parts import Folding, button

EARS = {Ear.LEFT: Question.HEARD_LEFT, Ear.RIGHT: Question.HEARD_RIGHT}
ROW_LETTERS = 70


class LoudspeakerPage(DevicePage):
    """A tone on either side, when the person asks for it."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(Step.LOUDSPEAKER, model, parts)
        self.begins_alone = False
        texts = parts.texts
        self.tones = {ear: button(texts(f"app.wizard.tone.{ear.value}"), "primary") for ear in EARS}
        self.heard = {
            ear: Answer(texts(f"app.wizard.tone.{ear.value}.heard"), texts("app.wizard.yes"), texts("app.wizard.no")) for ear in EARS
        }
        self.headphones = QCheckBox(texts("app.devices.headphones"))
        self.headphones.toggled.connect(self._wear)
        for ear in EARS:
            self.inside.addWidget(self._row(ear))
        for each in (self.found, self.devices, self.headphones):
            self.inside.addWidget(each)
        self.inside.addStretch(1)

    def _row(self, ear: Ear) -> QWidget:
        self.tones[ear].clicked.connect(lambda: self.model.play(ear))
        self.heard[ear].answered.connect(lambda yes: self.model.answer(EARS[ear], yes))
        both = QWidget()
        row = Folding(both, ROW_LETTERS)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.tones[ear])
        row.addWidget(self.heard[ear], 1)
        return both

    @property
    def first(self) -> QWidget | None:
        return self.tones[Ear.LEFT]

    def show_model(self) -> None:
        super().show_model()
        for ear, answer in self.heard.items():
            answer.show_answer(self.model.answered(EARS[ear]))
        if self.headphones.isChecked() is not self.model.choice.headphones:
            self.headphones.setChecked(self.model.choice.headphones)

    def told(self) -> Told:
        texts = self.parts.texts
        if self.model.playing is not None:
            return Told(Sign.ON_THE_WAY, texts(f"app.wizard.tone.{self.model.playing.value}.plays"))
        said = [self.model.answered(question) for question in EARS.values()]
        return Told(Sign.GOOD if all(said) else Sign.OPEN, texts(f"app.wizard.step.loudspeaker.{'done' if all(said) else 'waiting'}"))

    def _wear(self, on: bool) -> None:
        if on is not self.model.choice.headphones:
            self.model.choose(replace(self.model.choice, headphones=on))


class ActPage(StepPage):
    """Something happens for some seconds when the person presses."""

    def __init__(self, step: Step, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(step, model, parts)
        self.begins_alone = False
        self.act: QPushButton = button(parts.texts(f"app.wizard.step.{step.value}.act"), "primary")
        self.act.clicked.connect(lambda: model.run(step))
        self.inside.addWidget(self.act)
        self.inside.addWidget(self.found)

    @property
    def first(self) -> QWidget | None:
        return self.act


class VoicePage(ActPage):
    """Three seconds of speech, then the same."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(Step.OWN_VOICE, model, parts)
        texts = parts.texts
        self.heard = Answer(texts("app.wizard.step.own-voice.heard"), texts("app.wizard.yes"), texts("app.wizard.no"))
        self.heard.answered.connect(lambda yes: self.model.answer(Question.HEARD_VOICE, yes))
        self.inside.addWidget(self.heard)
        self.inside.addStretch(1)

    def show_model(self) -> None:
        super().show_model()
        self.heard.show_answer(self.model.answered(Question.HEARD_VOICE))


class EchoPage(ActPage):
    """A sound of a second is played and listened for. Passed over in headphones: nothing of it would come back."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(Step.ECHO, model, parts)
        self.inside.addStretch(1)
