"""Why somebody does not want to talk by video: asked for once the way was changed, voluntary, counted without a name.

Imports Qt and `app.ui` only.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.domain.appointments import Way
from app.domain.evaluation import Declined
from app.texts import Texts
from app.ui.appointment.fields import Field

_USUAL = {Way.PHONE: Declined.RATHER_PHONE, Way.ON_SITE: Declined.RATHER_VISIT}


class WhyNot(QWidget):
    """Hidden until another way than video was chosen in this window."""

    chosen = Signal(Declined)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.reasons = QComboBox()
        for why in Declined:
            self.reasons.addItem(texts(f"app.takeup.why.{why.value}"), why)
        self.reasons.activated.connect(lambda _index: self.chosen.emit(self.reasons.currentData()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Field(texts("app.takeup.why"), self.reasons, texts("app.takeup.why.hint")))
        self.hide()

    def show_way(self, way: Way) -> None:
        """That was chosen just now."""
        usual = _USUAL.get(way)
        if usual is not None:
            self.reasons.setCurrentIndex(list(Declined).index(usual))
        self.setVisible(usual is not None)
