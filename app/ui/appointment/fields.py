"""A control under its name, with a place for what is wrong about it. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QSpinBox, QVBoxLayout, QWidget

from app.domain.appointments import MAX_MINUTES
from app.texts import Texts
from app.ui.announce import announce
from app.ui.appointment.work import Foreseen
from app.ui.parts import label

STEP_MINUTES = 5
Spin = TypeVar("Spin", bound=QAbstractSpinBox)


class Field(QWidget):
    """`show_error` writes under the control, marks its edge and has it read out; what was typed stays."""

    def __init__(self, name: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        self._hint = hint
        own = control.text() if isinstance(control, QAbstractButton) else ""
        control.setAccessibleName(f"{name}: {own}" if own else name)  # who speaks to the computer says what stands there
        control.setAccessibleDescription(hint)
        title = label(name, "field")
        title.setBuddy(control)
        self._error = label("", "danger")
        self._error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(control)
        if hint:
            column.addWidget(label(hint, "muted"))
        column.addWidget(self._error)
        column.addStretch(1)

    @property
    def error(self) -> str:
        """What stands under the control; empty if nothing is wrong."""
        return self._error.text()

    def show_error(self, text: str) -> None:
        """Say what is to be mended, and put the keyboard there."""
        self._mark(text)
        self.control.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.control, text, urgent=True)

    def clear_error(self) -> None:
        if self.error:
            self._mark("")

    def _mark(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.control.setAccessibleDescription(" ".join(part for part in (text, self._hint) if part))
        self.control.setProperty("invalid", bool(text))
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)


def padded(control: Spin) -> Spin:
    """A field with arrows of its own: the style sheet's padding does not reach its text."""
    control.lineEdit().setTextMargins(8, 0, 0, 0)
    return control


def minutes_field(texts: Texts, minutes: int, fewest: int = 1) -> QSpinBox:
    """Asks for a length; the arrows go in steps of five."""
    made = padded(QSpinBox())
    made.setRange(fewest, MAX_MINUTES)
    made.setSingleStep(STEP_MINUTES)
    made.setSuffix(f" {texts('app.noting.minutes')}")
    made.setValue(minutes)
    return made


def show_at_field(error: Foreseen, fields: Mapping[str, Field], texts: Texts) -> bool:
    """Show a refusal at the field that it means; False if it means none of these."""
    for field in fields.values():
        field.clear_error()
    meant = fields.get(getattr(error, "part", "").rpartition(".")[2])
    if meant is None:
        return False
    meant.show_error(texts(error.key, **error.values))
    return True
