"""What a screen reader does to a cell is what Enter does there. Imports Qt only.

Qt gives the cells of its tables and trees one action, which selects the cell. Keys and mouse select nothing in our views
(`selectionCommand`), so whatever is selected was wanted from outside.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelection, QObject, QPersistentModelIndex, QTimer
from PySide6.QtWidgets import QAbstractItemView


class ActsFromOutside(QObject):
    """Belongs to a view that has its model already."""

    def __init__(self, view: QAbstractItemView, act: Callable[[], None]) -> None:
        """`act` is done at the current index."""
        super().__init__(view)
        self._view = view
        self._act = act
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        view.selectionModel().selectionChanged.connect(self._selected)

    def _selected(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        """The caller waits for an answer; what opens a window comes after it."""
        if selected.indexes():
            index = QPersistentModelIndex(selected.indexes()[0])
            QTimer.singleShot(0, self, lambda: self._do(index))

    def _do(self, index: QPersistentModelIndex) -> None:
        self._view.selectionModel().clearSelection()
        if index.isValid():
            self._view.setCurrentIndex(self._view.model().index(index.row(), index.column(), index.parent()))
            self._act()
