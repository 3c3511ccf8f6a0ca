"""A shell over a fake desk whose clock is turned by hand, on Qt's offscreen platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.appointments import Appointment
from app.domain.readiness import Check, Readiness
from app.domain.rooms import SeatState
from app.media.catalogue import SyntheticCatalogue
from app.media.ports import DeviceChoice
from app.media.scaling import Painter
from app.paths import RESOURCES
from app.services.appointments.door import Door
from app.services.fakes import FakeDesk, FakeSession, ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.fakes.tasks import TasksAtOnce
from app.services.ports import RoomEntry
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.call.parts import CallParts
from app.ui.call.surface import PaintedSurface
from app.ui.call.view import CallWindow
from app.ui.chime import SilentChime
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.screens import Shown
from app.ui.shell import Shell, Surroundings
from app.ui.theme import Theme
from tests.ui.support import FakeScreens, noted


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """There is one in every test here, whichever runs first: Qt ends the process over some questions without it."""
    return qapp


class NotedTray:
    """Keeps what a system's tray would have shown."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.waiting = False

    def show_waiting(self, waiting: bool) -> None:
        self.waiting = waiting

    def notify(self, title: str, text: str) -> None:
        self.messages.append((title, text))

    def close(self) -> None:
        self.waiting = False


class NotedTaskBar:
    """Keeps what a task bar would have shown."""

    def __init__(self) -> None:
        self.flashes = 0
        self.count = 0

    def flash(self) -> None:
        self.flashes += 1

    def show_count(self, waiting: int) -> None:
        self.count = waiting


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, RESOURCES)


@pytest.fixture
def texts() -> Texts:
    return Texts.load(RESOURCES / "i18n", "de", "app")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def desk(clock: ManualClock) -> FakeDesk:
    return FakeDesk(clock)


@pytest.fixture
def chime() -> SilentChime:
    return SilentChime()


@pytest.fixture
def tray() -> NotedTray:
    return NotedTray()


@pytest.fixture
def task_bar() -> NotedTaskBar:
    return NotedTaskBar()


@pytest.fixture
def screens() -> FakeScreens:
    return FakeScreens([Shown("Formular", True, None), Shown("Brief", True, None), Shown("Bildschirm 1", False, None)])


@pytest.fixture
def parts(texts: Texts, theme: Theme, screens: FakeScreens) -> Iterator[CallParts]:
    def scaler():
        return Painter().paint

    devices = DeviceLists(SyntheticCatalogue("Kamera A", "Mikrofon A", "Lautsprecher A"))
    yield CallParts(texts, theme, Messages(texts), devices, scaler, lambda slot: PaintedSurface(slot, scaler()), lambda: screens)
    devices.close()


@pytest.fixture
def book(clock: ManualClock) -> SampleBook:
    return SampleBook(clock)


@pytest.fixture
def tasks() -> Tasks:
    def crashed(name: str, error: BaseException) -> None:
        raise AssertionError(name) from error

    return TasksAtOnce(crashed)


@pytest.fixture
def told(parts) -> list[str]:
    """Notes that were shown; `parts` are those of the folder's windows."""
    sentences: list[str] = []
    parts.messages.told.connect(sentences.append)
    return sentences


@pytest.fixture
def shell(qtbot, desk: FakeDesk, parts: CallParts, clock: ManualClock, chime: SilentChime, tray, task_bar, book, tasks) -> Iterator[Shell]:
    around = Surroundings(clock, chime, ["de", "en"], DeviceChoice(), True, book, tasks, tray=tray, task_bar=task_bar)
    made = Shell(desk, parts, around)
    made.show()
    qtbot.waitActive(made.main)
    qtbot.waitUntil(made.main.isActiveWindow)
    yield made
    made.close()
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    qtbot.wait(0)


@pytest.fixture
def door(book: SampleBook, desk: FakeDesk, tasks: Tasks) -> Iterator[Door]:
    """Brings the rooms of the book to the desk, as in the program."""
    made = Door(book, desk, tasks)
    tasks.start("door", made.open())
    yield made
    made.close()


@pytest.fixture
def to_call(book: SampleBook, shell: Shell) -> Appointment:
    """An appointment of tomorrow whose client was told at the door that the camera does not work."""
    return noted(book, "Frau Anruf", in_s=86_400, readiness=Readiness(opened_at=1, camera=Check.FAILED))


@pytest.fixture
def talked(qtbot, shell: Shell, book: SampleBook, door: Door, desk: FakeDesk) -> Appointment:
    """An appointment whose conversation has just ended."""
    made = noted(book, "Frau Weber")
    assert made.access is not None
    desk.client_arrives(made.access.room)
    shell.main.admit_first()
    qtbot.waitUntil(lambda: bool(shell.calls))
    session = desk.session(made.access.room)
    assert session is not None
    session.end_now()
    qtbot.waitUntil(lambda: not shell.calls and shell.main.isActiveWindow())
    return made


@pytest.fixture
def room(desk: FakeDesk, shell: Shell) -> RoomEntry:
    """An appointment that stands in the list."""
    return desk.create_now("Erstgespräch", "de", 30)


@pytest.fixture
def call(qtbot, shell: Shell, desk: FakeDesk, room: RoomEntry) -> CallWindow:
    """The window of a conversation whose client was admitted and has not offered yet."""
    desk.client_arrives(room.room)
    shell.main.admit_first()
    qtbot.waitUntil(lambda: room.room in shell.calls)
    window = shell.calls[room.room]
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def session(call: CallWindow, desk: FakeDesk, room: RoomEntry) -> FakeSession:
    running = desk.session(room.room)
    assert running is not None
    assert desk.rooms[0].seats[0].state is SeatState.ADMITTED
    return running


@pytest.fixture
def press() -> Callable[..., None]:
    """Press keys wherever the keyboard is; a text must be ASCII (QTest knows no other keys)."""

    def act(keys: str | Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert isinstance(target, QWidget), "the keyboard is nowhere"
        if isinstance(keys, str):
            QTest.keyClicks(target, keys)
        else:
            QTest.keyClick(target, keys, modifiers)

    return act
