"""The chat as a Qt list model, and how a line is drawn. Imports Qt and `app.ui` only. Nothing of it is kept."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.services.ports import ChatLine, Delivery
from app.texts import Texts
from app.ui.theme import Theme
from app.ui.wording import Wording

AnyIndex = QModelIndex | QPersistentModelIndex
_WRAP = Qt.TextFlag.TextWordWrap
_LONG_WORD = re.compile(r"\S{25,}")
"""Gets invisible breaks, so that a pasted address does not run out of its bubble."""
_PAD = 10
_GAP = 8


class ChatRole(enum.IntEnum):
    """What a row tells besides its sentence."""

    TEXT = Qt.ItemDataRole.UserRole + 1
    """With invisible breaks in long words."""
    FOOT = Qt.ItemDataRole.UserRole + 2
    OWN = Qt.ItemDataRole.UserRole + 3


class ChatModel(QAbstractListModel):
    """One row for each line, the oldest first."""

    def __init__(self, texts: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts
        self._wording = Wording(texts)
        self._lines: list[ChatLine] = []

    def show(self, lines: Sequence[ChatLine]) -> None:
        """Take over all lines; new ones stand at the end."""
        known = {line.id for line in self._lines}
        fresh = [line for line in lines if line.id not in known]
        kept = len(lines) - len(fresh)
        if fresh:
            self.beginInsertRows(QModelIndex(), kept, len(lines) - 1)
            self._lines = list(lines)
            self.endInsertRows()
        else:
            self._lines = list(lines)
        if kept:
            self.dataChanged.emit(self.index(0), self.index(kept - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self._foot(line)}: {line.text}"
        if role == ChatRole.TEXT:
            return _LONG_WORD.sub(lambda match: "\u200b".join(match[0]), line.text)
        if role == ChatRole.FOOT:
            return self._foot(line)
        return line.own if role == ChatRole.OWN else None

    def _foot(self, line: ChatLine) -> str:
        who = "client" if not line.own else "sent" if line.delivery is Delivery.SENDING else "seen"
        return self._texts(f"app.chat.{who}", time=self._wording.time(line.at))


class ChatDelegate(QStyledItemDelegate):
    """Own lines on the right, the client's on the left; who and when stands below, never colour alone."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        width = self._view.viewport().width()
        bubble = self._bubble(index, width)
        return QSize(width, bubble.height() + self._foot_height() + 2 * _PAD + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        own = bool(index.data(ChatRole.OWN))
        text = self._bubble(index, rect.width())
        card = QRect(rect.left() + 4, rect.top(), text.width() + 2 * _PAD, text.height() + 2 * _PAD)
        if own:
            card.moveRight(rect.right() - 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.colour("accent_soft" if own else "raised"))
        current = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(self._theme.colour("accent"), 2) if current else QPen(self._theme.colour("hair"), 1))
        painter.drawRoundedRect(card, 10, 10)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(card.adjusted(_PAD, _PAD, -_PAD, -_PAD), _WRAP, str(index.data(ChatRole.TEXT)))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.colour("muted"))
        side = Qt.AlignmentFlag.AlignRight if own else Qt.AlignmentFlag.AlignLeft
        foot = QRect(rect.left() + 6, card.bottom() + 1, rect.width() - 12, self._foot_height())
        painter.drawText(foot, side | Qt.AlignmentFlag.AlignVCenter, str(index.data(ChatRole.FOOT)))
        painter.restore()

    def _bubble(self, index: AnyIndex, width: int) -> QRect:
        most = max(80, int(width * 0.85) - 2 * _PAD)
        return QFontMetrics(self._view.font()).boundingRect(QRect(0, 0, most, 100_000), _WRAP, str(index.data(ChatRole.TEXT)))

    def _foot_height(self) -> int:
        return QFontMetrics(self._theme.font("small")).height() + 2
