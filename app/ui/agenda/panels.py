"""What stands above the calendar: as high as it needs, scrolled before it takes the calendar's room. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

SHARE = 0.42
"""Of the window, at most."""
CALENDAR_HEIGHT = 330
"""Pixels that the calendar keeps in a low window …"""
LEAST_HEIGHT = 150
"""… as long as the panels keep these: one client who waits."""
LINE = 1
"""Drawn below all (theme.qss)."""
EDGE = 12
SPACING = 8


class _Column(QWidget):
    """Tells when its content is laid out anew: that is when something came into it, went, or changed its height."""

    laid_out = Signal()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.laid_out.emit()
        return done


class PanelArea(QScrollArea):
    """A column of panels that come and go by themselves."""

    laid_out = Signal()
    """Something came in, went, or changed its height."""

    def __init__(self, first: Sequence[QWidget], last: Sequence[QWidget]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setProperty("kind", "panels")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._height = 0
        whole = _Column()
        self._column = QVBoxLayout(whole)
        self._column.setContentsMargins(20, EDGE, 20, EDGE)
        self._column.setSpacing(SPACING)
        self._panels = [*first, *last]
        self._place = len(first)
        """Of the next panel that is put in."""
        for panel in self._panels:
            self._column.addWidget(panel)
        whole.laid_out.connect(self._fit)
        self.setWidget(whole)

    def put_in(self, panels: Sequence[QWidget]) -> None:
        """Between the first and the last."""
        for panel in panels:
            self._panels.append(panel)
            self._column.insertWidget(self._place, panel)
            self._place += 1

    def show_top(self) -> None:
        """Bring what is most urgent into sight, unless somebody is busy here by keyboard."""
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self.verticalScrollBar().setValue(0)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), min(self._height, LEAST_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._fit()

    def fit(self) -> None:
        """Take the height that is needed now. By itself it does so with Qt's next turn."""
        self._column.activate()
        self._fit()
        around = self.parentWidget()
        layout = around.layout() if around is not None else None
        if layout is not None:
            layout.activate()

    def _fit(self) -> None:
        shown = any(not panel.isHidden() for panel in self._panels)
        whole = self.window().height()
        most = max(LEAST_HEIGHT, min(int(whole * SHARE), whole - self.y() - CALENDAR_HEIGHT))
        self._height = min(self._column.totalHeightForWidth(self.viewport().width()) + LINE, most) if shown else 0
        self.updateGeometry()
        self.laid_out.emit()
