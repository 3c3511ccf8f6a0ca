"""Who belongs to the team: our own file for colleagues, theirs for us, and the words that are compared. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.services.appointments.ports import BookError
from app.services.team.members import FILE_BYTES, NAME_LETTERS, Member
from app.ui.appointment.asking import Answer, ask, button_row, dialog_column
from app.ui.appointment.saving import ask_where, written
from app.ui.appointment.work import Work
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit
from app.ui.team.parts import TeamParts


class MembersDialog(QDialog):
    """Nobody comes in without the words having been compared."""

    def __init__(self, parent: QWidget, parts: TeamParts) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        texts = parts.texts
        self.setWindowTitle(texts("app.team.members"))
        self._parts = parts
        self._work = Work(parts.tasks, parts.messages)
        self.name, self.list = QLineEdit(parts.team.own.name), QListWidget()
        self.name.setMaxLength(NAME_LETTERS)
        self.name.setAccessibleName(texts("app.team.own.name"))
        self.list.setAccessibleName(texts("app.team.colleagues"))
        self._dismiss = button(texts("app.team.dismiss"))
        self._build()
        self.list.currentRowChanged.connect(lambda _row: self._show_selected())
        self._unsubscribe = parts.team.changed.subscribe(lambda _none: self._fill())
        self.finished.connect(lambda _result: self._end())
        self._fill()

    def _build(self) -> None:
        texts, parts = self._parts.texts, self._parts
        export, take_in, close = (button(texts(key)) for key in ("app.team.own.export", "app.team.admit", "app.team.close"))
        export.clicked.connect(self._export)
        take_in.clicked.connect(self._choose_file)
        self._dismiss.clicked.connect(self._ask_dismiss)
        close.clicked.connect(self.reject)
        column = dialog_column(self)
        column.addWidget(NoticeBar(parts.messages, texts, parts.theme, self))
        column.addWidget(label(texts("app.team.members"), "title"))
        column.addWidget(label(texts("app.team.members.intro")))
        column.addWidget(label(texts("app.team.own.name"), "section"))
        column.addWidget(self.name)
        column.addWidget(label(texts("app.team.own.words", words=self.words_of(parts.team.own))))
        column.addLayout(button_row(export))
        column.addWidget(label(texts("app.team.colleagues"), "section"))
        column.addWidget(self.list, 1)
        column.addLayout(button_row(self._dismiss, take_in, close))
        resize_to_fit(self, QSize(620, 600))

    def words_of(self, member: Member) -> str:
        """As they are read out."""
        return " · ".join(self._parts.team.words(member))

    # ---- who is there

    @property
    def selected(self) -> Member | None:
        item = self.list.currentItem()
        chosen = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return next((one for one in self._parts.team.colleagues if one.id == chosen), None)

    def _fill(self) -> None:
        self.list.clear()
        for member in self._parts.team.colleagues:
            by_it = self._parts.team.is_from_it(member.id)
            item = QListWidgetItem(self._parts.texts("app.team.by-it", name=member.name) if by_it else member.name)
            item.setData(Qt.ItemDataRole.UserRole, member.id)
            self.list.addItem(item)
        self._show_selected()

    def _show_selected(self) -> None:
        one = self.selected
        self._dismiss.setEnabled(one is not None and not self._parts.team.is_from_it(one.id))

    # ---- our own file

    def _export(self) -> None:
        texts = self._parts.texts
        ask_where(self, texts("app.team.own.export"), texts("app.team.own.file"), "JSON (*.json)", self.export)

    def export(self, path: Path) -> None:
        """Write our file there."""
        content = lambda: written(path, self._parts.team.own_file(self.name.text()), self._parts.texts)  # noqa: E731
        self._work.do("team.export", content, lambda _path: self._parts.messages.tell("app.team.own.exported"))

    # ---- a colleague's

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self._parts.texts("app.team.admit"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("JSON (*.json)")
        dialog.fileSelected.connect(lambda path: self.take_in(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_in(self, path: Path) -> None:
        """Read that file, then ask whether the words are the same."""
        self._work.do("team.read", lambda: self._read(path), self._compare)

    async def _read(self, path: Path) -> Member:
        try:
            data = await asyncio.to_thread(_beginning, path)
        except OSError as error:
            raise BookError("app.team.file.unreadable") from error
        return self._parts.team.read(data)

    def _compare(self, member: Member) -> None:
        texts = self._parts.texts
        lines = [texts("app.team.compare.text", name=member.name), self.words_of(member), texts("app.team.compare.why")]
        ask(self, texts, texts("app.team.compare.title"), lines, [Answer(texts("app.team.compare.same"), lambda: self._admit(member))])

    def _admit(self, member: Member) -> None:
        told = lambda _none: self._parts.messages.tell("app.team.admitted", name=member.name)  # noqa: E731
        self._work.do("team.admit", lambda: self._parts.team.admit(member), told)

    def _ask_dismiss(self) -> None:
        one, texts = self.selected, self._parts.texts
        if one is not None:
            answer = Answer(
                texts("app.team.dismiss"), lambda: self._work.do("team.dismiss", lambda: self._parts.team.dismiss(one.id), _nothing)
            )
            ask(self, texts, texts("app.team.dismiss.title", name=one.name), [texts("app.team.dismiss.text")], [answer])

    def _end(self) -> None:
        self._unsubscribe()
        self._work.close()


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_BYTES + 1)


def _nothing(_none: object) -> None:
    """The list shows it."""
