"""Lets Tab go through a window in the order in which it is read, also when parts of it come and go. Imports Qt only."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QLayout, QScrollArea, QWidget


class Column(QWidget):
    """A widget that tells when its content is laid out anew: that is when something came into it."""

    laid_out = Signal()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.laid_out.emit()
        return done


def chain(before: QWidget, part: QWidget) -> None:
    """Let Tab go on from `before` into `part`, and there through everything in the order of its layouts."""
    for each in _in_order(part):
        QWidget.setTabOrder(before, each)
        before = each


def _in_order(part: QWidget) -> Iterator[QWidget]:
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield part
    if isinstance(part, QScrollArea):
        yield from _in_order(part.widget())
    elif part.layout() is not None and not isinstance(part, QAbstractScrollArea):
        yield from _in_layout(part.layout())


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _in_order(widget)
        elif inner is not None:
            yield from _in_layout(inner)
