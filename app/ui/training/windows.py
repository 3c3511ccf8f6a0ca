"""Brings the trainer's windows together: the control, the client's telephone, the notes. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.services.papers.script import script_paper
from app.ui.parts import open_dialog
from app.ui.training import keys
from app.ui.training.control import TrainerWindow
from app.ui.training.notes import NotesWindow, other_screen, paper_of
from app.ui.training.parts import TrainerParts
from app.ui.training.phone import PhoneWindow

LARGE = 1.6
"""Times the system's letters: readable from the last row of a room for twenty."""


class TrainerWindows(QObject):
    """One for each group."""

    reset_wanted = Signal()
    """Everything from the beginning, for the next group."""
    large_changed = Signal(bool)

    def __init__(self, main: QWidget, parts: TrainerParts, phone: str, large: bool = False) -> None:
        """`main` is the program's main window, `phone` the agency's number; `large` letters stay from group to group."""
        super().__init__()
        self._main, self._parts, self._phone_number = main, parts, phone
        self.control = TrainerWindow(parts)
        self.phone: PhoneWindow | None = None
        self.notes: NotesWindow | None = None
        control = self.control
        control.reset_wanted.connect(self.reset_wanted)
        control.large_wanted.connect(self._enlarge)
        control.phone_wanted.connect(self.show_phone)
        control.notes_wanted.connect(self.show_notes)
        control.paper_wanted.connect(self._ask_where)
        self._keys = [
            self._key(keys.RESET, self.reset_wanted.emit),
            self._key(keys.LARGE, control.large.toggle),
        ]
        control.large.setChecked(large)

    def _key(self, sequence: str, act: object) -> QShortcut:
        """In every window of the program; dialogs included."""
        made = QShortcut(QKeySequence(sequence), self._main)
        made.setContext(Qt.ShortcutContext.ApplicationShortcut)
        made.setAutoRepeat(False)
        made.activated.connect(act)
        return made

    def show(self) -> None:
        """The control beside the main window, where there is room."""
        self.control.show()
        screen = other_screen(self._main)
        if screen is not None:
            self.control.move(screen.availableGeometry().topLeft())
        else:
            place = self._main.screen().availableGeometry()
            self.control.move(place.right() - self.control.frameGeometry().width(), place.top())

    def show_phone(self) -> None:
        """The client's telephone."""
        if self.phone is None:
            self.phone = PhoneWindow(self._parts, self._phone_number)
            self.phone.page_wanted.connect(self._open_page)
        self.phone.show()
        self.phone.raise_()

    def show_notes(self) -> None:
        """On another screen than the main window's; without one, the person hears that there is paper."""
        screen = other_screen(self._main)
        if screen is None:
            self._parts.messages.tell("app.training.notes.one-screen")
            return
        if self.notes is None:
            self.notes = NotesWindow(self._parts)
        self.notes.show_on(screen)

    def _enlarge(self, on: bool) -> None:
        self._parts.theme.enlarge(LARGE if on else 1.0)
        self.large_changed.emit(on)

    def _open_page(self) -> None:
        room = self.control.client.room
        if room is None or not self._parts.open_page(room.link):
            self._parts.messages.tell("app.training.phone.no-browser")

    def _ask_where(self) -> None:
        texts = self._parts.texts
        dialog = QFileDialog(self.control, texts("app.training.paper"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(texts("app.training.paper.file"))
        dialog.fileSelected.connect(lambda name: self._parts.tasks.start("training.paper", self.save_paper(Path(name))))
        open_dialog(dialog)

    async def save_paper(self, path: Path) -> None:
        """All notes as PDF; the person hears how it went."""
        paper = paper_of(self._parts.texts)
        try:
            await asyncio.to_thread(lambda: path.write_bytes(script_paper(paper)))
        except OSError:
            self._parts.messages.tell("app.calendar.paper.failed")
        else:
            self._parts.messages.tell("app.calendar.paper.done")

    def close(self) -> None:
        """Take all of them away."""
        for key in self._keys:
            key.setEnabled(False)
            key.deleteLater()
        for window in (self.control, self.phone, self.notes):
            if window is not None:
                window.close_down()
                window.deleteLater()
        QApplication.sendPostedEvents()
