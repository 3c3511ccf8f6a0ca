"""A quarter's counts for the head office: which quarter, and into which folder. Imports Qt and `app.ui` only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QWidget

from app.domain.evaluation import Quarter
from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.wording import Wording
from app.ui.announce import announce
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.fields import Field
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.work import Foreseen, Work
from app.ui.parts import button, label, open_dialog, set_rank


class ExportDialog(QDialog):
    """Says at once what IT has to set up first, if anything."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, evaluation: SiteEvaluation) -> None:
        super().__init__(parent)
        self._texts = texts = parts.texts
        self._evaluation = evaluation
        self._messages = parts.messages
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(texts("app.takeup.export.title"))
        self.quarter = QComboBox()
        wording = Wording(texts)
        for name in evaluation.quarters():
            self.quarter.addItem(wording.quarter(Quarter.parse(name)), name)
        self.said = label()
        self.said.hide()
        back, self.save = button(texts("app.cancel")), button(texts("app.takeup.export.save"), "primary")
        back.clicked.connect(self.reject)
        self.save.clicked.connect(self._ask_for_folder)
        self.save.setDefault(True)
        column = dialog_column(self)
        column.addWidget(label(texts("app.takeup.export.title"), "title"))
        column.addWidget(label(texts("app.takeup.export.more"), "muted"))
        column.addWidget(Field(texts("app.takeup.quarter"), self.quarter, texts("app.takeup.export.closed")))
        column.addWidget(self.said)
        column.addStretch(1)
        column.addLayout(button_row(back, self.save))
        self.setMinimumWidth(520)
        self._work.do("check export", evaluation.check, lambda _nothing: None, self._cannot)

    def write_into(self, folder: Path) -> None:
        """The chosen quarter."""
        quarter = str(self.quarter.currentData())
        self._say(self._texts("app.takeup.export.asking"), "muted")
        self.save.setEnabled(False)
        self._work.do("export", lambda: self._evaluation.export(quarter, folder), self._written, self._refused)

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self._texts("app.takeup.export.folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.write_into(Path(folder)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _written(self, file: Path) -> None:
        self.accept()
        self._messages.tell("app.takeup.export.done", file=file.name)

    def _cannot(self, error: Foreseen) -> None:
        """Nothing can be written before that is mended."""
        self.save.setEnabled(False)
        self._say(self._texts(error.key, **error.values), "danger")

    def _refused(self, error: Foreseen) -> None:
        self.save.setEnabled(True)
        self._say(self._texts(error.key, **error.values), "danger")

    def _say(self, text: str, rank: str) -> None:
        self.said.setText(text)
        set_rank(self.said, rank)
        self.said.show()
        announce(self.said, text, urgent=rank == "danger")
        grow_to_fit(self)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def show_export(parent: QWidget, parts: AppointmentParts, evaluation: SiteEvaluation) -> None:
    """Open it without stopping the program."""
    open_dialog(ExportDialog(parent, parts, evaluation))
