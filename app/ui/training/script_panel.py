"""The ten steps of a demonstration. What the presenter alone should read stands in `notes`. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.services.training.script import ScriptStep
from app.ui.parts import button, label
from app.ui.training.parts import TrainerParts


class ScriptPanel(QWidget):
    """A list, and below it what is to be seen in the chosen step."""

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self._training, self._texts = parts.training, parts.texts
        self.list = QListWidget()
        self.list.setAccessibleName(self._texts("app.training.script"))
        for step in ScriptStep:
            self.list.addItem(f"{step.number}  {self._texts(f'app.training.step.{step.value}.title')}")
        self.list.currentRowChanged.connect(self._chosen)
        self._show = label()
        self.forward = button(self._texts("app.training.script.next"), "primary")
        self.forward.clicked.connect(lambda: self._training.go_to(self._training.step.next))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.list, 1)
        column.addWidget(self._show)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.forward)
        column.addLayout(row)
        self._unsubscribe = self._training.changed.subscribe(lambda _none: self.refresh())
        self.refresh()

    def _chosen(self, row: int) -> None:
        step = list(ScriptStep)[max(0, row)]
        if step is not self._training.step:
            self._training.go_to(step)

    def refresh(self) -> None:
        """As the demonstration stands."""
        step = self._training.step
        self.list.setCurrentRow(step.number - 1)
        self._show.setText(self._texts(f"app.training.step.{step.value}.show"))
        self.forward.setEnabled(step.next is not step)

    def close_down(self) -> None:
        """Hear no more."""
        self._unsubscribe()
