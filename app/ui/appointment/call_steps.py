"""The first steps of the phone call: ring up, explain, agree. Imports Qt and `app.ui` only."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.domain.appointments import Stage, Way
from app.ui.announce import announce
from app.ui.appointment.cards import StepCard, framed
from app.ui.appointment.choices import Row, way_button, way_icon
from app.ui.appointment.model import AGREEMENT_VERSION, AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import AppointmentWords, Told
from app.ui.parts import button, label

POINTS = ("voluntary", "alternatives", "recording", "needed", "volume", "privacy")
"""What is explained before anybody agrees (B7 of the standards: informed, voluntary, with equal alternatives)."""


NARROW = 440
"""Pixels below which buttons stand one below the other."""


def tel_link(number: str) -> QUrl:
    """`tel:` link of a number as it was typed (RFC 3966, section 5.1.1: separators are left out)."""
    return QUrl(f"tel:{re.sub(r'[^0-9+]', '', number.replace('(0)', ''))}")


class CallStep(StepCard):
    """The number, to be called by the telephone of the workstation or by hand."""

    def __init__(self, number: int, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(number, parts.texts("app.sheet.call"), parts.theme)
        self._model = model
        self._parts = parts
        self._number_shown = label("", "large")
        self._call = button(parts.texts("app.sheet.call.dial"), "primary")
        self._copy = button(parts.texts("app.sheet.call.copy"))
        self._call.clicked.connect(lambda: QDesktopServices.openUrl(tel_link(model.appointment.client.phone)))
        self._copy.clicked.connect(self._copy_number)
        row = Row(narrow=NARROW)
        row.line.addWidget(self._number_shown, 1)
        row.line.addWidget(self._copy)
        row.line.addWidget(self._call)
        self.body.addWidget(row)
        parts.theme.changed.connect(self._dress)
        self._dress()

    def show_model(self) -> None:
        phone = self._model.appointment.client.phone
        hidden = "app.sheet.call.hidden" if phone else "app.sheet.call.none"
        self._number_shown.setText(phone if phone and not self._parts.quiet.hides_names else self._parts.texts(hidden))
        for act in (self._call, self._copy):
            act.setEnabled(bool(phone))

    def take_focus(self) -> None:
        """Put the keyboard where the call begins."""
        self._call.setFocus()

    def _copy_number(self) -> None:
        QGuiApplication.clipboard().setText(self._model.appointment.client.phone)
        announce(self, self._parts.texts("app.sheet.call.copied"))

    def _dress(self) -> None:
        self._call.setIcon(self._parts.theme.icon("phone", "on_accent"))
        self._copy.setIcon(self._parts.theme.icon("copy"))


class Tick(QWidget):
    """A box to tick whose text may take several lines; a click on the text ticks, too."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.box, alignment=Qt.AlignmentFlag.AlignTop)
        written = label(text)
        written.setContentsMargins(0, 5, 0, 4)
        row.addWidget(written, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.box.click()


class ExplainStep(StepCard):
    """A list for the counsellor's own eyes. Ticking is a help, no evidence: nothing of it is kept."""

    def __init__(self, number: int, parts: AppointmentParts) -> None:
        super().__init__(number, parts.texts("app.sheet.explain"), parts.theme)
        self._parts = parts
        self._points = [Tick(parts.texts(f"app.sheet.explain.{point}")) for point in POINTS]
        self.body.addWidget(label(parts.texts("app.sheet.explain.more"), "muted"))
        for point in self._points:
            self.body.addWidget(point)
            point.box.toggled.connect(self.show_model)

    def show_model(self) -> None:
        done = sum(point.box.isChecked() for point in self._points)
        if done:
            text = self._parts.texts("app.sheet.explain.done", done=done, all=len(POINTS))
            self.show_state(Told(Sign.GOOD if done == len(POINTS) else Sign.ON_THE_WAY, text))
        else:
            self.show_state(None)


class AgreementStep(StepCard):
    """The words that are read out, and the answer: yes, rather by phone, rather on site. All three are alike."""

    way_wanted = Signal(Way)
    withdrawal_wanted = Signal()

    def __init__(self, number: int, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__(number, parts.texts("app.sheet.agreement"), parts.theme)
        self._model = model
        self._parts = parts
        self._words = words
        self._answers = Row(narrow=NARROW)
        self._buttons = {way: way_button(parts.texts(f"app.sheet.way.rather.{way.value}")) for way in Way}
        for way, answer in self._buttons.items():
            answer.clicked.connect(lambda _on=False, way=way: model.agree() if way is Way.VIDEO else self.way_wanted.emit(way))
            self._answers.line.addWidget(answer, 1)
        self._withdraw = button(parts.texts("app.sheet.agreement.withdraw"))
        self._withdraw.clicked.connect(self.withdrawal_wanted)
        self.body.addWidget(framed("spoken", label(parts.texts(f"app.sheet.agreement.{AGREEMENT_VERSION}"))))
        self.body.addWidget(self._answers)
        row = QHBoxLayout()
        row.addWidget(self._withdraw)
        row.addStretch(1)
        self.body.addLayout(row)
        parts.theme.changed.connect(self._dress)
        self._dress()

    def show_model(self) -> None:
        appointment = self._model.appointment
        open_to_change = not self._model.is_over and appointment.stage is not Stage.IN_SESSION
        self._answers.setVisible(not appointment.agreed)
        self._withdraw.setVisible(appointment.agreed)
        for answer in (*self._buttons.values(), self._withdraw):
            answer.setEnabled(open_to_change)
        self.show_state(self._state())

    def _state(self) -> Told | None:
        agreement = self._model.appointment.agreement
        if agreement is None:
            return None
        key = "app.sheet.agreement.taken-back" if agreement.withdrawn_at is not None else "app.sheet.agreement.stands"
        moment = self._words.moment(agreement.withdrawn_at or agreement.agreed_at, self._model.now)
        sign = Sign.GOOD if agreement.holds else Sign.GIVEN
        return Told(sign, self._parts.texts(key, moment=moment, version=agreement.text_version))

    def _dress(self) -> None:
        for way, answer in self._buttons.items():
            answer.setIcon(way_icon(self._parts.theme, way))
