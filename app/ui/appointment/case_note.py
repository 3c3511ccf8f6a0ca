"""The finished note for the agency's case system, in one press. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts


def copy_case_note(model: AppointmentModel, parts: AppointmentParts, then: Callable[[], object] | None = None) -> None:
    """Put it on the clipboard and say so; `then` follows."""

    def copy(note: str) -> None:
        QGuiApplication.clipboard().setText(note)
        parts.messages.tell("app.outcome.copied")
        if then is not None:
            then()

    model.ask("case-note", lambda: parts.book.case_note(model.id), copy)
