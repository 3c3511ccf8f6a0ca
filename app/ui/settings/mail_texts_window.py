"""What mails and letters say, in every language, and why a text of the agency's own cannot be used. Nothing is edited here.

Imports Qt and `app.ui` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from babel import Locale
from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.services.mail.template_folder import FolderLook, Standing, TemplateFolder, TemplateFolderError, TemplateLook
from app.texts import Texts
from app.ui.appointment.asking import dialog_column
from app.ui.appointment.cards import Line
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.appointment.work import Work
from app.ui.parts import Folding, button, label, open_dialog, resize_to_fit
from app.ui.settings.mail_texts_view import MailTextView

OpenFolder = Callable[[Path], bool]
_LOOK = Qt.ItemDataRole.UserRole


def in_the_desktop(folder: Path) -> bool:
    """Show it in the desktop's file manager; False if there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class MailTextsWindow(QDialog):
    """A list on the left, the chosen text on the right."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, folder: TemplateFolder, open_folder: OpenFolder = in_the_desktop) -> None:
        super().__init__(parent)
        self._texts = parts.texts
        self._folder = folder
        self._open = open_folder
        self._other: Path | None = None
        self._shown: FolderLook | None = None
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(parts.texts("app.mailtexts.title"))
        self.summary, self.said = Line(parts.theme), Line(parts.theme)
        self.list = QListWidget()
        self.list.setAccessibleName(parts.texts("app.mailtexts.list"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(200)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self.view = MailTextView(parts.theme, parts.texts)
        self._lay_out()
        self.said.hide()
        self._enable()
        resize_to_fit(self, QSize(1000, 740))
        self.reload()
        self.list.setFocus()

    def _lay_out(self) -> None:
        texts = self._texts
        self._open_button, self._copy = button(texts("app.mailtexts.open")), button(texts("app.mailtexts.copy"))
        other, reload, close = (button(texts(key)) for key in ("app.mailtexts.other", "app.mailtexts.reload", "app.close"))
        for made, act in (
            (self._open_button, self._open_there),
            (self._copy, self._copy_chosen),
            (other, self._ask_for_folder),
            (reload, self.reload),
            (close, self.reject),
        ):
            made.clicked.connect(act)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.list, 2)
        middle.addWidget(self.view, 5)
        foot = QWidget()
        rows = Folding(foot, 100)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for each in (self._open_button, self._copy, other, reload):
            rows.addWidget(each)
        rows.addStretch(1)
        rows.addWidget(close)
        column: QVBoxLayout = dialog_column(self)
        column.addWidget(label(texts("app.mailtexts.title"), "title"))
        column.addWidget(label(texts("app.mailtexts.more"), "muted"))
        column.addWidget(self.summary)
        column.addLayout(middle, 1)
        column.addWidget(self.said)
        column.addWidget(foot)

    # ---- looking

    def reload(self) -> None:
        """Read the files again."""
        if self._shown is None:
            self.summary.tell(Told(Sign.ON_THE_WAY, self._texts("app.mailtexts.looking")))
        other = self._other
        self._work.do("look at mail texts", lambda: asyncio.to_thread(self._folder.look, other), self._show)

    def look_at(self, folder: Path) -> None:
        """Another folder than the one whose texts go out; the same one again leads back to it."""
        self._other = None if folder == self._folder.configured else folder
        self.said.hide()
        self.reload()

    def _show(self, look: FolderLook) -> None:
        before = self._chosen()
        self._shown = look
        self.summary.tell(_summary(look, self._texts))
        self.list.clear()
        for each in look.looks:
            item = QListWidgetItem(_item(each, self._texts), self.list)
            item.setData(_LOOK, each)
        self.list.setCurrentRow(_row_for(before, look))
        self._enable()

    def _chosen(self) -> TemplateLook | None:
        item = self.list.currentItem()
        found = None if item is None else item.data(_LOOK)
        return found if isinstance(found, TemplateLook) else None

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        if chosen is not None and self._shown is not None:
            self.view.show_text(chosen, self._shown.configured)
        self._enable()

    def _enable(self) -> None:
        shown, chosen = self._shown, self._chosen()
        self._open_button.setEnabled(shown is not None and shown.there)
        self._copy.setEnabled(shown is not None and shown.folder is not None and chosen is not None and chosen.may_copy)

    # ---- acts

    def _open_there(self) -> None:
        shown = self._shown
        if shown is not None and shown.folder is not None and not self._open(shown.folder):
            self._say(Told(Sign.BAD, self._texts("app.mailtexts.not-opened", folder=str(shown.folder))))

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self._texts("app.mailtexts.other"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.look_at(Path(folder)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _copy_chosen(self) -> None:
        shown, chosen = self._shown, self._chosen()
        if shown is not None and shown.folder is not None and chosen is not None:
            folder = shown.folder
            self._work.do("copy mail text", lambda: self._copied(chosen, folder), self._tell_of_copy)

    async def _copied(self, chosen: TemplateLook, folder: Path) -> Told:
        try:
            file = await asyncio.to_thread(self._folder.copy, chosen, folder)
        except TemplateFolderError as error:
            return Told(Sign.BAD, self._texts(error.key, **error.values))
        return Told(Sign.GOOD, self._texts("app.mailtexts.copied", file=str(file)))

    def _tell_of_copy(self, told: Told) -> None:
        self._say(told)
        self.reload()

    def _say(self, told: Told) -> None:
        self.said.show()
        self.said.tell(told)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def show_mail_texts(parent: QWidget, parts: AppointmentParts, folder: TemplateFolder) -> None:
    """Open it without stopping the program."""
    open_dialog(MailTextsWindow(parent, parts, folder))


def _summary(look: FolderLook, texts: Texts) -> Told:
    folder = str(look.folder)
    if look.folder is None:
        return Told(Sign.OPEN, texts("app.mailtexts.none"))
    if not look.there:
        return Told(Sign.BAD, texts("app.mailtexts.no-folder", folder=folder))
    if not look.configured:
        return Told(Sign.BAD if look.refused else Sign.OPEN, texts("app.mailtexts.only-looked-at", folder=folder, count=look.refused))
    if look.refused:
        return Told(Sign.BAD, texts("app.mailtexts.refused", folder=folder, count=look.refused))
    if not look.of_agency:
        return Told(Sign.OPEN, texts("app.mailtexts.all-own", folder=folder))
    return Told(Sign.GOOD, texts("app.mailtexts.good", folder=folder, count=look.of_agency))


def _item(look: TemplateLook, texts: Texts) -> str:
    """One line, and a second where the agency has a hand in it."""
    name = texts(f"app.mailtexts.kind.{look.name}") if look.known else texts("app.mailtexts.kind.unknown", name=look.name)
    head = texts("app.mailtexts.item", language=_language(look.language, texts), name=name)
    return head if look.standing is Standing.OWN else f"{head}\n{texts(f'app.mailtexts.standing.{look.standing.value}')}"


def _language(tag: str, texts: Texts) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(texts.language) or tag
    except ValueError:  # a folder may be called anything
        return tag


def _row_for(before: TemplateLook | None, look: FolderLook) -> int:
    """The same text as before; at first one that is refused."""
    if before is not None:
        for row, each in enumerate(look.looks):
            if (each.name, each.language) == (before.name, before.language):
                return row
    return next((row for row, each in enumerate(look.looks) if each.standing is Standing.REFUSED), 0)
