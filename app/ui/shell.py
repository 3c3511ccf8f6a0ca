"""Brings windows, dialogs, tray and alarm together. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from app.domain.wishes import Ringing
from app.media.ports import DeviceChoice
from app.services.appointments.ports import AppointmentBook
from app.services.clock import Clock
from app.services.ports import Desk, Session
from app.services.tasks import Tasks
from app.ui.agenda.view import MainParts, MainWindow
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.alarm import Alarm, TaskBar
from app.ui.announce import announce
from app.ui.appointment.parts import AppointmentParts
from app.ui.attention import Attention, WindowTaskBar
from app.ui.calendar.view_model import NameHolidays
from app.ui.call.parts import CallParts
from app.ui.call.self_view import Corner
from app.ui.call.view import CallWindow
from app.ui.call.view_model import CallViewModel
from app.ui.chime import Chime
from app.ui.chores import Chores, ChoresParts
from app.ui.device_check.door import CheckDoor
from app.ui.device_check.kit import CheckParts, CheckPlan, CheckTools
from app.ui.device_check.panel import CheckPanel
from app.ui.help import HelpDialog
from app.ui.messages import Question
from app.ui.parts import open_dialog, put_on_top
from app.ui.planning import Planning
from app.ui.quiet import Quiet
from app.ui.shortcuts import CALENDAR, CALL_WINDOW, MAIN_WINDOW, Shortcut
from app.ui.tray import PortalTray, SystemTray, Tray
from app.ui.wording import Wording


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the shell needs besides the desk and the parts of windows."""

    clock: Clock
    chime: Chime
    languages: Sequence[str]
    """Tags that a client's page can speak."""
    devices: DeviceChoice
    """What a conversation captures from until the person chooses otherwise."""
    has_phone: bool
    """Whether clients are shown the agency's number."""
    book: AppointmentBook
    tasks: Tasks
    holidays: NameHolidays | None = None
    """None shows none."""
    chores: ChoresParts | None = None
    """None offers none."""
    check: CheckPlan | None = None
    """None offers no device check."""
    mark: Callable[[], QWidget] | None = None
    """Makes what stands over each window, such as that everything in it is invented."""
    corner: Corner = Corner.BOTTOM_RIGHT
    """Where the own picture stands in conversations."""
    ringing: Ringing = Ringing.REPEATED
    """How those who wait are heard."""
    tray: Tray | None = None
    """None takes the system's, if it has one."""
    task_bar: TaskBar | None = None
    """None takes the system's."""


