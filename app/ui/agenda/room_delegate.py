"""Draws one appointment of the list as a card. Imports Qt, the theme and the rooms model only."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.agenda.rooms_model import AnyIndex, RoomRole
from app.ui.theme import Theme
from app.ui.wording import Phrase

_PAD = 14
_GAP = 8
_RADIUS = 12.0


class RoomDelegate(QStyledItemDelegate):
    """Time on the left, title and state on the right, a ring around the row that the keyboard is on."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        large, normal = QFontMetrics(self._theme.font("large", bold=True)), QFontMetrics(self._theme.font("small"))
        return QSize(280, large.height() + normal.height() + 2 * _PAD + _GAP + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        card = rect.adjusted(2, 2, -2, -_GAP + 2)
        self._paint_card(painter, card, option)
        self._paint_text(painter, card.adjusted(_PAD + 4, _PAD, -_PAD, -_PAD), index)
        painter.restore()

    def _paint_card(self, painter: QPainter, card: QRect, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = selected and bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setBrush(self._theme.colour("accent_soft" if selected else "surface"))
        painter.setPen(QPen(self._theme.colour("accent" if selected else "hair"), 2.5 if focused else 1))
        painter.drawRoundedRect(card, _RADIUS, _RADIUS)

    def _paint_text(self, painter: QPainter, inner: QRect, index: AnyIndex) -> None:
        large = self._theme.font("large", bold=True)
        time = str(index.data(RoomRole.TIME))
        phrase: Phrase = index.data(RoomRole.PHRASE)
        column = QFontMetrics(large).horizontalAdvance("00:00") + 24
        painter.setFont(large)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, time)
        right = inner.adjusted(column, 0, 0, 0)
        title = QFontMetrics(large).elidedText(str(index.data(RoomRole.TITLE)), Qt.TextElideMode.ElideRight, right.width())
        painter.drawText(right, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        self._paint_state(painter, right, phrase)

    def _paint_state(self, painter: QPainter, right: QRect, phrase: Phrase) -> None:
        small = self._theme.font("small")
        metrics = QFontMetrics(small)
        dot = metrics.height() // 4
        middle = right.bottom() - metrics.height() // 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(phrase.tone.value))
        painter.drawEllipse(QPoint(right.left() + dot, middle), dot, dot)
        painter.setFont(small)
        painter.setPen(self._theme.colour(phrase.tone.value))
        words = right.adjusted(dot * 2 + 8, 0, 0, 0)
        text = metrics.elidedText(phrase.text, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)
