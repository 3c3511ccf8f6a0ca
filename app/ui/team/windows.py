"""The one door to everything about the team. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.ui.parts import open_dialog
from app.ui.team.members import MembersDialog
from app.ui.team.parts import TeamParts
from app.ui.team.stand_in import StandInDialog


class TeamWindows(QObject):
    """One for the program. What deputies did with our own appointments is told as a note, whichever window is open."""

    taken_over = Signal(str)
    """Id of an appointment that stands in our calendar now."""

    def __init__(self, main: QWidget, parts: TeamParts) -> None:
        """`main` is the window over which dialogs open."""
        super().__init__(main)
        self._main = main
        self._parts = parts
        self._unsubscribe = parts.team.tell_to(lambda said: parts.messages.tell(said[0], **said[1]))

    def stand_in(self) -> None:
        """A colleague's day."""
        dialog = StandInDialog(self._main, self._parts)
        dialog.taken_over.connect(self.taken_over)
        dialog.members_wanted.connect(lambda: self.members(dialog))
        open_dialog(dialog)

    def members(self, parent: QWidget | None = None) -> None:
        """Who belongs to the team."""
        open_dialog(MembersDialog(parent or self._main, self._parts))

    def close(self) -> None:
        """Tell no more. For the end of the program."""
        self._unsubscribe()
