"""Pieces of the call sheet: a numbered step as a card, a sign with its words. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.announce import announce
from app.ui.appointment.signs import SignView
from app.ui.appointment.words import Told
from app.ui.parts import label
from app.ui.theme import Theme


class Line(QWidget):
    """A sign and what it says, with a name before it where it needs one. A change is read out."""

    def __init__(self, theme: Theme, name: str = "", side: int = 20, rank: str = "") -> None:
        super().__init__()
        self._name = name
        self._sign = SignView(theme, side)
        self._text = label("", rank)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._sign, alignment=Qt.AlignmentFlag.AlignTop if name else Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(self._words(), 1)

    def _words(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        if self._name:
            words.addWidget(label(self._name, "section"))
        words.addWidget(self._text)
        return words

    @property
    def told(self) -> Told:
        """What stands there."""
        return Told(self._sign.sign, self._text.text())

    def tell(self, told: Told) -> None:
        """Show it; say it, too, if it is news."""
        news = bool(self._text.text()) and self.told != told
        self._sign.show_sign(told.sign)
        self._text.setText(told.text)
        self._text.setAccessibleName(f"{self._name}: {told.text}" if self._name else told.text)
        if news and self.isVisible():
            announce(self, self._text.accessibleName())


def framed(kind: str, *content: QWidget) -> QFrame:
    """A frame around widgets, one below the other. `kind` is one of theme.qss: card, or spoken for words that matter, such as what is
    read out to a client or what the program proposes."""
    frame = QFrame()
    frame.setProperty("kind", kind)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(17, 14, 17, 14)
    inside.setSpacing(8)
    for each in content:
        inside.addWidget(each)
    return frame


class StepCard(QFrame):
    """A step of the phone call: its number, what it is about, how far it is; the rest is put into `body`."""

    def __init__(self, number: int, title: str, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._number = QLabel(str(number))
        self._number.setProperty("kind", "number")
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state = Line(theme)
        self.state.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._number)
        head.addWidget(label(title, "large"), 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 18)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.state)
        column.addLayout(self.body)

    def show_state(self, told: Told | None) -> None:
        """How far the step is; nothing for None."""
        self.state.setVisible(told is not None)
        if told is not None:
            self.state.tell(told)
