"""The help dialog: every shortcut of a window, in words, and the way to the handbooks. Imports Qt, `app.paths` and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.paths import first_page
from app.texts import Texts
from app.ui.announce import announce
from app.ui.parts import button, label
from app.ui.shortcuts import Shortcut

Find = Callable[[], Path | None]
Show = Callable[[Path], bool]


def in_the_browser(page: Path) -> bool:
    """Opens a file with whatever shows pages here; False if there is nothing."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))


class HelpDialog(QDialog):
    """Goes with its closing."""

    def __init__(
        self, parent: QWidget, texts: Texts, shortcuts: Sequence[Shortcut], find: Find = first_page, show: Show = in_the_browser
    ) -> None:
        """`find` gives the handbooks' first page, `show` opens it."""
        super().__init__(parent)
        self._texts, self._find, self._show_page = texts, find, show
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts("app.help.title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for row, shortcut in enumerate(shortcuts):
            keys = label(shortcut.shown, "section")
            keys.setWordWrap(False)
            grid.addWidget(keys, row, 0)
            meaning = label(texts(shortcut.text_key))
            meaning.setWordWrap(False)
            grid.addWidget(meaning, row, 1)
        grid.setColumnStretch(1, 1)
        self.books = button(texts("app.help.books"))
        self.books.clicked.connect(self._open_books)
        self.said = label("", "muted")
        self.said.hide()
        close = button(texts("app.close"), "primary")
        close.clicked.connect(self.accept)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.addWidget(self.books)
        row_of_buttons.addStretch(1)
        row_of_buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(label(texts("app.help.title"), "title"))
        column.addWidget(label(texts("app.help.more"), "muted"))
        column.addLayout(grid)
        column.addWidget(self.said)
        column.addStretch(1)
        column.addLayout(row_of_buttons)
        self.setMinimumWidth(460)

    def _open_books(self) -> None:
        page = self._find()
        if page is None:
            self._say(self._texts("app.help.books.none"))
        elif not self._show_page(page):
            self._say(self._texts("app.help.books.no-browser", file=str(page)))

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()
        announce(self.said, sentence)
