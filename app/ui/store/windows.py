"""The one door to what a person does for the open store: backup, recovery key, the wish to go back. Imports Qt and `app.ui` only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.local_time import wall_of
from app.services.store.care import StoreCare
from app.services.store.recovery import RecoveryKey
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.saving import ask_where
from app.ui.appointment.work import Work
from app.ui.messages import Question
from app.ui.parts import open_dialog
from app.ui.store.asking import BACKUP_SUFFIX
from app.ui.store.recovery import ShowRecoveryKey


class StoreWindows(QObject):
    """One for the program."""

    restore_wanted = Signal(Path)
    """A backup is to take the place of the store. It must be closed for that: whoever hears it ends the services and calls
    `app.ui.store.start.StoreStart.restore`, which asks once more."""

    def __init__(self, main: QWidget, parts: AppointmentParts, care: StoreCare) -> None:
        super().__init__(main)
        self._main = main
        self._parts = parts
        self._care = care
        self._work = Work(parts.tasks, parts.messages)

    def back_up(self) -> None:
        """Ask where to, write it, say so."""
        texts = self._parts.texts
        today: date = wall_of(self._parts.clock.unix()).date()
        name = f"{texts('app.unlock.backup.file')}-{today:%Y-%m-%d}{BACKUP_SUFFIX}"
        ask_where(self._main, texts("app.unlock.backup.title"), name, f"{texts('app.unlock.backup.kind')} (*{BACKUP_SUFFIX})", self._write)

    def new_recovery_key(self) -> None:
        """Ask, because the one before ends, and show the new one."""

        def make() -> None:
            self._work.do("recovery key", self._care.new_recovery_key, self._show)

        self._parts.messages.ask(self._main, Question("app.unlock.key.renew.", ends_something=True), make)

    def restore(self) -> None:
        """Ask which backup."""
        texts = self._parts.texts
        dialog = QFileDialog(self._main, texts("app.unlock.restore.title"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{texts('app.unlock.backup.kind')} (*{BACKUP_SUFFIX})")
        dialog.fileSelected.connect(lambda file: self.restore_wanted.emit(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close(self) -> None:
        """What runs goes on to its end; nothing is shown any more."""
        self._work.close()

    def _write(self, path: Path) -> None:
        told = self._parts.messages.tell
        self._work.do("backup", lambda: self._care.back_up(path), lambda _none: told("app.unlock.backup.done"))

    def _show(self, key: RecoveryKey) -> None:
        dialog = ShowRecoveryKey(self._main, self._parts.texts, key)
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)
