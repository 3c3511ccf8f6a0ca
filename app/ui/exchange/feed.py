"""The calendar file for Outlook: switch, folder, with or without names. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLineEdit, QWidget

from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FILE_NAME, FeedSettings
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.choices import Row
from app.ui.appointment.fields import Field
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.work import Foreseen, Work
from app.ui.parts import button, label
from app.ui.wording import Wording


class FeedDialog(QDialog):
    """What is chosen holds once it is kept, and only if the file could be written."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, feed: CalendarFeed) -> None:
        super().__init__(parent)
        self._parts = parts
        self._texts = parts.texts
        self._feed = feed
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(parts.texts("app.exchange.feed.title"))
        self._build()
        self._unsubscribe = feed.changed.subscribe(lambda _none: self._show_state())
        self._show_state()
        self._enable()
        self.setMinimumWidth(520)

    def _build(self) -> None:
        texts, settings = self._texts, self._feed.settings
        self._on = QCheckBox(texts("app.exchange.feed.on"))
        self._on.setChecked(settings.on)
        self._on.toggled.connect(self._enable)
        self._folder = QLineEdit(settings.folder)
        self._folder.setReadOnly(True)
        self._folder_field = Field(texts("app.exchange.feed.folder"), self._folder)
        folder_more = texts("app.exchange.feed.folder.more", file=FILE_NAME)
        self._folder.setAccessibleDescription(folder_more)
        self._browse = button(texts("app.exchange.feed.browse"))
        self._browse.clicked.connect(self._choose_folder)
        place = Row(narrow=460)
        place.line.addWidget(self._folder_field, 1)
        place.line.addWidget(self._browse, alignment=Qt.AlignmentFlag.AlignBottom)
        self._names = QCheckBox(texts("app.exchange.feed.names"))
        self._names.setChecked(settings.names and self._feed.names_allowed)
        names_more = "app.exchange.feed.names.more" if self._feed.names_allowed else "app.exchange.feed.names.locked"
        self._names.setAccessibleDescription(texts(names_more))
        self._state = label("", "muted")
        back, keep = button(texts("app.cancel")), button(texts("app.exchange.feed.keep"), "primary")
        back.clicked.connect(self.reject)
        keep.clicked.connect(self._keep)
        keep.setDefault(True)
        column = dialog_column(self)
        column.addWidget(label(texts("app.exchange.feed.title"), "title"))
        column.addWidget(label(texts("app.exchange.feed.more"), "muted"))
        for each in (self._on, place, label(folder_more, "muted"), self._names, label(texts(names_more), "muted"), self._state):
            column.addWidget(each)
        column.addStretch(1)
        column.addLayout(button_row(back, keep))

    def _enable(self) -> None:
        on = self._on.isChecked()
        self._browse.setEnabled(on)
        self._folder.setEnabled(on)
        self._names.setEnabled(on and self._feed.names_allowed)

    def _show_state(self) -> None:
        feed = self._feed
        if feed.trouble is not None:
            text = self._texts(feed.trouble.key, **feed.trouble.values)
        elif feed.written_at is not None:
            text = self._texts("app.exchange.feed.written", time=Wording(self._texts).time(feed.written_at))
        else:
            text = ""
        self._state.setText(text)
        self._state.setVisible(bool(text))
        grow_to_fit(self)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self._texts("app.exchange.feed.folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder.setText(folder)
        self._folder_field.clear_error()

    def _keep(self) -> None:
        if self._on.isChecked() and not self._folder.text():
            self._folder_field.show_error(self._texts("app.exchange.feed.no-folder"))
            grow_to_fit(self)
            return
        chosen = FeedSettings(on=self._on.isChecked(), folder=self._folder.text(), names=self._names.isChecked())
        self._work.do("choose feed", lambda: self._feed.choose(chosen), lambda _none: self.accept(), self._refused)

    def _refused(self, error: Foreseen) -> None:
        self._folder_field.show_error(self._texts(error.key, **error.values))
        grow_to_fit(self)

    def done(self, result: int) -> None:
        self._unsubscribe()
        super().done(result)
        self._work.close()
        self.deleteLater()


def tell_of_feed(feed: CalendarFeed, parts: AppointmentParts) -> None:
    """A note when the file cannot be kept up to date, once for each trouble."""
    told: list[str] = []

    def look() -> None:
        trouble = feed.trouble
        if trouble is None:
            told.clear()
        elif trouble.key not in told:
            told.append(trouble.key)
            parts.messages.tell(trouble.key, **trouble.values)

    feed.changed.subscribe(lambda _none: look())
