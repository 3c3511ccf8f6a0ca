"""The one door to the person: notes, questions, and the sentence after an unexpected error. Imports Qt and `app.texts` only.

Every note is a whole sentence of the catalogue. It stays until the person puts it away, and screen readers read it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QSizePolicy, QToolButton, QWidget

from app.texts import Texts
from app.ui.announce import announce
from app.ui.parts import open_dialog
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme

MOST_NOTES = 5
"""Older ones are of no use any more."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers."""

    prefix: str
    """A beginning of catalogue keys that ends in a dot, for PREFIXtext, PREFIXmore, PREFIXyes and PREFIXno."""
    with_cancel: bool = False
    """Where no is an act of its own: a third answer, PREFIXcancel, changes nothing and is meant by Escape."""
    ends_something: bool = False
    """Yes takes something away from a person; then Enter means what Escape means, and yes is said on purpose."""


class Messages(QObject):
    """Windows show what is `told`; `tell` may be called from any thread."""

    told = Signal(str)
    """A sentence to show."""
    put_away = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def tell(self, key: str, **values: object) -> None:
        """Show one sentence in every open window."""
        self.told.emit(self._texts(key, **values))

    def tell_crash(self) -> None:
        """After an error that nobody foresaw."""
        self.tell("app.messages.crash")

    def ask(self, parent: QWidget, question: Question, yes: Callable[[], None], no: Callable[[], None] | None = None) -> None:
        """Ask over `parent` without stopping the program. Escape changes nothing."""
        box = QMessageBox(parent)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self._texts("app.product"))
        box.setText(self._texts(f"{question.prefix}text"))
        box.setInformativeText(self._texts(f"{question.prefix}more"))
        agree = box.addButton(self._texts(f"{question.prefix}yes"), QMessageBox.ButtonRole.AcceptRole)
        refuse = box.addButton(self._texts(f"{question.prefix}no"), QMessageBox.ButtonRole.RejectRole)
        escape = refuse
        if question.with_cancel:
            escape = box.addButton(self._texts(f"{question.prefix}cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setEscapeButton(escape)
        box.setDefaultButton(escape if question.ends_something else agree)
        answers = {agree: yes, refuse: no}
        box.buttonClicked.connect(lambda button: (answers.get(button) or _nothing)())
        open_dialog(box)


class NoticeBar(QFrame):
    """Shows the newest note of `Messages` above a window's content; put away, it gives way to the one before it."""

    def __init__(self, messages: Messages, texts: Texts, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("kind", "notice")
        self.setVisible(False)
        self._theme = theme
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setProperty("kind", "icon")
        self._close.setAccessibleName(texts("app.messages.put-away"))
        bind_button(window, Shortcut.NOTICE, self._close, texts)
        self._close.clicked.connect(messages.put_away)
        self._notes: list[str] = []
        """Not put away yet, the newest last."""
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.addWidget(self._label)
        row.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        messages.told.connect(self._show)
        messages.put_away.connect(self._put_away)
        theme.changed.connect(self._dress)
        self._dress()

    def _show(self, text: str) -> None:
        self._notes = [*(note for note in self._notes if note != text), text][-MOST_NOTES:]
        self._present(text)

    def _put_away(self) -> None:
        self._notes = self._notes[:-1]
        if self._notes:
            self._present(self._notes[-1])
        else:
            self.hide()

    def _present(self, text: str) -> None:
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.show()
        announce(self, text, urgent=True)

    def _dress(self) -> None:
        self._close.setIcon(self._theme.icon("close", "on_notice"))


def _nothing() -> None:
    """No answer needs no act."""
