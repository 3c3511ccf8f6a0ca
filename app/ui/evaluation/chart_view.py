"""One chart and its equal table, as two tabs. The drawing comes when its library is loaded. Imports Qt and `app.ui` only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QTabWidget, QVBoxLayout, QWidget

from app.services.evaluation.charts import Chart
from app.texts import Texts
from app.ui.parts import label, scrolled
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.evaluation.drawing import ChartDrawing

_WORDS = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_NUMBER = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_LATER_MS = 60
"""After the last change of width."""


class ChartView(QWidget):
    """The right half of the window."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme, self._texts = theme, texts
        self.chart: Chart | None = None
        self.drawing: ChartDrawing | None = None
        self.can_draw = False
        """The library is there."""
        self._inside = QWidget()
        self._inside.setObjectName("figures")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(10, 6, 10, 6)
        self.table = QTableWidget()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(True)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.mark, self.note = label("", "danger"), label("", "muted")
        tables = QWidget()
        column = QVBoxLayout(tables)
        column.setContentsMargins(10, 6, 10, 6)
        for each in (self.mark, self.table, self.note):
            column.addWidget(each, 1 if each is self.table else 0)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(texts("app.takeup.tabs"))
        self.tabs.addTab(scrolled(self._inside), texts("app.takeup.tab.chart"))
        self.tabs.addTab(tables, texts("app.takeup.tab.table"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.tabs)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.timeout.connect(self._draw)
        theme.changed.connect(self._draw)

    @cached_property
    def paper(self) -> ChartDrawing:
        """Where pictures for elsewhere are drawn, shown nowhere. Once `can_draw`."""
        from app.ui.evaluation.drawing import ChartDrawing

        made = ChartDrawing()
        made.setParent(self)
        made.setWindowFlag(Qt.WindowType.Tool)
        made.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        return made

    def show_chart(self, chart: Chart) -> None:
        """In both tabs; the tab that is open stays."""
        self.chart = chart
        self.mark.setText(chart.mark)
        self.mark.setVisible(bool(chart.mark))
        self.note.setText(chart.note)
        self.note.setVisible(bool(chart.note))
        self._fill(chart)
        self._draw()

    def draw_from_now_on(self) -> None:
        """The library is loaded."""
        self.can_draw = True
        self._draw()

    def _fill(self, chart: Chart) -> None:
        table = self.table
        table.setAccessibleName(f"{chart.title} – {chart.mark}" if chart.mark else chart.title)
        table.setAccessibleDescription(chart.note)
        table.setColumnCount(len(chart.headings))
        table.setHorizontalHeaderLabels(list(chart.headings))
        table.setRowCount(len(chart.table))
        for row, cells in enumerate(chart.table):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft)
                )
                table.setItem(row, column, item)
        table.setVisible(bool(chart.table))
        table.resizeRowsToContents()
        if chart.table:
            table.setCurrentCell(0, 0)

    def _draw(self) -> None:
        """Anew, at the width and with the colours of now."""
        if self.chart is None or not self.can_draw:
            return
        if self.drawing is None:
            from app.ui.evaluation.drawing import ChartDrawing

            self.drawing = ChartDrawing()
            self._column.insertWidget(0, self.drawing, 0, Qt.AlignmentFlag.AlignTop)
            self._column.addStretch(1)
        self.drawing.draw(self.chart, self._theme.colours, self._theme.font("normal"), max(self._inside.width() - 20, 240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw.start(_LATER_MS)
