"""One's own small picture, which can be put into any corner by mouse and by keyboard. Imports Qt only."""

from __future__ import annotations

import enum

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Corner(enum.Enum):
    """Of the stage; the value is kept in the profile."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"

    @property
    def is_top(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.TOP_RIGHT)

    @property
    def is_left(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)

    @classmethod
    def at(cls, left: bool, top: bool) -> Corner:
        """The corner of these two sides."""
        return {(True, True): cls.TOP_LEFT, (False, True): cls.TOP_RIGHT, (True, False): cls.BOTTOM_LEFT}.get((left, top), cls.BOTTOM_RIGHT)

    @classmethod
    def kept(cls, value: str) -> Corner:
        """From the profile; what no corner is called so becomes the usual one."""
        return next((corner for corner in cls if corner.value == value), cls.BOTTOM_RIGHT)


class SelfView(QFrame):
    """A frame around the own picture. Where it stands is the stage's business: `dropped` and `corner_wanted` ask for a corner."""

    dropped = Signal(QPoint)
    """Its middle, in the stage's coordinates, where the mouse let it go."""
    corner_wanted = Signal(Corner)

    def __init__(self, own: QWidget, name: str, how: str, stage: QWidget) -> None:
        super().__init__(stage)
        self.setProperty("kind", "self")
        self.corner = Corner.BOTTOM_RIGHT
        self._held: QPoint | None = None
        own.setAccessibleName(name)
        own.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(name)
        self.setAccessibleDescription(how)
        self.setToolTip(how)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(3, 3, 3, 3)
        inside.addWidget(own)

    @property
    def is_held(self) -> bool:
        """True while the mouse has it."""
        return self._held is not None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.move(self.mapToParent(event.position().toPoint() - self._held))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.dropped.emit(self.geometry().center())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sides = {
            Qt.Key.Key_Left: (True, self.corner.is_top),
            Qt.Key.Key_Right: (False, self.corner.is_top),
            Qt.Key.Key_Up: (self.corner.is_left, True),
            Qt.Key.Key_Down: (self.corner.is_left, False),
        }.get(Qt.Key(event.key()))
        if sides is None:
            super().keyPressEvent(event)
        else:
            self.corner_wanted.emit(Corner.at(*sides))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
