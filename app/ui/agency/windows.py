"""Opens the windows of the agency's server one after the other, over the main window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.services.agency.ports import NotEnrolled
from app.services.agency.settings import AgencyServer, Way
from app.services.agency.sign_in_port import SignInView
from app.services.local_time import wall_of
from app.ui.agency.connect import ConnectDialog
from app.ui.agency.joined import JoinedDialog
from app.ui.agency.parts import AgencyParts
from app.ui.agency.sign_in import SignInDialog
from app.ui.agency.status import AgencyWindow
from app.ui.appointment.asking import Answer, ask
from app.ui.parts import open_dialog


class AgencyWindows(QObject):
    """One for the program."""

    changed_over = Signal()
    """The person wants the program's services to begin anew, with the server that the profile names now."""

    def __init__(self, main: QWidget, parts: AgencyParts) -> None:
        super().__init__(main)
        self._main = main
        self._parts = parts

    def show(self) -> None:
        """How it stands; where this workstation is enrolled nowhere, the way there."""
        agency = self._parts.door.current
        if agency is None:
            self.connect_workstation()
            return
        window = AgencyWindow(self._main, self._parts, agency)
        again = self.sign_in if agency.way is Way.SIGN_IN else self.connect_workstation
        for wanted, act in (
            (window.again_wanted, again),
            (window.leave_wanted, self._ask_to_leave),
            (window.now_wanted, self.changed_over.emit),
        ):
            wanted.connect(window.accept)
            wanted.connect(act)
        open_dialog(window)

    def connect_workstation(self) -> None:
        """With a code."""
        dialog = ConnectDialog(self._main, self._parts, self._show_joined)
        dialog.account_wanted.connect(self.sign_in)
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)

    def sign_in(self, address: str = "") -> None:
        """With the agency's account; at the server that is known, unless another address was written."""
        parts = self._parts
        dialog = SignInDialog(self._main, parts, parts.plan.sign_in, address or parts.door.address, self._signed_in)
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)

    def _signed_in(self, view: SignInView) -> None:
        """Where the program works with this server already it goes on; otherwise it has to change over."""
        if view.server is None:
            return
        if view.server != self._parts.door.at_work:
            self._show_joined(view.server)
        elif view.until is not None:
            self._parts.messages.tell("app.signin.done", hour=f"{wall_of(view.until):%H:%M}")

    def _show_joined(self, server: AgencyServer) -> None:
        dialog = JoinedDialog(self._main, self._parts, server)
        dialog.accepted.connect(self.changed_over)
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)

    def _ask_to_leave(self) -> None:
        texts = self._parts.texts
        lines = [texts("app.agency.leave.links"), texts("app.agency.leave.code")]
        ask(self._main, texts, texts("app.agency.leave.title"), lines, [Answer(texts("app.agency.leave.go"), self._leave)])

    def _leave(self) -> None:
        self._parts.tasks.start("agency.leave", self._left())

    async def _left(self) -> None:
        try:
            await self._parts.door.leave()
        except NotEnrolled as error:
            self._parts.messages.tell(f"app.agency.trouble.{error.trouble.value}", **error.values)
            return
        if self._parts.plan.talking() or self._parts.door.at_work is None:
            self._parts.messages.tell("app.agency.left")
        else:
            self.changed_over.emit()
