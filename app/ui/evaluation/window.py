"""The figures of the site, or why there are none: a list of charts, and the chosen one beside it. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.services.evaluation.charts import Chart
from app.services.evaluation.own_figures import Shown
from app.services.evaluation.site import SiteEvaluation
from app.services.exchange.files import write_whole
from app.ui.appointment.asking import dialog_column
from app.ui.appointment.cards import Line
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.appointment.work import Foreseen, Work
from app.ui.evaluation.chart_view import ChartView
from app.ui.evaluation.view_model import FiguresModel
from app.ui.parts import Folding, button, label, open_dialog, resize_to_fit

_CHART = Qt.ItemDataRole.UserRole


class FiguresWindow(QDialog):
    """One question to the server at its opening; all else when somebody asks."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, evaluation: SiteEvaluation) -> None:
        super().__init__(parent)
        self._parts = parts
        self._texts = texts = parts.texts
        self._evaluation = evaluation
        self.model = FiguresModel(evaluation, texts, parts.clock)
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(texts("app.takeup.title"))
        self.said = Line(parts.theme)
        self.heading = label("", "large")
        self.mark = label("", "danger")
        self.list = QListWidget()
        self.list.setAccessibleName(texts("app.takeup.list"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMinimumWidth(190)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self.view = ChartView(parts.theme, texts)
        self._lay_out()
        self._show(None)
        resize_to_fit(self, QSize(1060, 760))
        self._work.do("load charts", lambda: asyncio.to_thread(_load_drawing), lambda _module: self.view.draw_from_now_on())
        self._ask("figures", self.model.first)

    def _lay_out(self) -> None:
        texts = self._texts
        self.own, self.report, self.example, self.export = (
            button(texts(key)) for key in ("app.takeup.own", "app.takeup.open-report", "app.takeup.example", "app.takeup.export-button")
        )
        self.copy, self.save, close = (button(texts(key)) for key in ("app.takeup.copy", "app.takeup.save", "app.close"))
        acts: tuple[tuple[QPushButton, Callable[[], object]], ...] = (
            (self.own, lambda: self._ask("figures", self.model.own)),
            (self.report, self._ask_for_report),
            (self.example, lambda: self._ask("example", self.model.example)),
            (self.export, self._export),
            (self.copy, self._copy),
            (self.save, self._ask_where),
            (close, self.reject),
        )
        for made, act in acts:
            made.clicked.connect(act)
        self._middle = QWidget()
        middle = QHBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(12)
        middle.addWidget(self.list, 2)
        middle.addWidget(self.view, 5)
        column: QVBoxLayout = dialog_column(self)
        column.addWidget(label(texts("app.takeup.title"), "title"))
        column.addWidget(self.said)
        column.addWidget(self.heading)
        column.addWidget(self.mark)
        column.addWidget(self._middle, 1)
        column.addStretch(0)
        column.addWidget(_folded(90, self.own, self.report, self.example, self.export))
        column.addWidget(_folded(60, self.copy, self.save, None, close))
        self.own.setVisible(not self.model.alone)

    # ---- asking

    def _ask(self, name: str, act: Callable[[], Coroutine[Any, Any, Shown]]) -> None:
        self._say(Told(Sign.ON_THE_WAY, self._texts("app.takeup.asking")))
        self._work.do(name, act, self._show, self._refused)

    def open_report(self, file: Path) -> None:
        """`figures.csv` or `summary.json` of a merged report."""
        self._ask("report", lambda: self.model.report(file))

    def _ask_for_report(self) -> None:
        dialog = QFileDialog(self, self._texts("app.takeup.open-report"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{self._texts('app.takeup.open.kind')} (summary.json figures.csv)")
        dialog.fileSelected.connect(lambda file: self.open_report(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export(self) -> None:
        from app.ui.evaluation.export import show_export

        show_export(self, self._parts, self._evaluation)

    # ---- showing

    def _show(self, shown: Shown | None) -> None:
        """None: nothing yet."""
        self._middle.setVisible(shown is not None)
        self.heading.setVisible(shown is not None)
        self.list.clear()
        self.mark.setText("" if shown is None else self._texts("app.takeup.mark") if shown.mark else "")
        self.mark.setVisible(bool(self.mark.text()))
        for made in (self.copy, self.save):
            made.setEnabled(shown is not None)
        if shown is not None:
            self._say(Told(Sign.GOOD, self._texts("app.takeup.rounded")))
            self.heading.setText(shown.title)
            for chart in shown.charts:
                QListWidgetItem(chart.title, self.list).setData(_CHART, chart)
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _refused(self, error: Foreseen) -> None:
        if self.model.shown is None:
            self._show(None)
        sign = Sign.OPEN if error.key in ("app.takeup.alone", "app.takeup.nothing", "app.takeup.too-few") else Sign.BAD
        self._say(Told(sign, self._texts(error.key, **error.values)))

    def _say(self, told: Told) -> None:
        self.said.tell(told)

    @property
    def chosen(self) -> Chart | None:
        """The chart that is shown."""
        item = self.list.currentItem()
        found = None if item is None else item.data(_CHART)
        return found if isinstance(found, Chart) else None

    def _show_chosen(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.view.show_chart(chosen)

    # ---- keeping

    def _copy(self) -> None:
        """What stands in the tab that is open."""
        chosen, clipboard = self.chosen, QApplication.clipboard()
        if chosen is None or not self.view.can_draw:
            return
        from app.ui.evaluation.keeping import picture_of, words_of

        if self.view.tabs.currentIndex() == 0:
            clipboard.setImage(picture_of(chosen, self.view.paper, self._parts.theme.font("normal")))
        else:
            clipboard.setText(words_of(chosen))
        self._say(Told(Sign.GOOD, self._texts("app.takeup.copied")))

    def _ask_where(self) -> None:
        chosen = self.chosen
        if chosen is None or not self.view.can_draw:
            return
        from app.ui.evaluation.keeping import KINDS

        dialog = QFileDialog(self, self._texts("app.takeup.save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{kind.upper()} (*.{kind})" for kind in KINDS])
        dialog.setDefaultSuffix(KINDS[0])
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.partition(" ")[0].lower()))
        dialog.selectFile(f"{chosen.id}.{KINDS[0]}")
        dialog.fileSelected.connect(lambda file: self.keep(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def keep(self, file: Path) -> None:
        """Write the chosen chart there: a drawing, or the table for `.csv`."""
        from app.ui.evaluation.keeping import KINDS, content_of

        chosen = self.chosen
        kind = file.suffix.lstrip(".").lower()
        if chosen is None or not self.view.can_draw:
            return
        if kind not in KINDS:
            self._say(Told(Sign.BAD, self._texts("app.takeup.save.kind")))
            return
        data = content_of(chosen, kind, self.view.paper, self._parts.theme.font("normal"))
        told = Told(Sign.GOOD, self._texts("app.takeup.saved", file=file.name))
        self._work.do("save chart", lambda: asyncio.to_thread(write_whole, file, data), lambda _nothing: self._say(told), self._refused)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def show_figures(parent: QWidget, parts: AppointmentParts, evaluation: SiteEvaluation) -> None:
    """Open it without stopping the program."""
    open_dialog(FiguresWindow(parent, parts, evaluation))


def _load_drawing() -> object:
    """On a thread: the library takes a second."""
    return importlib.import_module("app.ui.evaluation.drawing")


def _folded(letters: int, *shown: QWidget | None) -> QWidget:
    """Buttons in a row, or below each other where it is narrow; None is what stretches."""
    row = QWidget()
    parts = Folding(row, letters)
    parts.setContentsMargins(0, 0, 0, 0)
    parts.setSpacing(8)
    for each in shown:
        if each is None:
            parts.addStretch(1)
        else:
            parts.addWidget(each)
    if None not in shown:
        parts.addStretch(1)
    return row
