"""The banners above the pictures, the most urgent first; a face is worth more than a third of them. Imports Qt only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

AT_ONCE = 2
"""More would take the client's face away on a small screen at 200 %."""


class BannerStack(QWidget):
    """Banners show and hide themselves; those beyond `AT_ONCE` wait until one before them has gone."""

    def __init__(self, banners: Sequence[QWidget]) -> None:
        """`banners` by urgency."""
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._places = []
        for banner in banners:
            place = QWidget()
            inside = QVBoxLayout(place)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(banner)
            column.addWidget(place)
            self._places.append((place, banner))
            banner.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._follow()
        return False

    def _follow(self) -> None:
        wanted = [place for place, banner in self._places if not banner.isHidden()]
        for place, _ in self._places:
            place.setVisible(place in wanted[:AT_ONCE])
        self.setVisible(bool(wanted))
