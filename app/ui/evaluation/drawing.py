"""Draws a chart with pyqtgraph, in the theme's colours and with the person's letters. Imported late: the library takes a moment to load.

The drawing is still: no menu, no dragging, no wheel; the equal table stands beside it. Series differ in pattern as well as in colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF

from app.services.evaluation.charts import Chart, ChartRow, Kind, Value
from app.ui.colours import Colours

_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.CrossPattern,
    Qt.BrushStyle.FDiagPattern,
)
_PAD = 6
"""Pixels at the left and at the right."""
_MARGIN = 0.22
"""Of the width, for what is said behind a bar."""
_LEAST_SAID = 6
"""Percent: a narrower piece of a stacked bar has no room for its number; it stands in the table and in the legend."""


class ChartDrawing(pg.GraphicsView):  # type: ignore[misc]
    """Draws one chart after the other: the library's things do not like to be thrown away. `wanted_height` is what the last one needs.

    A bare view box, and no plot item: whose layout Qt and Python both free when the window goes.
    """

    def __init__(self) -> None:
        self._box_view: Any = None
        super().__init__()
        self._shown: list[pg.GraphicsObject] = []
        self._y = 0.0
        self.wanted_height = 0
        self._box_view = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self.setCentralItem(self._box_view)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def draw(self, chart: Chart, colours: Colours, font: QFont, width: int) -> None:
        """In these colours and letters, as wide as that; what was drawn before is gone."""
        for item in self._shown:
            self._box_view.removeItem(item)
        self._shown.clear()
        self._chart, self._colours, self._font = chart, colours, font
        self._metrics = QFontMetricsF(font)
        self._line = self._metrics.height() * 1.25
        self._width = float(width - 2 * _PAD)
        self.setBackground(colours.surface)
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.spoken)
        self._draw()
        self.wanted_height = math.ceil(self._y)
        self.setMinimumHeight(self.wanted_height)
        self.setMaximumHeight(self.wanted_height)
        self.resize(QSize(width, self.wanted_height))
        self._scale()

    def _scale(self) -> None:
        """That of pixels, at every size."""
        if self._box_view is not None:
            self._box_view.setRange(xRange=(-_PAD, self.width() - _PAD), yRange=(0, self.height()), padding=0, disableAutoRange=True)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._scale()

    def wheelEvent(self, event: object) -> None:
        """Belongs to what scrolls around it."""
        event.ignore()  # type: ignore[attr-defined]

    # ---- one below the other, in pixels

    def _draw(self) -> None:
        self._y = self._line * 0.3
        if self._chart.mark:
            self._words(self._chart.mark, self._colours.danger, bold=True)
        self._words(self._chart.title, self._colours.text, bold=True)
        if self._chart.rows:
            self._legend()
            for row in self._chart.rows:
                self._row(row)
        if self._chart.note:
            self._words(self._chart.note, self._colours.muted)
        self._y += self._line * 0.3

    def _legend(self) -> None:
        """Only where there is more than one series."""
        if len(self._chart.series) < 2:
            return
        x, side = 0.0, self._line * 0.6
        for number, name in enumerate(self._chart.series):
            long = side * 1.5 + self._metrics.horizontalAdvance(name) + side * 1.6
            if x and x + long > self._width:
                x, self._y = 0.0, self._y + self._line
            self._box(x, self._y + self._line * 0.2, side, side, number)
            self._text(name, x + side * 1.5, self._y, self._colours.text)
            x += long
        self._y += self._line * 1.4

    def _row(self, row: ChartRow) -> None:
        self._words(row.label, self._colours.text)
        tall = self._line * 0.9
        if self._chart.kind is Kind.STACKED:
            self._stack(row.values, tall)
        else:
            most = 100.0 if self._chart.kind is Kind.PAIRS else max(self._greatest(), 1.0)
            for number, value in enumerate(row.values):
                self._bar(value, number, most, tall)
        self._y += self._line * 0.5

    def _bar(self, value: Value, number: int, most: float, tall: float) -> None:
        scale = self._width * (1 - _MARGIN)
        if value.number is None:
            self._text(value.said, 0, self._y, self._colours.muted)
        else:
            long = max(value.number / most * scale, 1.5)
            self._box(0, self._y, long, tall, number)
            self._text(value.said, long + self._line * 0.3, self._y, self._colours.text)
        self._y += tall * 1.12

    def _stack(self, values: Sequence[Value], tall: float) -> None:
        """Pieces end to end; of the agency's one only what was published."""
        total = max(sum(value.number or 0 for value in values), 100.0)
        x = 0.0
        for number, value in enumerate(values):
            if value.number is None:
                continue
            long = value.number / total * self._width
            self._box(x, self._y, long, tall, number)
            room = self._metrics.horizontalAdvance(value.said) + 8
            if value.number >= _LEAST_SAID and room < long:
                self._chip(value.said, x + (long - room) / 2, tall, room)
            x += long
        self._y += tall

    def _chip(self, said: str, x: float, tall: float, wide: float) -> None:
        """Words on a pattern stand on a ground of their own."""
        ground = pg.BarGraphItem(
            x0=[x], y0=[self._y + tall * 0.1], width=[wide], height=[tall * 0.8], brush=self._colours.surface, pen=pg.mkPen(None)
        )
        self._put(ground)
        self._text(said, x + 4, self._y - self._line * 0.02, self._colours.text)

    def _greatest(self) -> float:
        return max((value.number or 0 for row in self._chart.rows for value in row.values), default=0)

    # ---- small things

    def _box(self, x: float, y: float, wide: float, tall: float, number: int) -> None:
        brush, pen = self._look(number)
        self._put(pg.BarGraphItem(x0=[x], y0=[y], width=[wide], height=[tall], brush=brush, pen=pen))

    def _look(self, number: int) -> tuple[QBrush, object]:
        colours = (
            self._colours.accent,
            self._colours.warn,
            self._colours.good,
            self._colours.text,
            self._colours.muted,
            self._colours.line,
        )
        colour = QColor(colours[number % len(colours)])
        return QBrush(colour, _PATTERNS[(number + number // len(_PATTERNS)) % len(_PATTERNS)]), pg.mkPen(colour, width=1)

    def _words(self, text: str, colour: str, *, bold: bool = False) -> None:
        for line in self._lines(text):
            self._text(line, 0, self._y, colour, bold=bold)
            self._y += self._line

    def _lines(self, text: str) -> Iterator[str]:
        """Wrapped at this width."""
        line = ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self._metrics.horizontalAdvance(longer) > self._width * 0.94:
                yield line
                longer = word
            line = longer
        yield line

    def _text(self, text: str, x: float, y: float, colour: str, *, bold: bool = False) -> None:
        item = pg.TextItem(text, color=colour, anchor=(0, 0))
        font = QFont(self._font)
        font.setBold(bold)
        item.setFont(font)
        item.textItem.document().setDocumentMargin(0)
        item.setPos(QPointF(x, y + self._line * 0.05))
        self._put(item)

    def _put(self, item: pg.GraphicsObject) -> None:
        self._shown.append(item)
        self._box_view.addItem(item, ignoreBounds=True)
