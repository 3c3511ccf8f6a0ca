"""The pages on which nobody is asked anything: network, and this computer. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from app.services.checks.check_list import Progress, Step
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import CheckModel
from app.ui.device_check.page import StepPage
from app.ui.parts import button, label


class MeasuredPage(StepPage):
    """Begins by itself; the figures stand folded below the sentence."""

    def __init__(self, step: Step, model: CheckModel, parts: CheckParts) -> None:
        super().__init__(step, model, parts)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(parts.texts(f"app.wizard.step.{step.value}.running"))
        self.again = button(parts.texts("app.wizard.again"))
        self.again.clicked.connect(lambda: model.run(step))
        self.more = button(parts.texts("app.wizard.more"), "quiet")
        self.more.setCheckable(True)
        self.more.toggled.connect(lambda _on: self.show_model())
        self.details = label("")
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for each in (self.bar, self.found, self.again, self.more, self.details):
            left = Qt.AlignmentFlag.AlignLeft if each in (self.again, self.more) else Qt.AlignmentFlag(0)
            self.inside.addWidget(each, alignment=left)
        self.inside.addStretch(1)

    @property
    def first(self) -> QWidget | None:
        return self.more

    def show_model(self) -> None:
        super().show_model()
        running = self.model.progress(self.step) is not Progress.DONE
        self.bar.setVisible(running)
        self.again.setVisible(not running)
        result = self.model.result()
        lines = [] if result is None else self.words.figures(result, self.step.part)
        text = "\n".join(lines)
        if self.details.text() != text:
            self.details.setText(text)
        self.details.setVisible(self.more.isChecked() and bool(lines))
