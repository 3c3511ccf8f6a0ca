"""What is said of our own devices in the main window: the hint at the first start, the last verdict. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton

from app.texts import Texts
from app.ui.appointment.cards import Line
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import Folding, button
from app.ui.theme import Theme

ROW_LETTERS = 70


class CheckPanel(QFrame):
    """One line; hidden while there is nothing to say, and when it was put away."""

    check_wanted = Signal()
    put_away = Signal()

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._texts = texts
        self._theme = theme
        self.line = Line(theme)
        self.check = button(texts("app.wizard.panel.check"))
        self.check.clicked.connect(self.check_wanted)
        self.away = QToolButton()
        self.away.setProperty("kind", "icon")
        self.away.setAccessibleName(texts("app.messages.put-away"))
        self.away.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.away.clicked.connect(self._put_away)
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(14, 7, 8, 7)
        row.setSpacing(12)
        row.addWidget(self.line, 1)
        row.addWidget(self.check)
        row.addWidget(self.away)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_hint(self) -> None:
        """Nobody has checked these devices yet."""
        self._say(Told(Sign.OPEN, self._texts("app.wizard.panel.hint")))

    def show_verdict(self, told: Told, time: str) -> None:
        """How the last check came out, and when that was."""
        self._say(Told(told.sign, self._texts("app.wizard.panel.verdict", time=time, verdict=told.text)))

    def _say(self, told: Told) -> None:
        self.line.tell(told)
        self.show()

    def _put_away(self) -> None:
        self.hide()
        self.put_away.emit()

    def _dress(self) -> None:
        self.away.setIcon(self._theme.icon("close"))
