"""Small things that every view builds from: labels, buttons. Imports Qt only."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QLabel, QPushButton, QScrollArea, QWidget


class _Wrapped(QLabel):
    """Keeps the height that its lines need at its width: Qt's scroll areas ask a layout for a least height without a width."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._keep_height)  # within a layout's turn it would not be heard

    def setText(self, text: str) -> None:
        super().setText(text)
        self._keep_height()

    def _keep_height(self) -> None:
        kept = self.minimumHeight()
        self.setMinimumHeight(0)  # heightForWidth never gives less than this
        needed = max(0, self.heightForWidth(self.width())) if self.text() else 0
        self.setMinimumHeight(needed if self.width() > 0 else kept)


def label(text: str = "", rank: str = "") -> QLabel:
    """A wrapping text; `rank` is one of theme.qss (title, large, section, muted, words, good, warn, danger)."""
    made = _Wrapped(text)
    made.setWordWrap(True)
    made.setProperty("rank", rank)
    return made


class Folding(QBoxLayout):
    """A row of a widget's two parts; in a narrow window, or with large letters, the second stands below the first."""

    def __init__(self, parent: QWidget, letters: int) -> None:
        """`letters` of width are needed for a row."""
        super().__init__(QBoxLayout.Direction.LeftToRight, parent)
        self._letters = letters

    def setGeometry(self, place: QRect) -> None:
        parent = self.parentWidget()
        narrow = parent is not None and place.width() < self._letters * parent.fontMetrics().averageCharWidth()
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if direction is not self.direction():
            self.setDirection(direction)
        super().setGeometry(place)


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


def put_on_top(window: QWidget, mark: QWidget) -> None:
    """Above everything else of a window that is one column."""
    column = window.layout()
    if isinstance(column, QBoxLayout):
        column.insertWidget(0, mark)


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
