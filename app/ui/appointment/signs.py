"""Small painted signs: each state has a shape of its own, so that nobody has to tell colours apart. Imports Qt and the theme only."""

from __future__ import annotations

import enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme


class Sign(enum.Enum):
    """The value is the colour's name in `app.ui.colours`."""

    OPEN = "line"
    """Nothing known yet: an empty ring."""
    ON_THE_WAY = "accent"
    """It goes on by itself: a ring with three dots."""
    GIVEN = "muted"
    """Out of our hands, nobody knows what became of it: a disc with a bar. Never green."""
    GOOD = "good"
    """A disc with a tick."""
    WEAK = "warn"
    """A triangle with an exclamation mark."""
    BAD = "danger"
    """An octagon with a cross."""

    def __init__(self, colour: str) -> None:
        self.colour = colour


class SignView(QWidget):
    """One sign, as large as it is told. Says nothing to screen readers: the words beside it do."""

    def __init__(self, theme: Theme, side: int = 22) -> None:
        super().__init__()
        self._theme = theme
        self._side = side
        self._sign = Sign.OPEN
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def sign(self) -> Sign:
        return self._sign

    def show_sign(self, sign: Sign) -> None:
        self._sign = sign
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_sign(painter, QRectF(self.rect()), self._sign, self._theme)


def paint_sign(painter: QPainter, rect: QRectF, sign: Sign, theme: Theme) -> None:
    """Draw it into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour, inner = theme.colour(sign.colour), theme.colour("surface")
    side = min(rect.width(), rect.height())
    painter.translate(rect.center())
    painter.scale(side / 24, side / 24)
    _SHAPES[sign](painter, colour, inner)
    painter.restore()


def _ring(painter: QPainter, colour: QColor, _inner: QColor) -> None:
    painter.setPen(QPen(colour, 2))
    painter.drawEllipse(QPointF(0, 0), 9.5, 9.5)


def _dots(painter: QPainter, colour: QColor, inner: QColor) -> None:
    _ring(painter, colour, inner)
    _fill(painter, colour)
    for x in (-4.5, 0.0, 4.5):
        painter.drawEllipse(QPointF(x, 0), 1.4, 1.4)


def _bar(painter: QPainter, colour: QColor, inner: QColor) -> None:
    _fill(painter, colour)
    painter.drawEllipse(QPointF(0, 0), 10.5, 10.5)
    painter.setPen(_pen(inner))
    painter.drawLine(QPointF(-4.5, 0), QPointF(4.5, 0))


def _tick(painter: QPainter, colour: QColor, inner: QColor) -> None:
    _fill(painter, colour)
    painter.drawEllipse(QPointF(0, 0), 10.5, 10.5)
    painter.setPen(_pen(inner))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(-4.8, 0.3), QPointF(-1.4, 3.8), QPointF(5, -3.4)]))


def _triangle(painter: QPainter, colour: QColor, inner: QColor) -> None:
    painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(0, -9.3), QPointF(10, 8.6), QPointF(-10, 8.6)]))
    painter.setPen(_pen(inner))
    painter.drawLine(QPointF(0, -3.2), QPointF(0, 2.4))
    painter.drawPoint(QPointF(0, 6))


def _octagon(painter: QPainter, colour: QColor, inner: QColor) -> None:
    _fill(painter, colour)
    near, far = 4.4, 10.6
    corners = [(near, -far), (far, -near), (far, near), (near, far), (-near, far), (-far, near), (-far, -near), (-near, -far)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setPen(_pen(inner))
    painter.drawLine(QPointF(-3.6, -3.6), QPointF(3.6, 3.6))
    painter.drawLine(QPointF(3.6, -3.6), QPointF(-3.6, 3.6))


def _fill(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)


def _pen(colour: QColor) -> QPen:
    return QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


_SHAPES = {
    Sign.OPEN: _ring,
    Sign.ON_THE_WAY: _dots,
    Sign.GIVEN: _bar,
    Sign.GOOD: _tick,
    Sign.WEAK: _triangle,
    Sign.BAD: _octagon,
}
