"""Finds things of a window as a screen reader does: by their accessible names."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget


def below(thing: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """The thing and everything visible inside of it."""
    if thing.state().invisible:
        return
    yield thing
    for number in range(thing.childCount()):
        child = thing.child(number)
        if child is not None and child.isValid():
            yield from below(child)


def everything(window: QWidget) -> list[QAccessibleInterface]:
    """All that a screen reader finds in a window."""
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    return list(below(root))


def names(window: QWidget) -> list[str]:
    """The accessible names of a window, in reading order."""
    return [name for thing in everything(window) if (name := thing.text(QAccessible.Text.Name))]


def find(window: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """The visible widget of that name and class."""
    for thing in everything(window):
        if thing.text(QAccessible.Text.Name) == name and isinstance(thing.object(), kind):
            return thing.object()
    raise AssertionError(f"{name!r} is not there; there is: {names(window)}")


def dialog(kind: type[QWidget]) -> QWidget | None:
    """The open dialog of that class."""
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


class StillScreen:
    """A source of a screen that shows nothing."""

    def start(self, slot: object) -> None:
        """See `ScreenSource`."""

    def stop(self) -> None:
        """See `ScreenSource`."""


STILL = StillScreen()
