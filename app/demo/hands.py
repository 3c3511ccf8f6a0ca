"""Uses a Qt window as a person with eyes, mouse and keyboard does: things are found by their accessible names on the screen.

Knows no view model and no class of `app.ui`; imports Qt only. Mouse events enter at the window (not at a widget), so that
whatever lies on top gets them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication, QImage, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

LOOK_EVERY_S = 0.1
FOCUS_S = 3.0
"""How long a window may take to get the keyboard after a click."""

MOST_TABS = 80

Match = Callable[[str], bool]


class NotOnScreen(Exception):
    """Nothing of that name can be seen or used; the text says what was looked for and what is there. For us."""


def named(name: str) -> Match:
    """Exactly this accessible name."""
    return lambda text: text == name


def beginning(name: str) -> Match:
    """An accessible name that begins so."""
    return lambda text: text.startswith(name)


class Hands:
    """Finds, reads, clicks and types. To be used on the Qt thread, from a coroutine of its loop."""

    async def wait_for(self, match: Match, what: str, seconds: float = 10.0, *, field: bool = False) -> QAccessibleInterface:
        """Look until something visible of that name is there; with `field`, something that takes the keyboard. Raises NotOnScreen."""
        end = time.monotonic() + seconds
        while True:
            found = self.see(match, field=field)
            if found is not None:
                return found
            if time.monotonic() > end:
                raise NotOnScreen(f"not on the screen within {seconds:.0f} s: {what}; there is: {', '.join(self.names())}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def wait_gone(self, match: Match, what: str, seconds: float = 10.0) -> None:
        """Look until nothing of that name is visible any more. Raises NotOnScreen."""
        end = time.monotonic() + seconds
        while self.see(match) is not None:
            if time.monotonic() > end:
                raise NotOnScreen(f"still on the screen after {seconds:.0f} s: {what}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def click(self, match: Match, what: str, seconds: float = 10.0, *, field: bool = False) -> float:
        """Press and release the left button in the middle of the thing; gives the Unix time of it. `field` as in `wait_for`.

        Raises NotOnScreen if the thing is missing or disabled.
        """
        thing = await self.wait_for(match, what, seconds, field=field)
        end = time.monotonic() + seconds
        while thing.state().disabled:
            if time.monotonic() > end:
                raise NotOnScreen(f"disabled: {what}")
            await asyncio.sleep(LOOK_EVERY_S)
        point = thing.rect().center()
        window = QGuiApplication.topLevelAt(point) or thing.window()
        if window is None:
            raise NotOnScreen(f"in no window: {what}")
        return await _outside_tasks(lambda: _click(window, point))

    async def tab_to(self, match: Match, what: str) -> None:
        """Press Tab until something of that name is in sight: what has the keyboard is scrolled there. Raises NotOnScreen."""
        for _ in range(MOST_TABS):
            if await self._stands(match):
                return
            await self.press(Qt.Key.Key_Tab)
        raise NotOnScreen(f"not in sight, however often one presses Tab: {what}")

    async def _stands(self, match: Match) -> bool:
        """In sight, and still at the same place two looks later: a window that has just been opened lays itself out at first."""
        first = self.see(match)
        if first is None:
            return False
        place = first.rect()
        await asyncio.sleep(2 * LOOK_EVERY_S)
        again = self.see(match)
        return again is not None and again.rect() == place

    async def type(self, text: str) -> None:
        """Press the keys of an ASCII text, one after the other, for whatever has the focus."""
        for letter in text:
            await self.press(letter)

    async def press(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press and release one key. Raises NotOnScreen if no window has the focus."""
        end = time.monotonic() + FOCUS_S
        while (window := QGuiApplication.focusWindow()) is None:
            _hand_over_keyboard()
            if time.monotonic() > end:
                raise NotOnScreen("no window has the keyboard")
            await asyncio.sleep(LOOK_EVERY_S)
        await _outside_tasks(lambda: QTest.keyClick(window, key, modifiers))  # type: ignore[arg-type]

    def see(self, match: Match, *, field: bool = False) -> QAccessibleInterface | None:
        """The first visible thing of that name, or None. `field` as in `wait_for`: a field's title has the same name."""
        seen = (thing for thing in self._visible() if match(thing.text(QAccessible.Text.Name)))
        return next((thing for thing in seen if not field or thing.state().focusable), None)

    def names(self) -> list[str]:
        """The names of everything visible, for messages about what is missing."""
        return [name for thing in self._visible() if (name := thing.text(QAccessible.Text.Name))]

    def _visible(self) -> Iterator[QAccessibleInterface]:
        """The active window's things first, then the others'."""
        windows = [w for w in QApplication.topLevelWidgets() if w.isVisible() and not w.isMinimized()]
        for widget in sorted(windows, key=lambda w: not w.isActiveWindow()):
            root = QAccessible.queryAccessibleInterface(widget)
            if root is not None:
                yield from _below(root)

    def shoot(self, widget: QWidget | None = None) -> QImage:
        """A picture of the active window (or of `widget`), or an empty one if there is none."""
        shown = widget or QApplication.activeWindow() or next((w for w in QApplication.topLevelWidgets() if w.isVisible()), None)
        return shown.grab().toImage() if shown is not None else QImage()


async def save_png(image: QImage, file: Path) -> None:
    """Write the picture on another thread; packing it takes longer than a window may stand still."""
    if not image.isNull():
        await asyncio.to_thread(image.save, str(file))


def _hand_over_keyboard() -> None:
    """What a desktop does when a window goes: the newest one that is left gets the keyboard. The offscreen platform has none to do so."""
    left = [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
    if QGuiApplication.platformName() == "offscreen" and left:
        left[-1].requestActivate()


def _below(thing: QAccessibleInterface, clip: QRect | None = None) -> Iterator[QAccessibleInterface]:
    """What of it and in it is in sight: `clip` is what its ancestors leave to be seen. Of a single thing its middle counts."""
    state, place = thing.state(), thing.rect()
    if state.invisible or state.offscreen:
        return
    if clip is not None and not (clip.intersects(place) if thing.childCount() else clip.contains(place.center())):
        return
    yield thing
    inside = place if clip is None else clip.intersected(place)
    for number in range(thing.childCount()):
        child = thing.child(number)
        if child is not None and child.isValid():
            yield from _below(child, inside)


def _click(window: QWindow, point: QPoint) -> None:
    inside = window.mapFromGlobal(point)
    if QRect(QPoint(0, 0), window.size()).contains(inside):
        window.requestActivate()  # as a window manager does with a click
        QTest.mouseMove(window, inside)
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside)


async def _outside_tasks(act: Callable[[], object]) -> float:
    """Send input from Qt's own loop: it may open a dialog or turn the loop, and asyncio forbids that inside a task. Gives the Unix time."""
    done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def run() -> None:
        done.set_result(time.time())  # first: with a dialog open, `act` returns only when that is closed
        act()

    QTimer.singleShot(0, run)
    return await done
