"""The presenter's notes: on a screen of their own or on paper, never on the one that the group sees. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.papers.script import ScriptPaper
from app.services.training.script import ScriptStep
from app.texts import Texts
from app.ui.parts import button, label, resize_to_fit, scrolled
from app.ui.training.parts import TrainerParts


class NotesWindow(QWidget):
    """Follows the script."""

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self.setObjectName("window")
        self._training, self._texts = parts.training, parts.texts
        self.setWindowTitle(self._texts("app.training.notes"))
        self._title, self._note, self._next = label("", "title"), label("", "large"), label("", "muted")
        forward = button(self._texts("app.training.script.next"), "primary")
        forward.clicked.connect(lambda: self._training.go_to(self._training.step.next))
        said = QWidget()
        inner = QVBoxLayout(said)
        for shown in (self._title, self._note, self._next):
            inner.addWidget(shown)
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.addWidget(scrolled(said), 1)
        column.addWidget(forward)
        resize_to_fit(self, QSize(640, 560))
        self._unsubscribe = self._training.changed.subscribe(lambda _none: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """The note of the step."""
        step = self._training.step
        title = self._texts(f"app.training.step.{step.value}.title")
        self._title.setText(f"{step.number}  {title}")
        self._note.setText(self._texts(f"app.training.step.{step.value}.note"))
        after = "" if step.next is step else self._texts(f"app.training.step.{step.next.value}.title")
        self._next.setText(self._texts("app.training.notes.next", title=after) if after else "")

    def show_on(self, screen: QScreen) -> None:
        """There, and nowhere else."""
        self.setScreen(screen)
        self.move(screen.availableGeometry().topLeft())
        self.show()
        self.raise_()

    def close_down(self) -> None:
        """Hear no more, and go."""
        self._unsubscribe()
        self.close()


def other_screen(of: QWidget) -> QScreen | None:
    """A screen on which the group does not look; None if there is only one."""
    return next((screen for screen in QGuiApplication.screens() if screen is not of.screen()), None)


def paper_of(texts: Texts) -> ScriptPaper:
    """All notes, to be printed."""
    return ScriptPaper(
        language=texts.language,
        title=texts("app.training.paper.title"),
        intro=texts("app.training.paper.intro"),
        show=texts("app.training.paper.show"),
        note=texts("app.training.paper.note"),
        steps=[
            (
                texts(f"app.training.step.{step.value}.title"),
                texts(f"app.training.step.{step.value}.show"),
                texts(f"app.training.step.{step.value}.note"),
            )
            for step in ScriptStep
        ],
        page=texts("app.calendar.paper.page"),
    )
