"""What every page of the wizard is made of: a heading, one question, and what was found about it. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QSizePolicy, QVBoxLayout, QWidget, QWizardPage

from app.domain.checks import Part
from app.services.checks.check_list import Progress, Step
from app.ui.announce import announce
from app.ui.appointment.cards import Line
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import DEVICE_STEPS, CheckModel
from app.ui.device_check.words import CheckWords
from app.ui.parts import Folding, label, scrolled

LOOK_MS = 400
"""Between two looks at an open device."""
ROW_LETTERS = 52
"""So many letters wide two things stand side by side."""


class Leaf(QWizardPage):
    """A page whose content can be read whole at any size."""

    def __init__(self, heading: str, question: str) -> None:
        super().__init__()
        self.setAccessibleName(heading)
        self._heading = label(heading, "section")
        self._question = label(question, "title")
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(24, 18, 24, 12)
        self.body.setSpacing(12)
        self.body.addWidget(self._heading)
        self.body.addWidget(self._question)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.area = scrolled(inside)
        column.addWidget(self.area)

    @property
    def first(self) -> QWidget | None:
        """What gets the keyboard when the page comes."""
        return None

    def sizeHint(self) -> QSize:
        return QSize(640, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 220)

    def entered(self) -> None:
        """The page is the one that is shown now."""
        self.area.verticalScrollBar().setValue(0)
        announce(self, f"{self._heading.text()}. {self._question.text()}")
        if self.first is not None:
            self.first.setFocus()

    def left(self) -> None:
        """Another one is."""


class StepPage(Leaf):
    """A page that makes one step of the list when it comes."""

    def __init__(self, step: Step, model: CheckModel, parts: CheckParts) -> None:
        texts = parts.texts
        name = texts(f"app.wizard.step.{step.value}")
        number, last = list(Step).index(step) + 1, len(Step)
        super().__init__(texts("app.wizard.count", number=number, last=last, name=name), texts(f"app.wizard.step.{step.value}.question"))
        self.step = step
        self.model = model
        self.parts = parts
        self.words = CheckWords(texts, parts.tools.table, parts.tools.server)
        self.begins_alone = True
        """Whether the step begins without being asked to."""
        self.found = Findings(parts, self.words)
        self.held = Line(parts.theme)
        self.held.hide()
        self.content = QWidget()
        self.inside = QVBoxLayout(self.content)
        self.inside.setContentsMargins(0, 0, 0, 0)
        self.inside.setSpacing(12)
        self.body.addWidget(self.held)
        self.body.addWidget(self.content, 1)
        self.body.addStretch(0)
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(lambda: self.model.look_again(self.step))
        model.changed.connect(self._show_soon)

    @property
    def is_held(self) -> bool:
        """Its device is in a conversation."""
        return self.step in DEVICE_STEPS and self.model.held

    def entered(self) -> None:
        self._shown = True
        if self.begins_alone:
            self.model.run(self.step)
        else:
            self.model.rest()
        self.show_model()
        self._timer.start()
        super().entered()

    def left(self) -> None:
        self._shown = False
        self._timer.stop()

    def resume(self) -> None:
        """The conversation that had the devices is over."""
        if self._shown and self.begins_alone and self.step in DEVICE_STEPS:
            self.model.run(self.step)

    def _show_soon(self) -> None:
        if self._shown:
            self.show_model()

    def show_model(self) -> None:
        """Take over what is known now."""
        self.held.setVisible(self.is_held)
        self.content.setVisible(not self.is_held)
        if self.is_held:
            self.held.tell(Told(Sign.GIVEN, self.parts.texts("app.wizard.held")))
        self.found.tell(self.told(), self.model, self.step)

    def told(self) -> Told:
        """Where the step stands, while nothing is wrong."""
        progress = self.model.progress(self.step)
        sign = {Progress.WAITING: Sign.OPEN, Progress.RUNNING: Sign.ON_THE_WAY, Progress.DONE: Sign.GOOD}[progress]
        if self.step is Step.NETWORK and progress is Progress.DONE:
            return Told(sign, self.words.all_well(Part.NETWORK))
        return Told(sign, self.parts.texts(f"app.wizard.step.{self.step.value}.{progress.value}"))


class Findings(QWidget):
    """A line while all is well; otherwise what is wrong first, and the one thing to do about it."""

    def __init__(self, parts: CheckParts, words: CheckWords) -> None:
        super().__init__()
        self._words = words
        self.line = Line(parts.theme, side=26, rank="strong")
        self.action = label("")
        self.action.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.action)

    def tell(self, told: Told, model: CheckModel, step: Step) -> None:
        """The fault that is told first, or `told`."""
        first = None if model.progress(step) is Progress.RUNNING else model.first_fault(step)
        if first is not None:
            told = Told(self._words.sign(first), self._words.sentence(first))
            self.action.setText(self._words.action(first))
        self.action.setVisible(first is not None)
        if self.line.told != told:
            self.line.tell(told)


class Answer(QWidget):
    """A question with yes and no. Until it was answered, neither is chosen."""

    answered = Signal(bool)

    def __init__(self, question: str, yes: str, no: str, asked_above: bool = False) -> None:
        """`asked_above` where the page has the question in large letters already."""
        super().__init__()
        self._group = QButtonGroup(self)
        self.yes, self.no = self._option(question, yes), self._option(question, no)
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addWidget(self.yes)
        both.addWidget(self.no)
        both.addStretch(1)
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if not asked_above:
            row.addWidget(label(question, "strong"))
        row.addLayout(both, 1)

    def _option(self, question: str, text: str) -> QRadioButton:
        made = QRadioButton(text)
        made.setProperty("kind", "way")
        made.setAccessibleName(f"{question} {text}")
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        made.toggled.connect(lambda on: self.answered.emit(made is self.yes) if on else None)
        self._group.addButton(made)
        return made

    def show_answer(self, yes: bool | None) -> None:
        """What was said; None takes it back."""
        self._group.setExclusive(False)
        for option, chosen in ((self.yes, yes is True), (self.no, yes is False)):
            option.blockSignals(True)
            option.setChecked(chosen)
            option.blockSignals(False)
        self._group.setExclusive(True)
