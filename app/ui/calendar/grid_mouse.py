"""The mouse in the grid: draw a new appointment, move one, stretch one at its lower edge. Imports Qt and `app.ui` only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.domain.appointments import Appointment
from app.ui.calendar.plan import Plan, plan_between, plan_of
from app.ui.calendar.planner import Planner
from app.ui.calendar.timetable import SNAP_S

if TYPE_CHECKING:
    from app.ui.calendar.grid import TimeGrid

EDGE = 6
"""Pixels at the lower edge of a block by which it is stretched."""


class GridMouse:
    """From press to release; what comes of it is a plan of the grid, taken over at the end."""

    def __init__(self, grid: TimeGrid, planner: Planner) -> None:
        self._grid = grid
        self._planner = planner
        self._from: QPointF | None = None
        """Where the button went down, in the viewport."""
        self._begun = 0
        """The time that lay there, Unix seconds."""
        self._grabbed: Appointment | None = None
        self._stretches = False
        self._dragging = False

    def forget(self) -> None:
        """The drag was left."""
        self._from = None
        self._dragging = False

    def press(self, event: QMouseEvent) -> None:
        point = event.position()
        self._planner.drop()
        self._grid.put_cursor(point)
        where = self._grid.picture.time_at(point)
        if event.button() is not Qt.MouseButton.LeftButton or where is None:
            return
        hit = self._grid.picture.placed_at(point, self._grid.least)
        if hit is not None and hit[0].appointment.stage.is_over:
            return
        self._from, self._begun, self._dragging = point, where[1], False
        self._grabbed = hit[0].appointment if hit is not None else None
        self._stretches = hit is not None and self._on_edge(point) and hit[0].end == hit[0].appointment.ends_at

    def move(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._from is None:
            shape = Qt.CursorShape.SizeVerCursor if self._on_edge(point) else Qt.CursorShape.ArrowCursor
            self._grid.viewport().setCursor(shape)
            return
        if not self._dragging and (point - self._from).manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        self._scroll(point)
        plan = self._plan_at(point)
        if plan is not None:
            self._planner.set(plan)

    def release(self, event: QMouseEvent) -> None:
        dragged = self._dragging
        self.forget()
        if dragged and event.button() is Qt.MouseButton.LeftButton:
            self._planner.take()

    def _on_edge(self, point: QPointF) -> bool:
        hit = self._grid.picture.placed_at(point, self._grid.least)
        return hit is not None and not hit[0].appointment.stage.is_over and hit[1].bottom() - point.y() <= EDGE

    def _plan_at(self, point: QPointF) -> Plan | None:
        where = self._grid.picture.time_at(point)
        if where is None:
            return None
        unix = where[1]
        if self._grabbed is None:
            return plan_between(self._begun, unix + SNAP_S if unix >= self._begun else unix)
        plan = plan_of(self._grabbed)
        if self._stretches:
            return plan.until(unix + SNAP_S)
        return replace(plan, start=plan.start + unix - self._begun)

    def _scroll(self, point: QPointF) -> None:
        """Bring into sight what lies beyond the edge."""
        bar, high = self._grid.verticalScrollBar(), self._grid.viewport().height()
        beyond = min(point.y(), 0) + max(point.y() - high, 0)
        if beyond:
            bar.setValue(bar.value() + round(beyond / 2))
