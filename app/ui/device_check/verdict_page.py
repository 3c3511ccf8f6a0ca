"""The end of the wizard: one verdict, and for each problem one thing to do. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.check_result import CheckResult
from app.domain.checks import Fault, Part
from app.services.checks.check_list import Step
from app.ui.announce import announce
from app.ui.appointment.cards import Line, framed
from app.ui.appointment.words import Told
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import CheckModel
from app.ui.device_check.page import Leaf
from app.ui.device_check.protocol import ProtocolRow
from app.ui.device_check.words import CheckWords
from app.ui.parts import button, label


class VerdictPage(Leaf):
    """`again` asks for the page of a step."""

    again = Signal(Step)

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(parts.texts("app.wizard.verdict"), "")
        self._question.hide()
        self._model = model
        self._parts = parts
        self._words = CheckWords(parts.texts, parts.tools.table, parts.tools.server)
        self.verdict = Line(parts.theme, side=40, rank="large")
        self.problems = Problems(parts, self._words)
        self.problems.again.connect(self.again)
        self.parts = PartLines(parts, self._words)
        self.protocol = ProtocolRow(model, parts)
        for each in (self.verdict, self.problems, self.parts, self.protocol):
            self.body.addWidget(each)
        self.body.addStretch(1)

    @property
    def first(self) -> QWidget | None:
        return self.problems.first

    def entered(self) -> None:
        self._model.rest()
        self.show_result(self._model.result())
        super().entered()
        announce(self, self.verdict.told.text)

    def show_result(self, result: CheckResult | None) -> None:
        """Take over what was found."""
        if result is not None:
            self.verdict.tell(self._words.verdict(result))
            self.problems.show_result(result)
            self.parts.show_result(result)


class Problems(QWidget):
    """A card for each fault: what it is, the one thing to do, and the way to look again."""

    again = Signal(Step)

    def __init__(self, parts: CheckParts, words: CheckWords) -> None:
        super().__init__()
        self._parts = parts
        self._words = words
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._cards: list[QWidget] = []
        self.first: QWidget | None = None
        """The way to look again at what is told first."""

    def show_result(self, result: CheckResult) -> None:
        """All faults, first the one that is to be mended first."""
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.first = None
        first = result.verdict.fault
        self._cards = [self._card(fault) for fault in (() if first is None else (first, *result.verdict.others))]
        for card in self._cards:
            self._column.addWidget(card)
        self.setVisible(first is not None)

    def _card(self, fault: Fault) -> QWidget:
        line = Line(self._parts.theme, side=26, rank="strong")
        line.tell(Told(self._words.sign(fault), self._words.sentence(fault)))
        look = button(self._parts.texts("app.wizard.again"))
        look.setAccessibleDescription(self._words.sentence(fault))
        step = step_of(self._parts.tools.table.row(fault).part)
        look.clicked.connect(lambda: self.again.emit(step))
        self.first = self.first or look
        card = framed("card", line, label(self._words.action(fault)), look)
        if (inside := card.layout()) is not None:
            inside.setAlignment(look, Qt.AlignmentFlag.AlignLeft)
        return card


class PartLines(QWidget):
    """How each part came out, a line each."""

    def __init__(self, parts: CheckParts, words: CheckWords) -> None:
        super().__init__()
        self._words = words
        self.lines = {part: Line(parts.theme, words.part(part)) for part in Part}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for line in self.lines.values():
            column.addWidget(line)

    def show_result(self, result: CheckResult, waiting: Collection[Part] = ()) -> None:
        """Take over the outcomes; those that are waited for have none yet."""
        for part, told in self._words.parts(result, waiting).items():
            if self.lines[part].told != told:
                self.lines[part].tell(told)


def step_of(part: Part) -> Step:
    """The first step that tells of a part."""
    return next(step for step in Step if step.part is part)
