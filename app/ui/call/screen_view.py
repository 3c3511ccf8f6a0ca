"""The client's shared screen, large, with a magnifying glass. Imports Qt, the media ports and the surfaces only.

Only the part that is seen is scaled, so a large zoom costs no more than a small one.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.media.ports import FrameSlot, I420Frame
from app.texts import Texts
from app.ui.call.surface import PaintedSurface, Scaler
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme

STEPS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
"""Magnifications; 1 shows the whole screen."""
_ARROW = 0.2
"""An arrow key moves by that share of what is seen."""
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-_ARROW, 0),
    Qt.Key.Key_Right: QPointF(_ARROW, 0),
    Qt.Key.Key_Up: QPointF(0, -_ARROW),
    Qt.Key.Key_Down: QPointF(0, _ARROW),
}


def part_of(frame: I420Frame, zoom: float, middle: QPointF) -> I420Frame:
    """The part around `middle` (0 to 1 in both directions, from the top left) that is `zoom` times smaller than the picture.
    Its sides and corner are even, so that colours stay in their places."""
    width, height = max(2, int(frame.width / zoom) & ~1), max(2, int(frame.height / zoom) & ~1)
    left = int(min(max(middle.x() * frame.width - width / 2, 0), frame.width - width)) & ~1
    top = int(min(max(middle.y() * frame.height - height / 2, 0), frame.height - height)) & ~1
    rows, columns = slice(top, top + height), slice(left, left + width)
    half_rows, half_columns = slice(top // 2, (top + height) // 2), slice(left // 2, (left + width) // 2)
    return I420Frame(frame.y[rows, columns], frame.u[half_rows, half_columns], frame.v[half_rows, half_columns], frame.captured_at)


class ZoomedSurface(PaintedSurface):
    """Magnifies around a point; the mouse drags the picture, Ctrl and the wheel zoom, arrow keys move."""

    zoomed = Signal()

    def __init__(self, slot: FrameSlot[I420Frame], scale: Scaler) -> None:
        super().__init__(slot, lambda frame, width, height: scale(self._part(frame), width, height))
        self._zoom = 0
        self._middle = QPointF(0.5, 0.5)
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def zoom(self) -> float:
        """How many times larger than the whole."""
        return STEPS[self._zoom]

    def zoom_by(self, steps: int) -> None:
        """Larger (positive) or smaller."""
        self._show(max(0, min(len(STEPS) - 1, self._zoom + steps)), self._middle)

    def fit(self) -> None:
        """The whole again."""
        self._show(0, QPointF(0.5, 0.5))

    def _part(self, frame: I420Frame) -> I420Frame:
        return frame if self._zoom == 0 else part_of(frame, self.zoom, self._middle)

    def _show(self, zoom: int, middle: QPointF) -> None:
        self._zoom = zoom
        margin = 0.5 / self.zoom
        self._middle = QPointF(min(max(middle.x(), margin), 1 - margin), min(max(middle.y(), margin), 1 - margin))
        self._image = QImage()  # drawn anew from the picture that stands there
        self.update()
        self.zoomed.emit()

    def _move(self, by: QPointF) -> None:
        self._show(self._zoom, self._middle + by / self.zoom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _ARROWS.get(Qt.Key(event.key()))
        if by is None or self._zoom == 0:
            super().keyPressEvent(event)
        else:
            self._move(by)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and self._zoom:
            by = self._held - event.position()
            self._held = event.position()
            self._move(QPointF(by.x() / max(1, self.width()), by.y() / max(1, self.height())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None


class ScreenView(QWidget):
    """The surface with its three buttons."""

    def __init__(self, slot: FrameSlot[I420Frame], scale: Scaler, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.surface = ZoomedSurface(slot, scale)
        self.surface.setAccessibleName(texts("app.call.screen"))
        self.surface.setAccessibleDescription(texts("app.call.screen.more"))
        self._theme = theme
        self._texts = texts
        self._larger = self._button("app.call.screen.larger")
        self._smaller = self._button("app.call.screen.smaller")
        self._fit = self._button("app.call.screen.fit")
        self._larger.clicked.connect(lambda: self.surface.zoom_by(1))
        self._smaller.clicked.connect(lambda: self.surface.zoom_by(-1))
        self._fit.clicked.connect(self.surface.fit)
        self.surface.zoomed.connect(self._show_zoom)
        theme.changed.connect(self._dress)
        self._lay_out()
        self._dress()
        self._show_zoom()

    def bind_keys(self, window: QWidget) -> None:
        """Let the keys zoom while `window` is active and a screen is shown."""
        for shortcut, button in ((Shortcut.ZOOM_IN, self._larger), (Shortcut.ZOOM_OUT, self._smaller), (Shortcut.ZOOM_FIT, self._fit)):
            bind_button(window, shortcut, button, self._texts)

    def _button(self, key: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "onstage")
        made.setText(self._texts(key))
        made.setAccessibleName(self._texts(key))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return made

    def _lay_out(self) -> None:
        bar = QFrame()
        bar.setProperty("kind", "stagebar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        row.addStretch(1)
        for button in (self._smaller, self._fit, self._larger):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.surface, 1)
        column.addWidget(bar)

    def _show_zoom(self) -> None:
        self._larger.setEnabled(self.surface.zoom < STEPS[-1])
        self._smaller.setEnabled(self.surface.zoom > 1)
        self._fit.setText(self._texts("app.call.screen.fit") if self.surface.zoom == 1 else f"{self.surface.zoom:.0%}")

    def _dress(self) -> None:
        self._larger.setIcon(self._theme.icon("zoom-in", "on_stage"))
        self._smaller.setIcon(self._theme.icon("zoom-out", "on_stage"))
        for button in (self._larger, self._smaller):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
