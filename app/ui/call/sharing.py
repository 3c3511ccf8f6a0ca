"""Showing a screen or window of ours: choosing, beginning, stopping. Imports Qt, the ports and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.services.ports import Session
from app.texts import Texts
from app.ui.call.share_dialog import ShareDialog, in_words
from app.ui.call.surface import Scaler
from app.ui.messages import Messages
from app.ui.parts import open_dialog
from app.ui.screens import Screens, ScreenTrouble, Shown

MakeScreens = Callable[[], Screens]


class Sharing(QObject):
    """One for a conversation's window."""

    changed = Signal()
    """`shown` is new."""

    def __init__(
        self, session: Session, texts: Texts, messages: Messages, make_screens: MakeScreens, make_scaler: Callable[[], Scaler]
    ) -> None:
        super().__init__()
        self._session = session
        self._texts = texts
        self._messages = messages
        self._make_screens = make_screens
        self._make_scaler = make_scaler
        self._screens: Screens | None = None
        """Where the pictures come from while a screen is shown, and in a pause that will show it again."""
        self._name = ""

    @property
    def shown(self) -> str:
        """What the client sees of ours now, in words; empty for nothing."""
        return self._name if self._session.own_media.screen else ""

    def toggle(self, parent: QWidget) -> None:
        """Ask what to show, or stop."""
        if self._session.own_media.screen:
            self.stop()
            return
        dialog = ShareDialog(parent, self._make_screens(), self._make_scaler(), self._texts)
        dialog.chosen.connect(self._begin)
        open_dialog(dialog)

    def stop(self) -> None:
        """Show nothing any more."""
        self._session.share_screen(None)

    def follow(self) -> None:
        """The session's own media changed: it may have ended by itself, for instance because the client shows a screen now."""
        media = self._session.own_media
        if not media.screen and not media.paused:
            self._drop()
        self.changed.emit()

    def _begin(self, screens: Screens, shown: Shown) -> None:
        self._drop()
        self._screens, self._name = screens, in_words(shown, self._texts)
        screens.choose(shown)
        screens.trouble.connect(self._fail)
        self._session.share_screen(screens)

    def _fail(self, trouble: ScreenTrouble) -> None:
        self._messages.tell(trouble.value)
        self.stop()

    def _drop(self) -> None:
        if self._screens is not None:
            self._screens.trouble.disconnect(self._fail)
            self._screens, self._name = None, ""
