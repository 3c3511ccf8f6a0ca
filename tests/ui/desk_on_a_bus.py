"""Run under a display and a session bus: the window over a fake desk with the system's real tray, through a morning of arrivals.

argv[1] is the file that `fake_desktop.py` writes. Prints when who arrived, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.media.catalogue import SyntheticCatalogue
from app.media.ports import DeviceChoice
from app.media.scaling import Painter
from app.paths import RESOURCES
from app.services.fakes import FakeDesk, ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.fakes.tasks import TasksAtOnce
from app.texts import Texts
from app.ui.call.parts import CallParts
from app.ui.call.surface import PaintedSurface
from app.ui.chime import SilentChime
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.shell import Shell, Surroundings
from app.ui.theme import Theme
from tests.ui.support import FakeScreens


def until(what: str, happened: Callable[[], bool]) -> None:
    """Let Qt work until it happened; ends the process with `what` after 20 s."""
    loop, look, late = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if happened() else None)
    late.timeout.connect(lambda: sys.exit(f"it did not happen: {what}"))
    look.start(20)
    late.start(20_000)
    loop.exec()


def fail(name: str, error: BaseException) -> None:
    """Work of the program crashed."""
    raise AssertionError(name) from error


class Bus:
    """What has reached the fake desktop so far."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lines(self) -> list[list[object]]:
        return [json.loads(line) for line in self._file.read_text("utf-8").splitlines()] if self._file.exists() else []

    def count(self, *names: str) -> int:
        return sum(line[1] in names for line in self.lines())

    @property
    def has_tray(self) -> bool:
        return self.count("RegisterStatusNotifierItem") > 0

    @property
    def sign(self) -> object:
        """What the tray's sign looks like; None before it was seen."""
        return next((line[2] for line in reversed(self.lines()) if line[1] == "Sign"), None)


MESSAGES = ("Notify", "AddNotification")


def main() -> None:
    bus = Bus(Path(sys.argv[1]))
    while not bus.count("ready"):
        time.sleep(0.05)
    application = QApplication([])
    application.setDesktopFileName("videoberatung")
    texts = Texts.load(RESOURCES / "i18n", "de", "app")
    desk = FakeDesk(ManualClock())
    parts = CallParts(
        texts,
        Theme(application, RESOURCES),
        Messages(texts),
        DeviceLists(SyntheticCatalogue("A", "B", "C")),
        lambda: Painter().paint,
        lambda slot: PaintedSurface(slot, Painter().paint),
        FakeScreens,
    )
    chime = SilentChime()
    shell = Shell(desk, parts, Surroundings(desk.clock, chime, ["de"], DeviceChoice(), True, SampleBook(desk.clock), TasksAtOnce(fail)))
    shell.show()
    shell.main.showMinimized()
    until("minimised", shell.main.isMinimized)
    said: dict[str, object] = {}
    if bus.has_tray:
        until("sign in the tray", lambda: bus.sign is not None)
    calm = bus.sign

    first, second, third = (desk.create_now(f"Frau Geheim {number}", "de", 30) for number in range(3))
    said["arrived"] = time.time()
    desk.client_arrives(first.room)
    until("first message", lambda: bus.count(*MESSAGES) == 1)
    if bus.has_tray:
        until("another sign in the tray", lambda: bus.sign != calm)

    shell.main.admit_first()
    until("conversation", lambda: first.room in shell.calls)
    session = desk.session(first.room)
    assert session is not None
    session.client_connects()
    knocking = desk.client_arrives(second.room)
    session.share_screen(FakeScreens())
    desk.client_arrives(third.room)
    session.share_screen(None)
    session.end_now()
    until("the end", lambda: not shell.calls)
    until("the message that was held back", lambda: bus.count(*MESSAGES) == 2)
    said["sounds"] = chime.played
    desk.client_knocks(second.room, knocking)
    until("third message", lambda: bus.count(*MESSAGES) == 3)
    said["sounds after knocking"] = chime.played
    for room in (second, third):
        for seat in desk_seats(desk, room.room):
            desk.client_vanishes(room.room, seat)
    if bus.has_tray:
        until("the calm sign again", lambda: bus.sign == calm)
    else:
        until("message taken back", lambda: bus.count("RemoveNotification") >= 2)
    shell.close()
    print(json.dumps(said))


def desk_seats(desk: FakeDesk, room: str) -> list[str]:
    return [seat.seat for entry in desk.rooms if entry.room == room for seat in entry.seats]


main()
