"""The way back to the window of a conversation that runs. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.banner import Banner
from app.ui.quiet import Quiet
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.wording import Wording


class RunningPanel(QWidget):
    """One banner: only one conversation can run at a time."""

    def __init__(self, view_model: AgendaViewModel, quiet: Quiet, texts: Texts, wording: Wording, window: QWidget) -> None:
        super().__init__()
        self._view_model = view_model
        self._texts = texts
        self._wording = wording
        self._banner = Banner("", texts("app.agenda.to-call"))
        self._banner.hide()
        self._banner.pressed.connect(self._open)
        bind_button(window, Shortcut.TO_CALL, self._banner.button, texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._banner)
        view_model.changed.connect(self.show_running)
        quiet.changed.connect(self.show_running)
        self.show_running()

    def show_running(self) -> None:
        """Say which conversation runs, if one does."""
        session = self._view_model.running
        self.setVisible(session is not None)
        self._banner.show_text("" if session is None else self._texts("app.agenda.running", who=self._wording.heading(session.room)))

    def _open(self) -> None:
        session = self._view_model.running
        if session is not None:
            self._view_model.session_opened.emit(session)
