"""What is done at the start when the store does not open: say why, and offer what leads on. Works before there is a main window.

Imports Qt, `app.ui` and the store's services; no SQL.
"""

from __future__ import annotations

import enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from app.services.appointments.ports import StoreError
from app.services.keys import KeyStore
from app.services.store.care import restored
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.place import StorePlace
from app.services.store.unlock import Asked, Unlocker
from app.texts import Texts
from app.ui.parts import button, label
from app.ui.store.asking import BACKUP_SUFFIX, AskingDialog, answered, chosen_file
from app.ui.store.passphrase import PassphraseAsker
from app.ui.store.recovery import ask_recovery_key


class WayOn(enum.Enum):
    """What the person chose."""

    AGAIN = "again"
    RECOVER = "recover"
    RESTORE = "restore"
    LEAVE = "leave"


_KEY = (WayOn.RECOVER, WayOn.RESTORE, WayOn.AGAIN)
_FILE = (WayOn.RESTORE, WayOn.AGAIN)
WAYS_ON = {
    "app.store.key-missing": _KEY,
    "app.store.wrong-key": _KEY,
    "app.store.no-passphrase": (WayOn.AGAIN, WayOn.RECOVER),
    "app.store.keyring-locked": (WayOn.AGAIN, WayOn.RECOVER),
    "app.store.wrong-recovery": _KEY,
    "app.store.broken": _FILE,
    "app.store.missing": _FILE,
    "app.store.key-file-broken": _FILE,
    "app.store.backup-unreadable": _FILE,
}
"""Beside leaving the program; what is not named here can be tried again."""


class TroubleDialog(AskingDialog):
    """The sentence, and a button for each way on. Closing it leaves."""

    def __init__(self, parent: QWidget | None, texts: Texts, error: StoreError) -> None:
        super().__init__(parent, texts, texts("app.unlock.trouble.title"), texts(error.key, **error.values))
        self.way = WayOn.LEAVE
        self.buttons: dict[WayOn, QPushButton] = {}
        for way in (*WAYS_ON.get(error.key, (WayOn.AGAIN,)), WayOn.LEAVE):
            made = button(texts(f"app.unlock.trouble.{way.value}"))
            made.clicked.connect(lambda _checked=False, way=way: self._take(way))
            self.buttons[way] = made
            self.body.addWidget(made)
        next(iter(self.buttons.values())).setFocus()

    def _take(self, way: WayOn) -> None:
        self.way = way
        self.accept()


class RestoreQuestion(AskingDialog):
    """What is there now gives way to the backup; Enter and Escape change nothing."""

    def __init__(self, parent: QWidget | None, texts: Texts) -> None:
        super().__init__(parent, texts, texts("app.unlock.restore.title"), texts("app.unlock.restore.more"))
        self.body.addWidget(label(texts("app.unlock.restore.loses"), "warn"))
        back, on = button(texts("app.unlock.back")), button(texts("app.unlock.restore.yes"))
        back.clicked.connect(self.reject)
        on.clicked.connect(self.accept)
        for each in (on, back):
            self.body.addWidget(each)
        back.setDefault(True)
        back.setFocus()


class StoreStart:
    """For one place. `ask` is handed to the `Unlocker`; `mend` is called with what the opening raised."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        self.ask = PassphraseAsker(texts, parent)
        self._texts = texts
        self._parent = parent

    async def mend(self, error: StoreError, place: StorePlace, unlocker: Unlocker, key_store: KeyStore) -> bool:
        """Say what is wrong and do what the person chooses. True: open it again now. False: leave the program."""
        told = error
        while True:
            dialog = TroubleDialog(self._parent, self._texts, told)
            way = dialog.way if await answered(dialog) else WayOn.LEAVE
            if way in (WayOn.AGAIN, WayOn.LEAVE):
                return way is WayOn.AGAIN
            try:
                if await self._recover(unlocker) if way is WayOn.RECOVER else await self.restore(place, unlocker, key_store):
                    return True
            except StoreError as another:
                told = another

    async def restore(self, place: StorePlace, unlocker: Unlocker, key_store: KeyStore, backup: Path | None = None) -> bool:
        """Ask for the file (unless it was chosen already), ask whether, do it, say so. False if the person changed their mind.
        Raises StoreError; the store must not be open."""
        backup = backup or await self.choose_backup()
        if backup is None or not await answered(RestoreQuestion(self._parent, self._texts)):
            return False
        await restored(backup, place, key_store, self._key_of_backup, unlocker)
        await self._tell("app.unlock.restored")
        return True

    async def choose_backup(self) -> Path | None:
        """The file of a backup."""
        dialog = QFileDialog(self._parent, self._texts("app.unlock.restore.title"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{self._texts('app.unlock.backup.kind')} (*{BACKUP_SUFFIX})")
        chosen = await chosen_file(dialog)
        return None if chosen is None else Path(chosen)

    # ---- inside

    async def _recover(self, unlocker: Unlocker) -> bool:
        wrong = ""
        while (key := await ask_recovery_key(self._texts, self._parent, wrong)) is not None:
            try:
                await unlocker.recover(key)
            except StoreError as error:
                if error.key != "app.store.wrong-recovery":
                    raise
                wrong = self._texts(error.key, **error.values)
            else:
                return True
        return False

    async def _key_of_backup(self, keys: KeyFile) -> StoreKey:
        """By the passphrase of its time, or by the recovery key."""
        asked = Asked.EXISTING
        while keys.passphrase is not None and (passphrase := await self.ask(asked)) is not None:
            try:
                return keys.by_passphrase(passphrase)
            except StoreError:
                asked = Asked.WRONG
        wrong = ""
        while (key := await ask_recovery_key(self._texts, self._parent, wrong)) is not None:
            try:
                return keys.by_recovery(key)
            except StoreError as error:
                wrong = self._texts(error.key, **error.values)
        raise StoreError("app.store.no-passphrase" if keys.passphrase is not None else "app.store.key-missing")

    async def _tell(self, key: str) -> None:
        dialog = AskingDialog(self._parent, self._texts, self._texts("app.unlock.restore.title"), self._texts(key))
        on = button(self._texts("app.unlock.on"), "primary")
        on.clicked.connect(dialog.accept)
        dialog.body.addWidget(on)
        await answered(dialog)
