"""Connecting with a one-time code: an address, the code as it was pasted, and what came of it. Imports Qt and `app.ui` only.

The code stands in its field alone and is taken out of it as soon as it was used.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.services.agency.address import is_address
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer
from app.ui.agency.parts import AgencyParts, why_not
from app.ui.appointment.cards import Line
from app.ui.appointment.fields import Field
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import button, label
from app.ui.store.asking import AskingDialog, written_out

LINES = 4
"""So many rows of the code's field: thirteen groups at three or four a row."""
MOST_LETTERS = 400
"""A code has some eighty; whatever is longer was not meant to be here."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CodeEdit(QPlainTextEdit):
    """Takes a code with line breaks in it. Enter goes on, Tab leaves the field."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(written_out())
        self.setTabChangesFocus(True)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * LINES + 18)
        self.setUndoRedoEnabled(False)  # what was taken out stays out

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class ConnectDialog(AskingDialog):
    """Closes by itself when it has worked."""

    account_wanted = Signal(str)
    """Somebody has no code and signs in instead; the address as it was written."""

    def __init__(self, parent: QWidget, parts: AgencyParts, joined: Callable[[AgencyServer], None]) -> None:
        """`joined` is called once it has worked, also where the person has given up waiting: it has happened, and they have to know."""
        texts = parts.texts
        super().__init__(parent, texts, texts("app.agency.connect.title"), texts("app.agency.connect.more"))
        self._parts = parts
        self._door = parts.door
        self._joined = joined
        self._open = True
        self.address = self._address_field()
        self._edit = CodeEdit()
        self.code = Field(texts("app.agency.connect.code"), self._edit, texts("app.agency.connect.code.hint"))
        self._edit.entered.connect(self.go)
        self._edit.textChanged.connect(self._typed)
        self._result = Line(parts.theme)
        self._result.hide()
        self._build()
        (self._edit if self._door.locked or self._door.address else self.address.control).setFocus()

    def _address_field(self) -> Field:
        texts, locked = self._parts.texts, self._door.locked
        self._line = QLineEdit(self._door.address)
        self._line.setReadOnly(locked)
        self._line.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        hint = texts("app.agency.connect.address.locked" if locked else "app.agency.connect.address.hint")
        return Field(texts("app.agency.connect.address"), self._line, hint)

    def _build(self) -> None:
        texts = self._parts.texts
        if self._parts.plan.links_given():
            self.body.addWidget(label(texts("app.agency.connect.links")))
        self.account = button(texts("app.signin.button"))
        self.account.setAutoDefault(False)
        self.account.clicked.connect(self._by_account)
        for each in (self.address, self.code, self._result, label(texts("app.signin.or"), "muted"), self.account):
            self.body.addWidget(each)
        self.add_answers(texts("app.cancel"), texts("app.agency.connect.go"))

    @property
    def told(self) -> Told:
        """What stands under the fields."""
        return self._result.told

    def go(self) -> None:
        """Ask the server, once at a time."""
        if not self.go_on.isEnabled():
            return
        for field in (self.address, self.code):
            field.clear_error()
        self._busy(True)
        self._say(Told(Sign.ON_THE_WAY, self._parts.texts("app.agency.connect.waits")))
        self._parts.tasks.start("agency.connect", self._connect(self._line.text(), self._edit.toPlainText()))

    def _by_account(self) -> None:
        """The address has to be one, before the browser is opened."""
        self.address.clear_error()
        if not self._door.locked and not is_address(self._line.text()):
            self.address.show_error(self._parts.texts("app.agency.trouble.address"))
            self.fit()
            return
        self.account_wanted.emit(self._line.text())
        self.reject()

    async def _connect(self, address: str, code: str) -> None:
        try:
            server = await self._door.connect(address, code)
        except NotEnrolled as error:
            if self._open:
                self._refused(error)
        else:
            if self._open:
                self.accept()
            self._joined(server)

    def _refused(self, error: NotEnrolled) -> None:
        sentence = why_not(error, self._parts.texts)
        self._busy(False)
        self._result.hide()
        if error.trouble.of_code:
            self.code.show_error(sentence)
        elif error.trouble is Trouble.ADDRESS:
            self.address.show_error(sentence)
        else:
            self._say(Told(Sign.BAD, sentence))
        self.fit()

    def _typed(self) -> None:
        """What was wrong is being mended; a whole book is not taken in."""
        self.code.clear_error()
        if len(self._edit.toPlainText()) > MOST_LETTERS:
            self._edit.setPlainText(self._edit.toPlainText()[:MOST_LETTERS])

    def _busy(self, on: bool) -> None:
        self.go_on.setEnabled(not on)
        self.account.setEnabled(not on)
        self._edit.setReadOnly(on)
        self._line.setReadOnly(on or self._door.locked)

    def _say(self, told: Told) -> None:
        self._result.show()
        self._result.tell(told)
        self.fit()

    def done(self, result: int) -> None:
        self._open = False
        self._edit.clear()
        super().done(result)
