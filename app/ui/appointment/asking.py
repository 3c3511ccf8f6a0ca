"""A question with facts in it and answers of equal look, where `app.ui.messages.Question` says too little. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.parts import button, label, open_dialog


@dataclass(frozen=True, slots=True)
class Answer:
    """One of them; the way back is always there besides."""

    text: str
    act: Callable[[], object]


class AskDialog(QDialog):
    """Escape and Enter change nothing: an answer is pressed on purpose."""

    def __init__(self, parent: QWidget, texts: Texts, title: str, lines: Sequence[str], answers: Sequence[Answer]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleDescription(" ".join(lines))
        column = dialog_column(self)
        column.addWidget(label(title, "title"))
        for line in lines:
            column.addWidget(label(line))
        column.addSpacing(6)
        back = button(texts("app.sheet.back"))
        back.clicked.connect(self.reject)
        row = QHBoxLayout() if len(answers) < 2 else QVBoxLayout()
        row.setSpacing(8)
        for answer in answers:
            row.addWidget(self._button(answer))
        row.addWidget(back)
        column.addLayout(row)
        back.setDefault(True)
        back.setFocus()
        self.setMinimumWidth(420)

    def _button(self, answer: Answer) -> QWidget:
        made = button(answer.text)
        made.clicked.connect(lambda: self._take(answer))
        return made

    def _take(self, answer: Answer) -> None:
        self.accept()
        answer.act()


def ask(parent: QWidget, texts: Texts, title: str, lines: Sequence[str], answers: Sequence[Answer]) -> None:
    """Ask over `parent` without stopping the program."""
    open_dialog(AskDialog(parent, texts, title, lines, answers))


def dialog_column(dialog: QDialog) -> QVBoxLayout:
    """The column that every dialog of ours is made of."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(28, 24, 28, 24)
    column.setSpacing(12)
    return column


def grow_to_fit(window: QWidget) -> None:
    """Make a window as high as its wrapped texts need at its width; Qt does so for the first picture only."""
    layout = window.layout()
    if layout is not None and window.isVisible():
        layout.activate()
        window.resize(window.width(), max(window.height(), layout.totalHeightForWidth(window.width())))


def button_row(*shown: QWidget) -> QBoxLayout:
    """Buttons on the right, the main one last."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for each in shown:
        row.addWidget(each)
    return row
