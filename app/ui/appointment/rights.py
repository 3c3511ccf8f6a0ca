"""A person's rights: all that is kept of them as a file, or gone for good (Art. 15 and 17 GDPR). Imports Qt and `app.ui` only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.saving import ask_where, written
from app.ui.messages import Question


def export_person(window: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
    """Ask where to, write it there, say so."""
    texts = parts.texts

    def write(path: Path) -> None:
        content = lambda: written(path, parts.book.export_person(model.id), texts)  # noqa: E731
        model.ask("export", content, lambda _path: parts.messages.tell("app.sheet.exported"))

    ask_where(window, texts("app.sheet.export"), texts("app.sheet.export.file"), "JSON (*.json)", write)


def forget_person(window: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
    """Ask, delete, say how many appointments went. The window hears by its model that it has nothing to show any more."""

    def forget() -> None:
        model.ask("forget", lambda: parts.book.forget_person(model.id), lambda gone: parts.messages.tell("app.sheet.forgotten", gone=gone))

    parts.messages.ask(window, Question("app.sheet.forgetting.", ends_something=True), forget)
