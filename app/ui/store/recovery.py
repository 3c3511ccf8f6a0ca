"""The recovery key: shown once, printed or saved, and typed in again. Imports Qt, `app.ui` and the key's record."""

from __future__ import annotations

import html
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.services.appointments.ports import BookError, StoreError
from app.services.exchange.files import write_whole
from app.services.store.recovery import RecoveryKey
from app.texts import Texts
from app.ui.announce import announce
from app.ui.appointment.cards import framed
from app.ui.appointment.choices import Row
from app.ui.appointment.fields import Field
from app.ui.appointment.saving import ask_where
from app.ui.parts import button, label
from app.ui.store.asking import AskingDialog, answered, written_out

_GROUPS_A_LINE = 3


class ShowRecoveryKey(AskingDialog):
    """Closes by "Fertig" once a person says that it is kept; leaving before is asked for by its own button."""

    def __init__(self, parent: QWidget | None, texts: Texts, key: RecoveryKey) -> None:
        super().__init__(parent, texts, texts("app.unlock.key.title"), texts("app.unlock.key.more"))
        self._key = key
        shown = label(_in_lines(key.printed), "key")
        shown.setAccessibleName(texts("app.unlock.key.spoken", groups=key.printed.replace("-", ", ")))
        self._said = label("", "muted")
        self._said.hide()
        to_paper, to_file = button(texts("app.unlock.key.print")), button(texts("app.unlock.key.save"))
        to_paper.clicked.connect(self._print)
        to_file.clicked.connect(self._save)
        ways = Row(narrow=380)
        ways.line.addWidget(to_paper)
        ways.line.addWidget(to_file)
        ways.line.addStretch(1)
        self._kept = QCheckBox(texts("app.unlock.key.kept"))
        for each in (framed("spoken", shown), ways, self._said, self._kept):
            self.body.addWidget(each)
        self.add_answers(texts("app.unlock.key.leave"), texts("app.unlock.key.done"))
        self.go_on.setEnabled(False)
        self._kept.toggled.connect(self.go_on.setEnabled)

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._on_paper().print_(printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def _on_paper(self) -> QTextDocument:
        document = QTextDocument(self)
        title, use = (html.escape(self._texts(key)) for key in ("app.unlock.key.title", "app.unlock.key.paper"))
        document.setHtml(f"<h1>{title}</h1><pre style='font-size: 18pt'>{_in_lines(self._key.printed)}</pre><p>{use}</p>")
        return document

    def _save(self) -> None:
        ask_where(
            self,
            self._texts("app.unlock.key.save"),
            self._texts("app.unlock.key.file"),
            f"{self._texts('app.unlock.text')} (*.txt)",
            self._write,
        )

    def _write(self, path: Path) -> None:
        """At once: a few letters, and the window must not close before they are there."""
        text = "\n\n".join((self._texts("app.unlock.key.title"), _in_lines(self._key.printed), self._texts("app.unlock.key.paper")))
        try:
            write_whole(path, f"{text}\n".encode())
        except BookError as error:
            self._tell(self._texts(error.key, **error.values))
        else:
            self._tell(self._texts("app.unlock.key.saved"))

    def _tell(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()
        announce(self._said, text)
        self.fit()


class TypeRecoveryKey(AskingDialog):
    """Capitals, blanks and dashes do not matter; a slip of the pen is found here."""

    def __init__(self, parent: QWidget | None, texts: Texts) -> None:
        super().__init__(parent, texts, texts("app.unlock.recover.title"), texts("app.unlock.recover.more"))
        self._line = QLineEdit()
        self._line.setFont(written_out())
        self._line.setPlaceholderText("0000-0000-0000-0000-0000-0000-0000-0000-0000")
        self._field = Field(texts("app.unlock.recover.key"), self._line)
        self.body.addWidget(self._field)
        self.add_answers(texts("app.unlock.back"), texts("app.unlock.open"))
        self.setMinimumWidth(600)
        self._line.setFocus()
        self.key: RecoveryKey | None = None
        """What was typed, once it is one."""

    def say(self, text: str) -> None:
        """What is wrong, at the field."""
        self._field.show_error(text)
        self.fit()

    def go(self) -> None:
        try:
            self.key = RecoveryKey.parse(self._line.text())
        except StoreError as error:
            self.say(self._texts(error.key, **error.values))
        else:
            self.accept()


async def show_recovery_key(key: RecoveryKey, texts: Texts, parent: QWidget | None = None) -> bool:
    """Show it once; True if the person says that it is kept."""
    return await answered(ShowRecoveryKey(parent, texts, key))


async def ask_recovery_key(texts: Texts, parent: QWidget | None = None, wrong: str = "") -> RecoveryKey | None:
    """None if the person gave up; `wrong` is a sentence about the one before."""
    dialog = TypeRecoveryKey(parent, texts)
    if wrong:
        dialog.say(wrong)
    return dialog.key if await answered(dialog) else None


def _in_lines(printed: str) -> str:
    groups = printed.split("-")
    return "\n".join("-".join(groups[at : at + _GROUPS_A_LINE]) for at in range(0, len(groups), _GROUPS_A_LINE))
