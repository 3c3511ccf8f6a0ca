"""Saves a day as PDF: asks where, sets the paper and writes it on a thread. Imports Qt, `app.ui` and the papers of `app.services` only.

While names are hidden the paper has none either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.appointments import Appointment
from app.services.appointments.ports import BookError, StoreError
from app.services.papers.day import DayPaper, day_paper
from app.texts import Texts
from app.ui.calendar.view_model import CalendarViewModel, Start
from app.ui.calendar.words import CalendarWords
from app.ui.messages import Messages
from app.ui.parts import open_dialog

_HEADINGS = ("time", "person", "topic", "way", "state", "notes")


class DayPrinter:
    """One for the program."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, texts: Texts, messages: Messages, start: Start) -> None:
        """`words` are the calendar's own, so that the paper hides what the calendar hides."""
        self._view_model = view_model
        self._words = words
        self._texts = texts
        self._messages = messages
        self._start = start

    def ask(self, day: date, parent: QWidget) -> None:
        """Ask over `parent` where to save that day, and save it."""
        dialog = QFileDialog(parent, self._texts("app.calendar.paper.choose"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{self._texts('app.calendar.paper.kind')} (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self._texts("app.calendar.paper.file", day=day.isoformat()))
        dialog.fileSelected.connect(lambda name: self._start("calendar.print", self.save(day, Path(name))))
        open_dialog(dialog)

    async def save(self, day: date, path: Path) -> None:
        """Write the day's PDF there; the person hears how it went."""
        try:
            paper = self.paper(day, await self._view_model.look_at(day))
            await asyncio.to_thread(_write, paper, path)
        except (BookError, StoreError) as error:
            self._messages.tell(error.key, **error.values)
        except OSError:
            self._messages.tell("app.calendar.paper.failed")
        else:
            self._messages.tell("app.calendar.paper.done")

    def paper(self, day: date, appointments: Sequence[Appointment]) -> DayPaper:
        """The day in words, as they are shown now."""
        words, seen = self._words, self._view_model
        return DayPaper(
            language=self._texts.language,
            title=self._texts("app.calendar.paper.title", day=words.day(day)),
            note=seen.holiday(day),
            headings=[words.heading(part) for part in _HEADINGS],
            rows=[self._row(appointment, appointments) for appointment in appointments],
            empty=self._texts("app.calendar.paper.empty"),
            made=self._texts("app.calendar.paper.made", day=words.day_of_year(seen.today), time=words.time(seen.now)),
            page=self._texts("app.calendar.paper.page"),
        )

    def _row(self, appointment: Appointment, others: Sequence[Appointment]) -> Sequence[str]:
        words = self._words
        overlaps = sum(other.id != appointment.id and other.overlaps(appointment) for other in others)
        notes = words.notes(words.mail(self._view_model.mail(appointment)), words.overlap(overlaps), appointment.series is not None)
        person, topic = words.person(appointment), words.topic(appointment)
        return words.span(appointment), person, topic, words.way(appointment), words.stage(appointment), notes


def _write(paper: DayPaper, path: Path) -> None:
    path.write_bytes(day_paper(paper))
