"""Small things that every view builds from: labels, buttons. Imports Qt only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QScrollArea, QWidget


def label(text: str = "", rank: str = "") -> QLabel:
    """A wrapping text; `rank` is one of theme.qss (title, large, section, muted, words, good, warn, danger)."""
    made = QLabel(text)
    made.setWordWrap(True)
    made.setProperty("rank", rank)
    return made


def set_rank(shown: QLabel, rank: str) -> None:
    """Change a label's look."""
    shown.setProperty("rank", rank)
    shown.style().unpolish(shown)
    shown.style().polish(shown)


def button(text: str, kind: str = "") -> QPushButton:
    """A button whose accessible name is its text; `kind` is one of theme.qss (primary, quiet, onnotice)."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setAccessibleName(text)
    made.setAutoDefault(kind == "primary")
    return made


def scrolled(content: QWidget) -> QScrollArea:
    """Content that can be read whole on low screens too; takes no place in the order of Tab."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def resize_to_fit(window: QWidget, size: QSize) -> None:
    """Give a window that size, or less where the screen is smaller (at 200 % a usual one is 960x540)."""
    screen = window.screen()
    window.resize(size.boundedTo(screen.availableSize()) if screen is not None else size)


def open_dialog(dialog: QDialog) -> None:
    """Open without stopping the program; afterwards the keyboard is back in the parent, also where no window manager sees to it."""
    parent = dialog.parentWidget()
    if parent is not None:
        dialog.finished.connect(lambda _result: parent.activateWindow())
    dialog.open()
