"""How it came out: the program proposes and says why, the counsellor decides. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QComboBox, QDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.domain.outcome import Outcome, OutcomeKind
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.cards import framed
from app.ui.appointment.case_note import copy_case_note
from app.ui.appointment.client_form import Lines
from app.ui.appointment.fields import Field, minutes_field, show_at_field
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.words import REASONS, STEPS, AppointmentWords
from app.ui.appointment.work import Foreseen
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit, scrolled

TALKED = (OutcomeKind.HELD, OutcomeKind.BY_PHONE)
"""Outcomes of which a length is kept."""


class OutcomeDialog(QDialog):
    """`decided` with a copy of the note is one press; nothing is decided by closing."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(parent)
        self.setWindowTitle(parts.texts("app.outcome.title"))
        self.model = model
        self.destroyed.connect(model.close)
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._asked = False
        self._build()
        model.changed.connect(self._show)
        model.gone.connect(self.reject)
        parts.quiet.changed.connect(self._show)
        self._show()
        resize_to_fit(self, QSize(560, 760))

    # ---- building

    def _build(self) -> None:
        texts = self._parts.texts
        self._who, self._proposed = label("", "muted"), label("")
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        inside.addWidget(framed("spoken", self._proposed))
        inside.addWidget(self._build_kinds())
        inside.addWidget(self._build_trouble())
        inside.addWidget(self._build_minutes())
        self._remark = Lines(3)
        self._remark_field = Field(texts("app.outcome.remark"), self._remark, texts("app.outcome.remark.more"))
        inside.addWidget(self._remark_field)
        inside.addStretch(1)
        self._fields = {"remark": self._remark_field, "minutes": self._minutes_field, "talked_minutes": self._minutes_field}
        back, keep = button(texts("app.cancel")), button(texts("app.outcome.keep"))
        self._keep_and_copy = button(texts("app.outcome.keep-and-copy"), "primary")
        back.clicked.connect(self.reject)
        keep.clicked.connect(lambda: self._decide(copies=False))
        self._keep_and_copy.clicked.connect(lambda: self._decide(copies=True))
        self._keep_and_copy.setDefault(True)
        column = dialog_column(self)
        column.addWidget(label(texts("app.outcome.title"), "title"))
        column.addWidget(self._who)
        column.addWidget(NoticeBar(self._parts.messages, texts, self._parts.theme, self))
        column.addWidget(scrolled(whole), 1)
        column.addLayout(button_row(back, keep, self._keep_and_copy))

    def _build_kinds(self) -> QWidget:
        self._group = QButtonGroup(self)
        self._kinds: dict[OutcomeKind, QRadioButton] = {}
        options = QWidget()
        column = QVBoxLayout(options)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for kind in OutcomeKind:
            option = QRadioButton(self._words.outcome(kind))
            self._kinds[kind] = option
            self._group.addButton(option)
            column.addWidget(option)
        self._group.buttonClicked.connect(lambda _button: self._show_details())
        self._kinds_field = Field(self._parts.texts("app.outcome.what"), options)
        return self._kinds_field

    def _build_trouble(self) -> QWidget:
        texts = self._parts.texts
        self._step, self._reason = QComboBox(), QComboBox()
        for step in STEPS:
            self._step.addItem(self._words.step(step), step)
        for reason in REASONS:
            self._reason.addItem(self._words.reason(reason), reason)
        self._reason.setCurrentIndex(self._reason.findData("unknown"))
        self._trouble = QWidget()
        column = QVBoxLayout(self._trouble)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(Field(texts("app.outcome.step"), self._step))
        column.addWidget(Field(texts("app.outcome.reason"), self._reason))
        column.addWidget(label(texts("app.outcome.not-absence"), "muted"))
        return self._trouble

    def _build_minutes(self) -> QWidget:
        texts = self._parts.texts
        self._minutes = minutes_field(texts, 0, fewest=0)
        self._minutes_field = Field(texts("app.outcome.talked"), self._minutes)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._minutes_field, 1)
        row.addStretch(1)
        return place

    # ---- showing

    def _show(self) -> None:
        appointment = self.model.appointment
        self._who.setText(f"{self._words.name(appointment)} · {self._words.when(appointment.starts_at, appointment.minutes)}")
        if self.model.loaded and not self._asked:
            self._asked = True
            if appointment.outcome is not None:
                self._take(appointment.outcome, self._parts.texts("app.outcome.stands"))
            else:
                self.model.ask("proposal", lambda: self._parts.book.proposal(self.model.id), self._propose)
        self._show_details()

    def _propose(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self._proposed.setText(self._parts.texts("app.outcome.no-proposal"))
        elif self.kind is not None:
            self._proposed.setText(self._because(outcome))  # whoever was quicker has decided
        else:
            self._take(outcome, self._because(outcome))

    def _because(self, outcome: Outcome) -> str:
        texts = self._parts.texts
        if outcome.kind is OutcomeKind.COULD_NOT_GET_IN and outcome.reason:
            why = texts("app.outcome.because.obstacle", step=self._words.step(outcome.step), reason=self._words.reason(outcome.reason))
        elif outcome.kind is OutcomeKind.COULD_NOT_GET_IN:
            why = texts("app.outcome.because.could-not-get-in", step=self._words.step(outcome.step))
        else:
            why = texts(f"app.outcome.because.{outcome.kind.value}", minutes=outcome.talked_minutes)
        return texts("app.outcome.proposal", kind=self._words.outcome(outcome.kind), why=why)

    def _take(self, outcome: Outcome, said: str) -> None:
        self._proposed.setText(said)
        self._kinds[outcome.kind].setChecked(True)
        self._kinds[outcome.kind].setFocus()
        if outcome.kind is OutcomeKind.COULD_NOT_GET_IN:
            self._step.setCurrentIndex(max(0, self._step.findData(outcome.step)))
            known = self._reason.findData(outcome.reason)
            self._reason.setCurrentIndex(known if known >= 0 else self._reason.findData("unknown"))
        self._minutes.setValue(outcome.talked_minutes)
        self._remark.setPlainText(outcome.remark)
        self._show_details()

    @property
    def kind(self) -> OutcomeKind | None:
        """What is chosen."""
        return next((kind for kind, option in self._kinds.items() if option.isChecked()), None)

    def _show_details(self) -> None:
        self._trouble.setVisible(self.kind is OutcomeKind.COULD_NOT_GET_IN)
        self._minutes_field.setVisible(self.kind in TALKED)
        if self.kind is not None:
            self._kinds_field.clear_error()

    # ---- acting

    def _decide(self, copies: bool) -> None:
        kind = self.kind
        if kind is None:
            self._kinds_field.show_error(self._parts.texts("app.outcome.none"))
            self._kinds[OutcomeKind.HELD].setFocus()
            return
        failed = kind is OutcomeKind.COULD_NOT_GET_IN
        outcome = Outcome(
            kind=kind,
            decided_at=self._parts.clock.unix(),
            step=self._step.currentData() if failed else "",
            reason=self._reason.currentData() if failed else "",
            talked_minutes=self._minutes.value() if kind in TALKED else 0,
            remark=self._remark.toPlainText().strip(),
        )
        model, book = self.model, self._parts.book
        model.do("decide", lambda: book.decide(model.id, outcome), self._refused, lambda _closed: self._decided(copies))

    def _decided(self, copies: bool) -> None:
        if copies:
            copy_case_note(self.model, self._parts, self.accept)
        else:
            self.accept()

    def _refused(self, error: Foreseen) -> None:
        if not show_at_field(error, self._fields, self._parts.texts):
            self._parts.messages.tell(error.key, **error.values)

    def done(self, result: int) -> None:
        super().done(result)
        self.model.close()
        self.deleteLater()
