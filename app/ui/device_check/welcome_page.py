"""The beginning of the wizard: everything, or only what matters right before a conversation. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QRadioButton, QWidget

from app.ui.appointment.cards import Line
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import CheckModel
from app.ui.device_check.page import Leaf
from app.ui.parts import label


class WelcomePage(Leaf):
    """`wants_short` is the choice."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        texts = parts.texts
        super().__init__(texts("app.wizard.title"), texts("app.wizard.welcome.question"))
        self._model = model
        self._parts = parts
        self.full, self.short = QRadioButton(texts("app.wizard.welcome.full")), QRadioButton(texts("app.wizard.welcome.short"))
        self.held = Line(parts.theme)
        for option, more in ((self.full, "app.wizard.welcome.full.more"), (self.short, "app.wizard.welcome.short.more")):
            option.setProperty("kind", "way")
            option.setAccessibleDescription(texts(more))
            self.body.addWidget(option)
            self.body.addWidget(label(texts(more), "muted"))
        self.full.setChecked(True)
        self.body.addSpacing(6)
        self.body.addWidget(self.held)
        self.body.addWidget(label(texts("app.wizard.welcome.memory"), "muted"))
        self.body.addStretch(1)
        model.changed.connect(self.show_model)
        self.show_model()

    @property
    def wants_short(self) -> bool:
        """Only what matters right before a conversation."""
        return self.short.isChecked()

    @property
    def first(self) -> QWidget | None:
        return self.full if self.full.isChecked() else self.short

    def entered(self) -> None:
        self.show_model()
        super().entered()

    def show_model(self) -> None:
        """Say where a conversation keeps the devices."""
        self.held.setVisible(self._model.held)
        self.short.setEnabled(not self._model.held)
        if self._model.held:
            self.full.setChecked(True)
            self.held.tell(Told(Sign.GIVEN, self._parts.texts("app.wizard.held.welcome")))
