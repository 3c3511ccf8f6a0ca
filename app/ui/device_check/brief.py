"""The short form before a conversation: begins by itself, asks nothing, is over in seconds. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.services.checks.check_list import Length, Progress, Step
from app.ui.appointment.asking import button_row
from app.ui.appointment.cards import Line
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.device_check.device_pages import LEVEL_MS, Picture
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.meter import SpeechMeter
from app.ui.device_check.model import CheckModel
from app.ui.device_check.verdict_page import PartLines, Problems
from app.ui.device_check.words import CheckWords
from app.ui.parts import button, label, resize_to_fit, scrolled

SIZE = QSize(560, 720)


class BriefCheck(QDialog):
    """Goes with its closing, and frees the devices; beside the main window, so that a client can be let in meanwhile."""

    verdict_reached = Signal(object)
    """The `CheckResult`."""
    full_wanted = Signal(object)
    """The wizard: at the page of that `Step`, or None for its beginning."""

    def __init__(self, parent: QWidget, parts: CheckParts) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        texts = parts.texts
        self.setWindowTitle(texts("app.wizard.brief"))
        self._parts = parts
        self._words = CheckWords(texts, parts.tools.table, parts.tools.server)
        self._reached = False
        self.model = CheckModel(parts, Length.SHORT)
        self.picture = Picture(parts)
        self.meter = SpeechMeter(texts, parts.theme)
        kept = self.meter.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.meter.setSizePolicy(kept)
        self.verdict = Line(parts.theme, side=34, rank="large")
        self.problems = Problems(parts, self._words)
        self.lines = PartLines(parts, self._words)
        self.full, self.leave = button(texts("app.wizard.brief.full")), button(texts("app.close"), "primary")
        self._lay_out()
        self.problems.again.connect(self._want_full)
        self.full.clicked.connect(lambda: self._want_full(None))
        self.leave.clicked.connect(self.accept)
        self.model.changed.connect(self._show)
        self._levels = QTimer(self)
        self._levels.setInterval(LEVEL_MS)
        self._levels.timeout.connect(lambda: self.meter.show_level(self.model.level_dbfs()))
        self._levels.start()
        self._show()
        resize_to_fit(self, SIZE)
        self.model.run_all()

    def _lay_out(self) -> None:
        inside = QWidget()
        body = QVBoxLayout(inside)
        body.setContentsMargins(24, 18, 24, 12)
        body.setSpacing(12)
        body.addWidget(label(self._parts.texts("app.wizard.brief"), "title"))
        body.addWidget(self.verdict)
        body.addWidget(self.problems)
        self._live = QWidget()
        live = QVBoxLayout(self._live)
        live.setContentsMargins(0, 0, 0, 0)
        live.addWidget(self.picture, 1)
        live.addWidget(self.meter)
        body.addWidget(self._live, 1)
        body.addWidget(self.lines)
        body.addStretch(0)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 8, 24, 16)
        foot.addLayout(button_row(self.full, self.leave), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inside), 1)
        column.addLayout(foot)

    @property
    def is_over(self) -> bool:
        """Everything was looked at."""
        checks = self.model.checks
        return checks is not None and all(checks.progress(step) is Progress.DONE for step in checks.steps)

    def _show(self) -> None:
        result, checks = self.model.result(), self.model.checks
        self.picture.show_slot(None if checks is None else checks.picture)
        self.meter.setVisible(self.model.progress(Step.MICROPHONE) is Progress.RUNNING)
        if result is None:
            self.verdict.tell(Told(Sign.ON_THE_WAY, self._parts.texts("app.wizard.brief.runs")))
            return
        waiting = {} if checks is None else {step.part for step in checks.steps if checks.progress(step) is not Progress.DONE}
        self.lines.show_result(result, waiting)
        if not self.is_over or self._reached:
            return
        self._reached = True
        self._levels.stop()
        self._live.hide()
        self.verdict.tell(self._words.verdict(result))
        self.problems.show_result(result)
        self.verdict_reached.emit(result)

    def _want_full(self, step: Step | None) -> None:
        self.accept()
        self.full_wanted.emit(step)

    def done(self, result: int) -> None:
        self._levels.stop()
        self.model.close()
        super().done(result)
