"""On which screen of the guided check the client is now, and the sentence to say. Imports Qt, `app.domain` and `app.ui` only."""

from __future__ import annotations

from functools import cache

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.domain.checks import FaultTable, Side
from app.domain.readiness import Readiness
from app.paths import RESOURCES
from app.ui.announce import announce
from app.ui.appointment.parts import AppointmentParts
from app.ui.parts import label

FRESH_S = 600
"""A report that is older tells of a page that is not open any more."""


class ClientCheck(QFrame):
    """Hidden while the client's page shows something else. What is new is read out."""

    def __init__(self, parts: AppointmentParts) -> None:
        super().__init__()
        self.setProperty("kind", "spoken")
        self._texts = parts.texts
        self.where = label("", "strong")
        self.say = label("")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 12)
        column.setSpacing(4)
        for line in (self.where, label(parts.texts("app.wizard.client.say"), "section"), self.say):
            column.addWidget(line)
        self.hide()

    def show_readiness(self, readiness: Readiness, now: int) -> None:
        """Take over what was reported last; `now` in Unix seconds."""
        shown = readiness.checking and now - readiness.at < FRESH_S
        self.setVisible(shown)
        if not shown:
            self.where.setText("")
            return
        where, say = self._texts(f"app.wizard.client.is.{readiness.step}"), self._sentence(readiness)
        fresh = (where, say) != (self.where.text(), self.say.text())
        self.where.setText(where)
        self.say.setText(say)
        if fresh and self.isVisible():
            announce(self, f"{where} {say}")

    def _sentence(self, readiness: Readiness) -> str:
        """For the fault that the page met, otherwise for the screen."""
        if readiness.reason in _told_to_clients():
            return self._texts(f"app.fault.{readiness.reason}.client")
        if readiness.reason:
            return self._texts("app.wizard.client.say.unknown")
        return self._texts(f"app.wizard.client.say.{readiness.step}")


@cache
def _told_to_clients() -> frozenset[str]:
    """Names of the faults that a client can meet."""
    table = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())
    return frozenset(row.fault.value for row in table.rows if Side.CLIENT in row.provoked_by)
