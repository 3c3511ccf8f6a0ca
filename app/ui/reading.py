"""Lets Tab go through a window in the order in which it is read, also when parts of it come and go. Imports Qt only."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QLayout, QScrollArea, QWidget


def chain(before: QWidget, part: QWidget) -> QWidget:
    """Let Tab go on from `before` into `part`, and there through everything in the order of its layouts. Gives the last in it."""
    for each in _in_order(part):
        QWidget.setTabOrder(before, each)
        before = each
    return before


def _in_order(part: QWidget) -> Iterator[QWidget]:
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield part
    layout, scrolled = part.layout(), part.widget() if isinstance(part, QScrollArea) else None
    if scrolled is not None:
        yield from _in_order(scrolled)
    elif layout is not None and not isinstance(part, QAbstractScrollArea):
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    items = (layout.itemAt(number) for number in range(layout.count()))
    for item in filter(None, items):
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _in_order(widget)
        elif inner is not None:
            yield from _in_layout(inner)
