"""Three ways to meet, side by side and alike: by video, by phone, on site. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QRadioButton, QSizePolicy, QWidget

from app.domain.appointments import Way
from app.texts import Texts
from app.ui.parts import button
from app.ui.theme import Theme

_ICONS = {Way.VIDEO: "camera", Way.PHONE: "phone", Way.ON_SITE: "person"}


class WayChoice(QWidget):
    """To be chosen in a form; nothing happens by it yet."""

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._options: dict[Way, QRadioButton] = {}
        row = _equal_row(self)
        for way in Way:
            option = QRadioButton(texts(f"app.sheet.way.{way.value}"))
            option.setProperty("kind", "way")
            option.setIconSize(QSize(20, 20))
            option.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._options[way] = option
            self._group.addButton(option)
            row.addWidget(option, 1)
        self._options[Way.VIDEO].setChecked(True)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def way(self) -> Way:
        return next(way for way, option in self._options.items() if option.isChecked())

    def _dress(self) -> None:
        for way, option in self._options.items():
            option.setIcon(self._theme.icon(_ICONS[way]))


class WayButtons(QWidget):
    """To change the way of an appointment that stands: the one that holds is pressed in."""

    chosen = Signal(Way)

    def __init__(self, texts: Texts, theme: Theme, ways: tuple[Way, ...] = tuple(Way)) -> None:
        super().__init__()
        self._theme = theme
        self._buttons: dict[Way, QPushButton] = {}
        row = _equal_row(self)
        for way in ways:
            made = button(texts(f"app.sheet.way.rather.{way.value}"), "way")
            made.setCheckable(True)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _on, way=way: self._press(way))
            self._buttons[way] = made
            row.addWidget(made, 1)
        theme.changed.connect(self._dress)
        self._way: Way | None = None
        self._dress()

    def show_way(self, way: Way, open_to_change: bool) -> None:
        """Which one holds, and whether another can be taken."""
        self._way = way
        for each, made in self._buttons.items():
            made.setChecked(each is way)
            made.setEnabled(open_to_change)

    def _press(self, way: Way) -> None:
        if self._way is not None:
            self.show_way(self._way, open_to_change=True)  # until the book has said yes
        if way is not self._way:
            self.chosen.emit(way)

    def _dress(self) -> None:
        for way, made in self._buttons.items():
            made.setIcon(self._theme.icon(_ICONS[way]))


def _equal_row(owner: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(owner)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    return row
