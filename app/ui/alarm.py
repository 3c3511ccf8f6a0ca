"""Makes sure that nobody waits unnoticed. Imports Qt and `app.ui` only.

Who comes to wait, comes back after having been gone, or knocks again, is told at once: notification, task bar, sound, screen reader.
The sound comes again every 20 s until the counsellor has looked at the main window or nobody waits, unless they chose it once or not at
all. Three moments:

- alone: everything;
- in conversation (a session runs, or somebody visits the table): the tray's sign and the task bar only, because the other person hears;
- showing (a screen is shared): nothing at all outside of the conversation's own window, which says it and is never shown.

What a moment held back is made up for in the next louder one, unless the counsellor has looked meanwhile.

Only whom the counsellor has just sent back does not ring. No names, ever.
"""

from __future__ import annotations

import enum
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.wishes import Ringing
from app.services.ports import Arrival
from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.chime import Chime
from app.ui.quiet import Quiet
from app.ui.tray import Tray

REPEAT_MS = 20_000


class TaskBar(Protocol):
    """The program's entries among the open windows."""

    def flash(self) -> None:
        """Ask for attention until the person comes."""
        ...

    def show_count(self, waiting: int) -> None:
        """Write how many wait beside the sign, where the system can; 0 for nothing."""
        ...


class Moment(enum.IntEnum):
    """Who else could see and hear an alarm now; the higher, the louder it may be."""

    SHOWING = 0
    IN_CONVERSATION = 1
    ALONE = 2


class Alarm(QObject):
    """One for the program."""

    told = Signal(str, bool)
    """A sentence for screen readers; True where it may interrupt."""

    def __init__(
        self,
        view_model: AgendaViewModel,
        quiet: Quiet,
        texts: Texts,
        tray: Tray,
        task_bar: TaskBar,
        chime: Chime,
        ringing: Ringing = Ringing.REPEATED,
    ) -> None:
        super().__init__()
        self.ringing = ringing
        """May be changed at any time."""
        self._view_model = view_model
        self._quiet = quiet
        self._texts = texts
        self._tray = tray
        self._task_bar = task_bar
        self._chime = chime
        self._repeat = QTimer(self, interval=REPEAT_MS)
        self._repeat.timeout.connect(self.remind)
        self._known: set[str] = set()
        """Seats that waited at the last look."""
        self._inside: set[str] = set()
        """Seats that were in a conversation at the last look."""
        self._told_in = Moment.ALONE
        """How loudly those who wait were told of; ALONE is all there is to tell."""
        view_model.changed.connect(self._follow)
        view_model.arrived.connect(self._hear)
        quiet.changed.connect(self._follow)

    @property
    def repeats(self) -> bool:
        """True while it will sound again."""
        return self._repeat.isActive()

    @property
    def moment(self) -> Moment:
        """How loud it may be now."""
        if self._quiet.sharing:
            return Moment.SHOWING
        talking = self._view_model.in_conversation or self._quiet.visitor
        return Moment.IN_CONVERSATION if talking else Moment.ALONE

    def ring(self) -> None:
        """Tell that somebody waits, as loudly as the moment allows."""
        if not self._view_model.waiting:
            return
        if self.ringing is not Ringing.ONCE:
            self._repeat.start()
        self._told_in = self.moment
        if self.moment is Moment.ALONE:
            self._tray.notify(self._texts("app.product"), self._texts("app.alarm.text"))
            self.told.emit(self._texts("app.alarm.text"), True)
        self.remind()

    def remind(self) -> None:
        """Again, without another notification."""
        if self.moment is Moment.SHOWING:
            return
        self._task_bar.flash()
        if (
            self.ringing is not Ringing.SILENT
            and self.moment is Moment.ALONE
            and any(self._quiet.rings_for(one.seat.seat) for one in self._view_model.waiting)
        ):
            self._chime.play()

    def looked(self) -> None:
        """The counsellor is at the main window: no more sound for those who wait now."""
        self._repeat.stop()
        self._told_in = Moment.ALONE

    def close(self) -> None:
        """Ring no more."""
        self._repeat.stop()

    def _hear(self, arrival: Arrival) -> None:
        if arrival.again:
            self.ring()

    def _follow(self) -> None:
        waiting = {one.seat.seat for one in self._view_model.waiting}
        came = waiting - self._known - self._inside
        self._known = waiting
        self._inside = {room.admitted.seat for room in self._view_model.rooms if room.admitted is not None}
        shown = 0 if self.moment is Moment.SHOWING else len(waiting)
        self._tray.show_waiting(bool(shown))
        self._task_bar.show_count(shown)
        if not waiting:
            self._repeat.stop()
            self._told_in = Moment.ALONE
        elif came or self._told_in < self.moment:
            self.ring()
