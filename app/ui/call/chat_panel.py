"""The chat beside the pictures. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QStackedLayout, QVBoxLayout, QWidget

from app.services.ports import ChatLine
from app.texts import Texts
from app.ui.call.chat_model import ChatDelegate, ChatModel
from app.ui.parts import button, label
from app.ui.theme import Theme
from app.wire.talk import MAX_LINE_CHARS


class ChatPanel(QWidget):
    """Lines, a field, a button. Enter sends."""

    said = Signal(str)
    """A line to send, not empty, without blanks around it."""

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self._texts = texts
        self._view = QListView()
        self._view.setAccessibleName(texts("app.chat.list"))
        self._model = ChatModel(texts, self._view)
        self._view.setModel(self._model)
        self._view.setItemDelegate(ChatDelegate(theme, self._view))
        self._view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._view.setResizeMode(QListView.ResizeMode.Adjust)
        self._field = QLineEdit()
        self._field.setAccessibleName(texts("app.chat.field"))
        self._field.setPlaceholderText(texts("app.chat.field"))
        self._field.setMaxLength(MAX_LINE_CHARS)
        self._send = button(texts("app.chat.send"), "primary")
        self._field.returnPressed.connect(self._say)
        self._send.clicked.connect(self._say)
        theme.changed.connect(self._view.viewport().update)
        self._lay_out()

    def _lay_out(self) -> None:
        self._pages = QStackedLayout()
        empty = label(self._texts("app.chat.empty"), "muted")
        self._pages.addWidget(empty)
        self._pages.addWidget(self._view)
        row = QHBoxLayout()
        row.addWidget(self._field, 1)
        row.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 0, 20, 18)
        column.setSpacing(12)
        column.addWidget(label(self._texts("app.chat.title"), "large"))
        column.addLayout(self._pages, 1)
        column.addLayout(row)

    def show_lines(self, lines: Sequence[ChatLine]) -> None:
        """Take over all lines of the conversation."""
        self._model.show(lines)
        self._pages.setCurrentIndex(1 if lines else 0)
        self._view.scrollToBottom()

    def opened(self) -> None:
        """The panel is shown now: the keyboard goes to the field."""
        self._field.setFocus()

    def _say(self) -> None:
        text = self._field.text().strip()
        if text:
            self.said.emit(text)
            self._field.clear()
        self._field.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._view.scheduleDelayedItemsLayout()
