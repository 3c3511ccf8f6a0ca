"""The one door to everything that is done with one appointment. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.appointment.case_note import copy_case_note
from app.ui.appointment.ended import EndedPanel
from app.ui.appointment.invitation import InvitationWindow
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.moving import CancelDialog, MoveDialog
from app.ui.appointment.new import USUAL_MINUTES, NewDialog, NowDialog, PlannedDialog
from app.ui.appointment.outcome import OutcomeDialog
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.rights import export_person, forget_person
from app.ui.appointment.sheet import CallSheet
from app.ui.appointment.to_call import ToCallPanel
from app.ui.appointment.when import When
from app.ui.parts import open_dialog


class AppointmentWindows(QObject):
    """One for the program. Appointments are named by their ids; each has at most one call sheet."""

    noted = Signal(str)
    """Id of a new appointment (of a series, the first)."""
    changed = Signal(str)
    """Id of an appointment that something was done about here. What others change is told by the book."""

    def __init__(self, main: QWidget, parts: AppointmentParts, check: Callable[[], object] | None = None) -> None:
        """`main` is the window over which dialogs open; `check` begins the short device check."""
        super().__init__(main)
        self._main = main
        self._parts = parts
        self._check = check
        self.sheets: dict[str, CallSheet] = {}
        """Open call sheets by appointment."""

    # ---- a new one

    def new(self, starts_at: int, minutes: int = USUAL_MINUTES) -> None:
        """Ask for a new appointment; the time is a proposal."""
        self._open_new(PlannedDialog(self._main, self._parts, When(starts_at, minutes)))

    def new_now(self) -> None:
        """Ask for a Sofort-Termin."""
        self._open_new(NowDialog(self._main, self._parts))

    def _open_new(self, dialog: NewDialog) -> None:
        dialog.noted.connect(self._noted)
        open_dialog(dialog)

    def _noted(self, appointment: str, goes_on: bool) -> None:
        self.noted.emit(appointment)
        if goes_on:
            self.sheet(appointment)

    # ---- one that stands

    def sheet(self, appointment: str) -> CallSheet:
        """Bring its call sheet up."""
        sheet = self.sheets.get(appointment)
        if sheet is None:
            sheet = self._make_sheet(appointment)
        sheet.show()
        sheet.raise_()
        sheet.activateWindow()
        return sheet

    def invitation(self, appointment: str, parent: QWidget | None = None) -> None:
        """Every way of giving its link out."""
        over = parent or self._main
        open_dialog(InvitationWindow(over, self._model(appointment), self._parts))

    def move(self, appointment: str, when: When | None = None, parent: QWidget | None = None) -> None:
        """Ask before it is moved; `when` is what the calendar proposes. Nothing has moved before the answer."""
        open_dialog(MoveDialog(parent or self._main, self._model(appointment), self._parts, when))

    def cancel(self, appointment: str, parent: QWidget | None = None) -> None:
        """Ask by whom, and whether the client is mailed."""
        open_dialog(CancelDialog(parent or self._main, self._model(appointment), self._parts))

    def outcome(self, appointment: str, parent: QWidget | None = None) -> None:
        """How it came out."""
        open_dialog(OutcomeDialog(parent or self._main, self._model(appointment), self._parts))

    def to_call_panel(self) -> ToCallPanel:
        """The list "noch einmal anrufen", to be put into a window; its buttons lead to the call sheet."""
        panel = ToCallPanel(self._parts)
        panel.open_wanted.connect(self.sheet)
        return panel

    def ended_panel(self) -> EndedPanel:
        """What is said after a conversation, to be put into the main window; its button leads to the outcome."""
        panel = EndedPanel(self._parts, self._main)
        panel.outcome_wanted.connect(self.outcome)
        return panel

    # ---- inside

    def _make_sheet(self, appointment: str) -> CallSheet:
        model = self._model(appointment)
        sheet = CallSheet(self._main, model, self._parts, self._check is not None)
        sheet.invitation_wanted.connect(partial(self.invitation, appointment, sheet))
        sheet.move_wanted.connect(partial(self.move, appointment, None, sheet))
        sheet.cancel_wanted.connect(partial(self.cancel, appointment, sheet))
        sheet.outcome_wanted.connect(partial(self.outcome, appointment, sheet))
        sheet.case_note_wanted.connect(partial(copy_case_note, model, self._parts))
        sheet.export_wanted.connect(partial(export_person, sheet, model, self._parts))
        sheet.forget_wanted.connect(partial(forget_person, sheet, model, self._parts))
        if self._check is not None:
            sheet.check_wanted.connect(self._check)
        sheet.finished.connect(partial(self._forget, appointment))
        self.sheets[appointment] = sheet
        return sheet

    def _forget(self, appointment: str, _result: int) -> None:
        self.sheets.pop(appointment, None)
        if QApplication.activeWindow() is None and self._main.isVisible():
            self._main.activateWindow()  # where no window manager sees to it

    def close(self) -> None:
        """Take every call sheet away; what was begun goes on to its end. For the end of the program."""
        for sheet in list(self.sheets.values()):
            sheet.end()

    def _model(self, appointment: str) -> AppointmentModel:
        model = AppointmentModel(self._parts, appointment)
        model.acted.connect(self.changed)
        return model
