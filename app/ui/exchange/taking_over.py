"""Appointments out of a calendar file or a table: shown first, taken over only on purpose. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QListWidget, QVBoxLayout, QWidget

from app.domain.appointments import Appointment
from app.services.appointments.ports import Foreign
from app.services.exchange.files import read_whole
from app.services.exchange.found import BadRow, Found
from app.services.exchange.ics_event import Passed
from app.services.exchange.reading import read_file
from app.ui.announce import announce
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.choices import WayChoice
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.words import AppointmentWords
from app.ui.appointment.work import Foreseen, Work
from app.ui.parts import button, label, resize_to_fit, scrolled

MOST_ROWS = 50
"""Rows that cannot be read and are named; of more only the number is said."""


@dataclass(frozen=True, slots=True)
class _Read:
    found: Found
    new: Sequence[Foreign]


class TakeOverDialog(QDialog):
    """Reads the file, shows what is new in it and what is passed over; nothing is kept before the button."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, file: Path) -> None:
        super().__init__(parent)
        self._parts = parts
        self._texts = parts.texts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self._new: Sequence[Foreign] = ()
        self._with_way: frozenset[str] = frozenset()
        self.setWindowTitle(parts.texts("app.exchange.import.title"))
        self._build()
        parts.quiet.changed.connect(self._list)
        resize_to_fit(self, QSize(620, 640))
        self._work.do("read calendar", lambda: self._read(file), self._show, self._refused)

    def _build(self) -> None:
        texts = self._texts
        self._count, self._passed, self._bad = label(texts("app.exchange.import.reading")), label("", "muted"), label("", "muted")
        self._bad.hide()
        self._way_name, self._way = label(texts("app.exchange.import.way"), "field"), WayChoice(texts, self._parts.theme)
        self._rows = QListWidget()
        self._rows.setAccessibleName(texts("app.exchange.import.list"))
        self._rows.setMinimumHeight(140)
        self._rows.setWordWrap(True)
        self._rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._rest = (self._way_name, self._way, self._rows)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(10)
        for each in (self._count, self._bad, self._passed, *self._rest):
            inside.addWidget(each)
        inside.setStretchFactor(self._rows, 1)
        inside.addStretch(0)
        back = button(texts("app.cancel"))
        self._take = button(texts("app.exchange.import.take.none"), "primary")
        back.clicked.connect(self.reject)
        self._take.clicked.connect(self._take_over)
        column = dialog_column(self)
        column.addWidget(label(texts("app.exchange.import.title"), "title"))
        column.addWidget(label(texts("app.exchange.import.more"), "muted"))
        column.addWidget(scrolled(whole), 1)
        column.addLayout(button_row(back, self._take))
        self._show_rest(False)

    def _show_rest(self, on: bool) -> None:
        for each in self._rest:
            each.setVisible(on)
        self._take.setVisible(on)

    # ---- reading

    async def _read(self, file: Path) -> _Read:
        now = self._parts.clock.unix()
        found = await asyncio.to_thread(lambda: read_file(read_whole(file), file.name, now))
        return _Read(found, await self._parts.book.unknown(found.appointments))

    def _show(self, read: _Read) -> None:
        self._new, self._with_way = read.new, read.found.with_way
        known = len(read.found.appointments) - len(read.new)
        self._count.setText(self._counted("app.exchange.import.count.", len(read.new)))
        lines = [self._counted("app.exchange.import.known.", known)] if known else []
        lines += [self._counted(f"app.exchange.passed.{why.value}.", read.found.passed[why]) for why in Passed if why in read.found.passed]
        self._passed.setText("\n".join([self._texts("app.exchange.import.passed"), *lines]) if lines else "")
        self._passed.setVisible(bool(lines))
        self._take.setText(self._counted("app.exchange.import.take.", len(read.new)))
        self._take.setAccessibleName(self._take.text())
        bad = self._bad_rows(read.found.bad_rows)
        self._bad.setText("\n".join(bad))
        self._bad.setVisible(bool(bad))
        self._show_rest(bool(read.new))
        asks = any(foreign.id not in self._with_way for foreign in read.new)
        for each in (self._way_name, self._way):
            each.setVisible(asks)
        self._list()
        announce(self, " ".join((self._count.text(), *bad, *lines)))

    def _bad_rows(self, rows: Sequence[BadRow]) -> list[str]:
        """Each by its line, under one sentence with the way out."""
        if not rows:
            return []
        texts = self._texts
        said = [texts("app.table.row", line=str(row.line), why=texts(row.key, **row.values)) for row in rows[:MOST_ROWS]]
        more = [texts("app.table.rows.more", count=str(len(rows) - MOST_ROWS))] if len(rows) > MOST_ROWS else []
        return [self._counted("app.table.rows.", len(rows)), *said, *more]

    def _refused(self, error: Foreseen) -> None:
        self._count.setText(self._texts(error.key, **error.values))
        self.resize(self.width(), self.minimumSizeHint().height() + self._count.height())
        announce(self, self._count.text(), urgent=True)

    def _counted(self, beginning: str, count: int) -> str:
        """The text of that beginning that ends in `none`, `one` or `many`."""
        number = "one" if count == 1 else "many" if count else "none"
        return self._texts(f"{beginning}{number}", count=count)

    def _list(self) -> None:
        self._rows.clear()
        for foreign in self._new:
            draft = foreign.draft
            shown = Appointment(id=foreign.id, starts_at=draft.starts_at, minutes=draft.minutes, client=draft.client)
            topic = "" if self._parts.quiet.hides_names else draft.topic
            parts = (self._when(shown), self._words.name(shown), topic)
            self._rows.addItem(" · ".join(part for part in parts if part))

    def _when(self, shown: Appointment) -> str:
        start, end = self._words.time(shown.starts_at), self._words.time(shown.ends_at)
        return self._texts("app.sheet.when", day=self._words.short_date(shown.starts_at), start=start, end=end)

    # ---- taking over

    def _take_over(self) -> None:
        way = self._way.way
        chosen = [
            foreign if foreign.id in self._with_way else replace(foreign, draft=replace(foreign.draft, way=way)) for foreign in self._new
        ]
        self._work.do("take over", lambda: self._parts.book.take_over(chosen), self._taken)

    def _taken(self, taken: Sequence[Appointment]) -> None:
        self.accept()
        number = "one" if len(taken) == 1 else "many"
        self._parts.messages.tell(f"app.exchange.import.done.{number}", count=len(taken))

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()
