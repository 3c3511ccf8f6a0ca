"""The diagnostics that IT gets: every file of it to be read, and left out, before anything is kept. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from app.services.diagnostics import Diagnostics, Part, save
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.work import Work
from app.ui.parts import button, label, open_dialog, resize_to_fit

_PART = Qt.ItemDataRole.UserRole
FILE_NAME = "videoberatung-diagnose.zip"


class DiagnosticsWindow(QDialog):
    """A list on the left, the chosen file on the right. Without a tick a file stays here."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, diagnostics: Diagnostics) -> None:
        super().__init__(parent)
        texts = self._texts = parts.texts
        self._messages = parts.messages
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(texts("app.diagnostics.title"))
        self.list = QListWidget()
        self.list.setAccessibleName(texts("app.diagnostics.files"))
        self.list.setMinimumWidth(180)
        self.list.currentItemChanged.connect(lambda now, _before: self._show(now))
        self.list.itemChanged.connect(lambda _item: self._enable())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(texts("app.diagnostics.content"))
        self._save_button = button(texts("app.diagnostics.save"), "primary")
        self._save_button.clicked.connect(self._ask)
        close = button(texts("app.close"))
        close.clicked.connect(self.reject)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.list, 1)
        middle.addWidget(self.text, 4)
        column = dialog_column(self)
        column.addWidget(label(texts("app.diagnostics.title"), "title"))
        column.addWidget(label(texts("app.diagnostics.more"), "muted"))
        column.addLayout(middle, 1)
        column.addLayout(button_row(close, self._save_button))
        resize_to_fit(self, QSize(900, 640))
        self._enable()
        self._work.do("gather diagnostics", lambda: asyncio.to_thread(diagnostics.gather), self._fill)

    @property
    def ticked(self) -> Sequence[Part]:
        """What would be kept."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item.data(_PART) for item in items if item.checkState() is Qt.CheckState.Checked]

    def _fill(self, parts: Sequence[Part]) -> None:
        for part in parts:
            item = QListWidgetItem(self._texts(f"app.diagnostics.file.{part.name.partition('.')[0]}"))
            item.setData(_PART, part)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFocus()
        self._enable()

    def _show(self, item: QListWidgetItem | None) -> None:
        self.text.setPlainText("" if item is None else item.data(_PART).text)

    def _enable(self) -> None:
        self._save_button.setEnabled(bool(self.ticked))

    def _ask(self) -> None:
        dialog = QFileDialog(self, self._texts("app.diagnostics.save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(FILE_NAME)
        dialog.fileSelected.connect(lambda name: self._save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, file: Path) -> None:
        parts = self.ticked

        async def written() -> bool:
            try:
                await asyncio.to_thread(save, parts, file)
            except OSError:
                return False
            return True

        self._work.do("save diagnostics", written, lambda worked: self._saved(worked, file))

    def _saved(self, worked: bool, file: Path) -> None:
        if worked:
            self._messages.tell("app.diagnostics.saved", file=str(file))
            self.accept()
        else:
            self._messages.tell("app.diagnostics.not-saved", file=str(file))

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def show_diagnostics(parent: QWidget, parts: AppointmentParts, diagnostics: Diagnostics) -> None:
    """Open it without stopping the program."""
    open_dialog(DiagnosticsWindow(parent, parts, diagnostics))
