"""Finds things of a window as a screen reader does: by their accessible names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.appointments import Access, Agreement, Appointment, Client, Stage
from app.domain.secrets import new_code, new_id, new_token
from app.media.ports import FrameSlot, I420Frame
from app.services.appointments.ports import Write
from app.services.fakes.appointments import SampleBook
from app.ui.screens import ScreenError, ScreenTrouble, Shown


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


def noted(book: SampleBook, name: str, *, in_s: int = 0, **other: Any) -> Appointment:
    """An appointment in the book, invited unless `other` says otherwise."""
    starts_at = book.clock.unix() + in_s
    client = Client(name=name, phone="030 5550 100", email="kundin@example.org")
    fields = {"minutes": 30, "topic": "Erstgespräch", "client": client, "stage": Stage.INVITED, **other}
    agreement = Agreement(text_version="1", agreed_at=book.clock.unix())
    access = Access(room=new_id(), token=new_token(), code=new_code())
    made = Appointment(id=new_id(), starts_at=starts_at, agreement=agreement, access=access, **fields)
    (stored,) = book.store.write(Write(appointments=[made]))
    book.changed.announce([stored.id])
    return stored


class FakeScreens(QObject):
    """Windows and screens that exist only in a test; each shows one even grey."""

    trouble = Signal(ScreenTrouble)
    has_previews = True

    def __init__(self, choices: Sequence[Shown] = ()) -> None:
        super().__init__()
        self.there = list(choices)
        self.chosen: Shown | None = None
        self.running = False
        self.refusal: ScreenTrouble | None = None
        """What `start` will say instead of beginning."""

    def choices(self) -> Sequence[Shown]:
        return list(self.there)

    def choose(self, shown: Shown) -> None:
        self.chosen = shown

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        if self.refusal is not None:
            raise ScreenError(self.refusal)
        self.running = True
        slot.put(grey(160, 90))

    def stop(self) -> None:
        self.running = False


def grey(width: int, height: int, value: int = 128) -> I420Frame:
    """A picture of one colour."""
    half = np.full((height // 2, width // 2), 128, np.uint8)
    return I420Frame(np.full((height, width), value, np.uint8), half, half, 0.0)
