"""Offers the way back into a conversation that ran when the program ended without a goodbye. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.banner import Banner
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.wording import Wording


class ResumePanel(QWidget):
    """One banner, for the first of such conversations: only one can run at a time."""

    def __init__(self, view_model: AgendaViewModel, texts: Texts, wording: Wording, window: QWidget) -> None:
        super().__init__()
        self._view_model = view_model
        self._texts = texts
        self._wording = wording
        self._room = ""
        self._banner = Banner("", texts("app.resume.back"))
        self._banner.hide()
        self._banner.pressed.connect(lambda: view_model.resume(self._room))
        bind_button(window, Shortcut.RESUME, self._banner.button, texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._banner)
        view_model.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        entry = next(iter(self._view_model.resumable), None)
        self.setVisible(entry is not None)
        if entry is None:
            self._banner.show_text("")
            return
        self._room = entry.room
        self._banner.show_text(self._texts("app.resume.text", time=self._wording.time(entry.starts_at)), urgent=True)
