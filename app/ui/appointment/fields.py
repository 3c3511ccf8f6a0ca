"""A control under its name, with a place for what is wrong about it. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.announce import announce
from app.ui.appointment.work import Foreseen
from app.ui.parts import label


class Field(QWidget):
    """`show_error` writes under the control, marks its edge and has it read out; what was typed stays."""

    def __init__(self, name: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        self._hint = hint
        control.setAccessibleName(name)
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


def show_at_field(error: Foreseen, fields: Mapping[str, Field], texts: Texts) -> bool:
    """Show a refusal at the field that it means; False if it means none of these."""
    for field in fields.values():
        field.clear_error()
    meant = fields.get(getattr(error, "part", "").rpartition(".")[2])
    if meant is None:
        return False
    meant.show_error(texts(error.key, **error.values))
    return True
