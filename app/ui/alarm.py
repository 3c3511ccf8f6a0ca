"""Makes sure that nobody waits unnoticed. Imports Qt and `app.ui` only.

Rules: a new arrival rings at once, and again every 30 s while anybody waits: tray message, task bar, sound. In a conversation
nothing sounds and nothing pops up (the client hears and may see it); the tray's sign, the task bar and a line in the
conversation's window tell it silently. No names, ever.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.chime import Chime
from app.ui.tray import Tray

REPEAT_MS = 30_000


class Alarm(QObject):
    """One for the program."""

    def __init__(self, view_model: AgendaViewModel, texts: Texts, tray: Tray, chime: Chime, flash: Callable[[], None]) -> None:
        """`flash` asks for attention in the task bar."""
        super().__init__()
        self._view_model = view_model
        self._texts = texts
        self._tray = tray
        self._chime = chime
        self._flash = flash
        self._repeat = QTimer(self, interval=REPEAT_MS)
        self._repeat.timeout.connect(self.ring)
        view_model.arrived.connect(lambda _arrival: self._begin())
        view_model.changed.connect(self._follow)

    @property
    def repeats(self) -> bool:
        """True while it will ring again."""
        return self._repeat.isActive()

    def ring(self) -> None:
        """Tell that somebody waits, as loudly as the moment allows."""
        if not self._view_model.waiting:
            return
        self._flash()
        if not self._view_model.in_conversation:
            self._tray.notify(self._texts("app.product"), self._texts("app.alarm.text"))
            self._chime.play()

    def close(self) -> None:
        """Ring no more."""
        self._repeat.stop()

    def _begin(self) -> None:
        self._repeat.start()
        self.ring()

    def _follow(self) -> None:
        waiting = bool(self._view_model.waiting)
        self._tray.show_waiting(waiting)
        if not waiting:
            self._repeat.stop()
