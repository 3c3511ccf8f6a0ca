"""Three ways to meet, side by side and alike: by video, by phone, on site. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QPushButton, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
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
            option.setIcon(way_icon(self._theme, way))


class WayButtons(QWidget):
    """To change the way of an appointment that stands: the one that holds is pressed in."""

    chosen = Signal(Way)

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._way = Way.VIDEO
        self._buttons: dict[Way, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for way in Way:
            made = way_button(texts(f"app.sheet.way.{way.value}"))
            made.setCheckable(True)
            made.clicked.connect(lambda _on, way=way: self._press(way))
            self._buttons[way] = made
            column.addWidget(made)
        theme.changed.connect(self._dress)
        self._dress()

    def show_way(self, way: Way, open_to_change: bool) -> None:
        """Which one holds, and whether another can be taken."""
        self._way = way
        for each, made in self._buttons.items():
            made.setChecked(each is way)
            made.setEnabled(open_to_change)

    def _press(self, way: Way) -> None:
        self.show_way(self._way, open_to_change=True)  # until the book has said yes
        if way is not self._way:
            self.chosen.emit(way)

    def _dress(self) -> None:
        for way, made in self._buttons.items():
            made.setIcon(way_icon(self._theme, way))


def way_button(text: str) -> QPushButton:
    """As wide as its neighbours."""
    made = button(text, "way")
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def way_icon(theme: Theme, way: Way) -> QIcon:
    """The sign of a way to meet."""
    return theme.icon(_ICONS[way])


class Row(QWidget):
    """Side by side where there is room, one below the other where there is not."""

    def __init__(self, narrow: int, spacing: int = 8) -> None:
        """`narrow`: pixels below which it stacks."""
        super().__init__()
        self._narrow = narrow
        self.line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(spacing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < self._narrow
        self.line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        items = [item for number in range(self.line.count()) if (item := self.line.itemAt(number)) is not None]
        return QSize(max((item.minimumSize().width() for item in items), default=0), self.line.minimumSize().height())
