"""The bar at the foot of the conversation: large switches with a picture and a word, and the microphone's level.

Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.theme import Theme

_ICON = QSize(26, 26)


class Switch(QToolButton):
    """A button that is on or off, or that only acts. Its accessible name never changes; on and off is its checked state.

    What is on or off is to be followed by `toggled`, never by `clicked`: a screen reader toggles without clicking.
    """

    def __init__(self, name: str, icons: tuple[str, str], theme: Theme, role: str = "") -> None:
        """`icons` are those for on and off. `role` is "device", "panel", "showing", "end" or empty for a plain button."""
        super().__init__()
        self._icons = icons
        self._theme = theme
        self._role = role
        self.setProperty("kind", "end" if role == "end" else "switch")
        self.setProperty("role", role)
        self.setCheckable(role in ("device", "panel", "showing"))
        self.setText(name)
        self.setAccessibleName(name)
        self.setIconSize(_ICON)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(lambda _on: self.dress())
        theme.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Take the icon that fits the state."""
        off = self.isCheckable() and not self.isChecked()
        self.setIcon(self._theme.icon(self._icons[1 if off else 0], self._colour(off)))

    def _colour(self, off: bool) -> str:
        if not self.isEnabled():
            return "line"
        if self._role == "end" or (self._role == "showing" and not off):
            return "on_danger"
        return "danger" if self._role == "device" and off else "text"

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self.dress()


class LevelMeter(QWidget):
    """How loud the own microphone is, as a bar that fills from below; sound under -50 dB shows nothing."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedWidth(8)
        self.setMinimumHeight(28)
        self._theme = theme
        self._level = 0.0

    @property
    def level(self) -> float:
        """What is shown, 0 to 1."""
        return self._level

    def show_level(self, level: float) -> None:
        """`level` of full scale, 0 to 1. Falls slowly, rises at once."""
        shown = max(min(1.0, level**0.4), self._level - 0.12, 0.0)
        if abs(shown - self._level) > 0.01:
            self._level = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect()).adjusted(0, 6, 0, -6)
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(area, 4, 4)
        painter.setBrush(self._theme.colour("good"))
        filled = area.adjusted(0, area.height() * (1 - self._level), 0, 0)
        if filled.height() >= 2:
            painter.drawRoundedRect(filled, 4, 4)
