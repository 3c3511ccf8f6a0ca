"""Photographs the window in the states that are to be looked at: `python -m tests.ui.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %.

Stands on the fakes, so it needs no server, no camera and no client.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.line import LineVerdict
from app.media.catalogue import SyntheticCatalogue
from app.media.ports import CallStats, DeviceChoice, DeviceKind, DeviceTrouble, I420Frame
from app.media.scaling import Painter
from app.media.screen_pictures import from_rgba
from app.paths import RESOURCES
from app.services.fakes import FakeDesk, ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.fakes.tasks import TasksAtOnce
from app.texts import Texts
from app.ui.call.parts import CallParts
from app.ui.call.share_dialog import ShareDialog
from app.ui.call.surface import PaintedSurface
from app.ui.chime import SilentChime
from app.ui.colours import DARK, LIGHT
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.screens import Shown, rgba_of
from app.ui.shell import Shell, Surroundings
from app.ui.theme import Theme
from app.wire.messages import Notice
from tests.ui.conftest import NotedTaskBar, NotedTray
from tests.ui.device_check.shots import photograph
from tests.ui.evaluation.shots import photograph_figures
from tests.ui.support import FakeScreens


def person(shirt: str) -> I420Frame:
    """Somebody before a wall."""
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(QColor("#a9b8bf"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    body, face, hair = QRectF(340, 470, 600, 520), QRectF(510, 150, 260, 340), QRectF(500, 110, 280, 170)
    for colour, shape in ((shirt, body), ("#c79a7c", face), ("#43322a", hair)):
        painter.setBrush(QColor(colour))
        painter.drawEllipse(shape)
    painter.end()
    return frame_of(image)


def form() -> I420Frame:
    """A page with small print."""
    image = QImage(1440, 900, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QColor("#222222"))
    for row in range(24):
        painter.drawText(QPointF(80, 90 + 32 * row), f"{row + 1}. Angaben zur Person und zum Haushalt, Zeile {row + 1} des Antrags")
    painter.end()
    return frame_of(image)


def frame_of(image: QImage) -> I420Frame:
    rows = rgba_of(image)
    assert rows is not None
    return from_rgba(rows)


def crashed(name: str, error: BaseException) -> None:
    """Work of the program crashed."""
    raise RuntimeError(name) from error


class Photographer:
    """A shell over fakes, and a folder."""

    def __init__(self, application: QApplication, folder: Path, dark: bool) -> None:
        scale = os.environ.get("QT_SCALE_FACTOR", "")
        self._folder = folder
        self._suffix = f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}"
        self.clock = ManualClock(1_790_000_100)
        self.desk = FakeDesk(self.clock)
        texts = Texts.load(RESOURCES / "i18n", "de", "app")
        choices = [Shown(name, True, None) for name in ("Bewilligungsbescheid – Textverarbeitung", "Stellenbörse – Browser")]
        self.screens = FakeScreens([*choices, Shown("DP-1", False, None)])
        parts = CallParts(
            texts,
            Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT),
            Messages(texts),
            DeviceLists(SyntheticCatalogue("Kamera A", "Mikrofon A", "Lautsprecher A")),
            lambda: Painter().paint,
            lambda slot: PaintedSurface(slot, Painter().paint),
            lambda: self.screens,
        )
        self.book = SampleBook(self.clock)
        self.tasks = TasksAtOnce(crashed)
        around = Surroundings(
            self.clock,
            SilentChime(),
            ["de", "en"],
            DeviceChoice(),
            has_phone=True,
            book=self.book,
            tasks=self.tasks,
            tray=NotedTray(),
            task_bar=NotedTaskBar(),
        )
        self.shell = Shell(self.desk, parts, around)
        self.shell.show()

    def take(self, name: str, window: QWidget) -> None:
        """One picture, after Qt has had time to lay out."""
        settle()
        window.grab().save(str(self._folder / f"{name}{self._suffix}.png"))

    def agenda(self) -> None:
        """Two who wait, one of whom knocked and was told something."""
        desk, main = self.desk, self.shell.main
        self.take("agenda-empty", main)
        first = desk.create_now("Frau Yılmaz, Erstgespräch", "de", 30)
        second = desk.create_now("Herr Weber, Weiterbildung", "de", 45)
        seat = desk.client_arrives(first.room)
        self.clock.advance(190)
        desk.client_arrives(second.room)
        desk.notify(first.room, seat, Notice.FIVE_MINUTES)
        desk.client_knocks(first.room, seat)
        self.take("agenda-waiting", main)
        self.shell.quiet.set_visitor(True)
        self.take("agenda-visitor", main)
        self.shell.quiet.set_visitor(False)

    def conversation(self) -> None:
        """All that can stand in a conversation's window."""
        desk, shell = self.desk, self.shell
        shell.main.admit_first()
        wait(lambda: bool(shell.calls))
        room, call = next(iter(shell.calls.items()))
        session = desk.session(room)
        assert session is not None
        session.remote_picture.put(person("#2f6f8f"))
        session.own_picture.put(person("#6f4f8f"))
        session.client_connects()
        session.call_stats = CallStats(remote_level=0.3)
        wait(lambda: call._stage._speaking)
        self.take("call-first", call)
        session.confirm_identity()
        call._open_panel(None)
        self.take("call-plain", call)
        session.line_is(LineVerdict.CLIENT_NETWORK)
        self.take("call-verdict", call)
        session.device_fails(DeviceKind.MICROPHONE, DeviceTrouble.SILENT)
        call._menu.devices.trigger()
        self.take("call-trouble", call)
        call._open_panel(None)
        session.device_fails(DeviceKind.MICROPHONE, DeviceTrouble.RETURNED)
        call._head.trouble._mended.timeout.emit()
        session.line_is(LineVerdict.GOOD)
        session.pause(True)
        self.take("call-pause", call)
        session.pause(False)
        session.client_pauses(True)
        self.take("call-client-paused", call)
        session.client_pauses(False)
        self._showing(call)
        session.client_shares(True)
        session.remote_screen.put(form())
        self.take("call-their-screen", call)
        QTest.keyClick(call, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(call, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        self.take("call-their-screen-zoomed", call)
        session.client_shares(False)
        call._menu.popup(call.mapToGlobal(call.rect().center()))
        self.take("menu", call._menu)
        call._menu.close()
        call._menu.mini.trigger()
        mini = call._shapes.mini
        assert mini is not None
        self.take("mini", mini)
        session.client_pauses(True)
        self.take("mini-client-paused", mini)
        session.end()
        self.take("call-ending", call)
        session.undo_end()
        call.hide()
        shell.calls.clear()
        desk.program_was_killed(room)

    def _showing(self, call: QWidget) -> None:
        QTest.keyClick(call, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        settle()
        dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ShareDialog))
        self.take("share-dialog", dialog)
        dialog._list.setCurrentRow(2)
        self.take("share-dialog-screen", dialog)
        dialog._list.setCurrentRow(0)
        dialog._begin.click()
        self.take("call-showing", call)


def settle() -> None:
    """Let Qt work for a moment."""
    loop = QEventLoop()
    QTimer.singleShot(150, loop.quit)
    loop.exec()


def wait(happened: Callable[[], bool]) -> None:
    """Let Qt work until it happened."""
    while not happened():
        settle()


def main(folder: Path, dark: bool) -> None:
    """Everything once."""
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    photographer = Photographer(application, folder, dark)
    photographer.agenda()
    photographer.conversation()
    settle()
    photographer.take("agenda-resume", photographer.shell.main)
    photographer.shell.close()
    asyncio.run(photograph(application, folder, dark))
    asyncio.run(photograph_figures(application, folder, dark))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "dark" in sys.argv[2:])
