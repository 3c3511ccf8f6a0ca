"""How this workstation stands with the agency's server, and the ways on: a new code, or back to the own server. Imports Qt and `app.ui`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.services.agency.address import origin
from app.services.agency.remote_server import NEEDS_ENROLMENT
from app.services.agency.settings import AgencyServer, Way
from app.texts import Texts
from app.ui.agency.parts import AgencyParts, how_it_stands
from app.ui.appointment.asking import dialog_column
from app.ui.appointment.cards import Line, framed
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import button, label, resize_to_fit, scrolled

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class AgencyWindow(QDialog):
    """Follows the server while it is open."""

    again_wanted = Signal()
    """A new code is to be typed in."""
    leave_wanted = Signal()
    now_wanted = Signal()
    """Change over now."""

    def __init__(self, parent: QWidget, parts: AgencyParts, agency: AgencyServer) -> None:
        super().__init__(parent)
        self._parts = parts
        texts = parts.texts
        self.setWindowTitle(texts("app.agency.status.title"))
        self._state = Line(parts.theme)
        self._unsubscribe = parts.door.server.changed.subscribe(lambda _state: self._show_state())
        column = dialog_column(self)
        column.addWidget(label(texts("app.agency.status.title"), "title"))
        column.addWidget(framed("card", self._state))
        column.addWidget(scrolled(_content(agency, parts)), 1)
        self._waiting = agency != parts.door.at_work
        column.addLayout(self._buttons(self._waiting, agency.way is Way.SIGN_IN))
        self._show_state()
        resize_to_fit(self, QSize(600, 520))
        self.setMinimumWidth(420)

    def _buttons(self, waiting: bool, signed_in: bool) -> QVBoxLayout:
        """One below the other: their texts are long, and a person has time to read them."""
        texts = self._parts.texts
        needed = not waiting and self._parts.door.server.problem in NEEDS_ENROLMENT
        close = button(texts("app.agency.status.close"), "" if waiting or needed else "primary")
        close.clicked.connect(self.reject)
        again = "app.signin.again" if signed_in else "app.agency.status.again"
        acts = [(texts(again), "primary" if needed else "", self.again_wanted)]
        if waiting and not self._parts.plan.talking():
            acts.insert(0, (texts("app.agency.joined.now"), "primary", self.now_wanted))
        if not self._parts.door.locked:
            acts.append((texts("app.agency.status.leave"), "", self.leave_wanted))
        column = QVBoxLayout()
        column.setSpacing(8)
        for text, kind, signal in acts:
            made = button(text, kind)
            made.clicked.connect(signal)
            column.addWidget(made)
        column.addWidget(close)
        close.setFocus()
        return column

    def _show_state(self) -> None:
        if self._waiting:
            self._state.tell(Told(Sign.GIVEN, self._parts.texts("app.agency.status.waiting")))
        else:
            self._state.tell(how_it_stands(self._parts.door.server, self._parts.texts))

    def done(self, result: int) -> None:
        self._unsubscribe()
        super().done(result)
        self.deleteLater()


def _content(agency: AgencyServer, parts: AgencyParts) -> QWidget:
    texts = parts.texts
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(12)
    column.addLayout(_table(agency, texts))
    column.addWidget(label(texts("app.agency.status.more"), "muted"))
    if parts.door.locked:
        column.addWidget(label(texts("app.agency.status.locked"), "muted"))
    column.addStretch(1)
    return whole


def _table(agency: AgencyServer, texts: Texts) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for row, (name, value) in enumerate(_rows(agency, texts)):
        shown = label(value)
        shown.setTextInteractionFlags(_SELECTABLE)
        shown.setAccessibleName(f"{name}: {value}")
        grid.addWidget(label(name, "field"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 4)
    return grid


def _rows(agency: AgencyServer, texts: Texts) -> Sequence[tuple[str, str]]:
    return [
        (texts("app.agency.status.label"), agency.label),
        (texts("app.agency.status.site"), agency.site),
        (texts("app.agency.status.address"), origin(agency.url)),
        (texts("app.agency.status.links"), agency.public_url or origin(agency.url)),
        (texts("app.agency.status.way"), texts(f"app.agency.status.way.{agency.way.value}")),
    ]
