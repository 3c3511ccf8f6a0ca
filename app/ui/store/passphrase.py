"""The passphrase of the store: choosing it, typing it in. Implements `app.services.store.unlock.AskPassphrase`. Imports Qt and `app.ui`."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.services.store.unlock import SHORTEST_PASSPHRASE, Asked
from app.texts import Texts
from app.ui.store.asking import AskingDialog, SecretField, answered, shows_letters


class PassphraseAsker:
    """Each time a window of its own; what was typed is forgotten with it."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        self._texts = texts
        self._parent = parent

    async def __call__(self, asked: Asked) -> str | None:
        new = asked in (Asked.NEW, Asked.TOO_SHORT)
        dialog = NewPassphrase(self._parent, self._texts) if new else ExistingPassphrase(self._parent, self._texts)
        if asked is Asked.TOO_SHORT:
            dialog.say(self._texts("app.unlock.too-short", fewest=SHORTEST_PASSPHRASE))
        elif asked is Asked.WRONG:
            dialog.say(self._texts("app.store.wrong-passphrase"))
        return dialog.typed if await answered(dialog) else None


class ExistingPassphrase(AskingDialog):
    """One field."""

    def __init__(self, parent: QWidget | None, texts: Texts) -> None:
        super().__init__(parent, texts, texts("app.unlock.title"), texts("app.unlock.more"))
        self._field = SecretField(texts("app.unlock.passphrase"))
        self.body.addWidget(self._field)
        self.body.addWidget(shows_letters(texts, self._field))
        self.add_answers(texts("app.unlock.leave"), texts("app.unlock.open"))
        self._field.line.setFocus()

    @property
    def typed(self) -> str:
        return self._field.line.text()

    def say(self, text: str) -> None:
        """What is wrong, at the field."""
        self._field.show_error(text)
        self.fit()

    def go(self) -> None:
        if self.typed:
            self.accept()
        else:
            self.say(self._texts("app.unlock.empty"))


class NewPassphrase(AskingDialog):
    """Twice, with advice."""

    def __init__(self, parent: QWidget | None, texts: Texts) -> None:
        super().__init__(parent, texts, texts("app.unlock.new.title"), texts("app.unlock.new.more"))
        self._first = SecretField(texts("app.unlock.new.passphrase"), texts("app.unlock.new.advice", fewest=SHORTEST_PASSPHRASE))
        self._second = SecretField(texts("app.unlock.new.again"))
        self.body.addWidget(self._first)
        self.body.addWidget(self._second)
        self.body.addWidget(shows_letters(texts, self._first, self._second))
        self.add_answers(texts("app.unlock.leave"), texts("app.unlock.new.keep"))
        self._first.line.setFocus()

    @property
    def typed(self) -> str:
        return self._first.line.text()

    def say(self, text: str) -> None:
        """What is wrong with the passphrase."""
        self._first.show_error(text)
        self.fit()

    def go(self) -> None:
        self._first.clear_error()
        self._second.clear_error()
        if len(self.typed) < SHORTEST_PASSPHRASE:
            self.say(self._texts("app.unlock.too-short", fewest=SHORTEST_PASSPHRASE))
        elif self._second.line.text() != self.typed:
            self._second.show_error(self._texts("app.unlock.new.different"))
            self.fit()
        else:
            self.accept()
