"""Makes sure that nobody waits unnoticed. Imports Qt and `app.ui` only.

Rules: whoever comes to wait, for the first time or after having been gone, rings at once, and again every 30 s while anybody
waits: tray message, task bar, sound. Only whom the counsellor has just sent back does not ring. In a conversation nothing sounds and
nothing pops up (the client hears and may see it); the tray's sign, the task bar and a line in the conversation's window tell it
silently. No names, ever.
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
        self._known: set[str] = set()
        """Seats that waited at the last look."""
        self._inside: set[str] = set()
        """Seats that were in a conversation at the last look."""
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

    def _follow(self) -> None:
        waiting = {one.seat.seat for one in self._view_model.waiting}
        came = waiting - self._known - self._inside
        self._known = waiting
        self._inside = {room.admitted.seat for room in self._view_model.rooms if room.admitted is not None}
        self._tray.show_waiting(bool(waiting))
        if not waiting:
            self._repeat.stop()
        elif came:
            self._repeat.start()
            self.ring()