class Shell(QObject):
    """One for the program. `show` it, and `close` it when `closed` was emitted or the program ends otherwise."""

    corner_chosen = Signal(Corner)
    """Where the own picture stands in conversations from now on; worth keeping."""
    closed = Signal()
    """The person wants to leave the program."""
    restore_wanted = Signal(object)
    """The `Path` of a backup that is to take the store's place."""
    changed_over = Signal()
    """The services are to begin anew, with the server that the profile names now."""

    def __init__(self, desk: Desk, parts: CallParts, around: Surroundings) -> None:
        super().__init__()
        self._desk = desk
        self._parts = parts
        self._around = around
        self.quiet = Quiet(around.clock)
        self.agenda = AgendaViewModel(desk, around.clock, around.has_phone)
        self.main = MainWindow(MainParts(self.agenda, self.quiet, parts.texts, parts.theme, parts.messages, self._may_close))
        self._mark(self.main)
        appointments = self._appointment_parts()
        self.check = None if around.check is None else self._check_door(around.check)
        self.planning = Planning(self.main, appointments, around.holidays, self.check)
        self.chores = None if around.chores is None else Chores(self.main, appointments, around.chores, self.check)
        self.calls: dict[str, CallWindow] = {}
        """Open windows by room."""
        self._tray = around.tray or self._system_tray()
        task_bar = around.task_bar or WindowTaskBar(lambda: (self.main, *self.calls.values()))
        self.alarm = Alarm(self.agenda, self.quiet, parts.texts, self._tray, task_bar, around.chime, around.ringing)
        self._attention = Attention()
        self._devices = around.devices
        self._corner = around.corner
        self._leaving = False
        self._wire()

    def _wire(self) -> None:
        self.main.new_wanted.connect(self.planning.windows.new_now)
        self.main.help_wanted.connect(lambda: self._show_help(self.main, (*MAIN_WINDOW, *CALENDAR)))
        if self.chores is not None:
            self.main.offer(self.chores.menu)
            self.chores.restore_wanted.connect(self.restore_wanted)
            self.chores.changed_over.connect(self.changed_over)
            self.chores.settings_kept.connect(lambda changes: self._ring_as(changes.get("ringing", self.alarm.ringing)))
            self.chores.taken_over.connect(self.planning.calendar.select)
        if self.check is not None:
            self.main.offer_check(self.check.brief)
            self.agenda.session_opened.connect(lambda _session: self._hold_check(True))
        self.agenda.session_opened.connect(self._open_call_soon)
        self.agenda.changed.connect(self._show_others)
        self.alarm.told.connect(lambda text, urgent: announce(self.main, text, urgent))
        self._attention.paid.connect(self.alarm.looked)
        self._attention.watch(self.main)

    def show(self) -> None:
        """Bring the main window up, with the keyboard on who waits if anybody does."""
        self.main.setWindowState(self.main.windowState() & ~Qt.WindowState.WindowMinimized)
        self.main.show()
        self.main.raise_()
        self.main.activateWindow()
        self.main.focus_waiting()

    def close(self) -> None:
        """End running sessions for good, close all windows."""
        self._leaving = True
        for window in list(self.calls.values()):
            window.end_now()
        self.planning.close()
        if self.check is not None:
            self.check.close()
        if self.chores is not None:
            self.chores.close()
        self.main.close()
        self.alarm.close()
        self.agenda.close()
        self._tray.close()
        self._parts.devices.close()

    def _ring_as(self, ringing: Ringing) -> None:
        self.alarm.ringing = ringing

    def remember_devices(self, choice: DeviceChoice) -> None:
        """What the person chose last."""
        self._devices = choice

    # ---- conversations

    def _open_call_soon(self, session: Session) -> None:
        """The admission goes out to the server first: a window takes longer to build than the other side to answer."""
        QTimer.singleShot(0, self, lambda: self._open_call(session))

    def _open_call(self, session: Session) -> None:
        room = session.room.room
        window = self.calls.get(room)
        if window is None:
            window = CallWindow(CallViewModel(session, self._devices), self._parts, self.quiet, self._corner)
            window.corner_chosen.connect(self._keep_corner)
            window.gone.connect(lambda: self._forget(room))
            window.to_waiting_room.connect(self.show)
            window.help_wanted.connect(lambda: self._show_help(self.calls[room], CALL_WINDOW))
            if self.check is not None:
                window.offer_check(self.check.full_over)
            self._mark(window)
            self.calls[room] = window
            self.planning.ended.begins(room)
        window.bring_up()
        self._show_others()

    def _mark(self, window: QWidget) -> None:
        if self._around.mark is not None:
            put_on_top(window, self._around.mark())

    def _keep_corner(self, corner: Corner) -> None:
        self._corner = corner
        self.corner_chosen.emit(corner)

    def _forget(self, room: str) -> None:
        window = self.calls.pop(room)
        window.deleteLater()
        self._hold_check(bool(self.calls))
        if not self._leaving:
            self.planning.ended.ended(room, window.parting.value, window.parting.for_good)
            self._attention.brought_up()
            self.show()

    def _show_others(self) -> None:
        waiting = len(self.agenda.waiting)
        for window in self.calls.values():
            window.show_others(waiting)

    # ---- the device check

    def _check_door(self, plan: CheckPlan) -> CheckDoor:
        around, parts = self._around, self._parts

        def make(tools: CheckTools) -> CheckParts:
            shown = (parts.messages, parts.texts, parts.theme)
            return CheckParts(tools, self._session_runs, parts.devices, around.tasks, *shown, around.clock, parts.make_scaler)

        return CheckDoor(self.main, CheckPanel(parts.texts, parts.theme), plan, make, Wording(parts.texts).time)

    def _session_runs(self) -> bool:
        return self.agenda.running is not None

    def _hold_check(self, on: bool) -> None:
        """A conversation gets the devices."""
        if self.check is not None:
            self.check.hold(on)

    # ---- appointments and help

    def _appointment_parts(self) -> AppointmentParts:
        around, parts = self._around, self._parts
        shown = (parts.messages, parts.texts, parts.theme, self.quiet)
        return AppointmentParts(around.book, around.tasks, *shown, around.languages, around.clock)

    def _show_help(self, parent: QWidget, shortcuts: Sequence[Shortcut]) -> None:
        open_dialog(HelpDialog(parent, self._parts.texts, shortcuts))

    # ---- attention and leaving

    def _system_tray(self) -> Tray:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return PortalTray()
        theme = self._parts.theme
        tray = SystemTray(self._parts.texts, theme.product_icon(), theme.product_icon(waiting=True))
        tray.opened.connect(self.show)
        tray.quit_wanted.connect(self.main.close)
        return tray

    def _may_close(self) -> bool:
        if self._leaving or not (self.calls or self.agenda.waiting):
            self.closed.emit()
            return True
        question = Question("app.leave.talking." if self.calls else "app.leave.waiting.", ends_something=True)
        self._parts.messages.ask(self.main, question, self.closed.emit)
        return False
