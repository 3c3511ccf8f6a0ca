"""The one door to import and export. Imports Qt and `app.ui` only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.exchange.feed_file import CalendarFeed
from app.ui.appointment.parts import AppointmentParts
from app.ui.exchange.feed import FeedDialog
from app.ui.exchange.table import TableDialog
from app.ui.exchange.taking_over import TakeOverDialog
from app.ui.parts import open_dialog


class ExchangeWindows(QObject):
    """One for the program."""

    def __init__(self, main: QWidget, parts: AppointmentParts, feed: CalendarFeed) -> None:
        """`main` is the window over which dialogs open."""
        super().__init__(main)
        self._main = main
        self._parts = parts
        self._feed = feed

    def take_over(self) -> None:
        """Ask for a calendar file or a table, and show what is in it."""
        texts = self._parts.texts
        dialog = QFileDialog(self._main, texts("app.exchange.import.title"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [f"{texts('app.exchange.import.kind')} (*.ics *.ical *.csv *.tsv)", f"{texts('app.exchange.import.all')} (*)"]
        )
        dialog.fileSelected.connect(lambda file: self.take_over_from(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_over_from(self, file: Path) -> None:
        """Show what is in that file."""
        open_dialog(TakeOverDialog(self._main, self._parts, file))

    def feed(self) -> None:
        """The calendar file for Outlook."""
        open_dialog(FeedDialog(self._main, self._parts, self._feed))

    def table(self) -> None:
        """A span as CSV."""
        open_dialog(TableDialog(self._main, self._parts))
