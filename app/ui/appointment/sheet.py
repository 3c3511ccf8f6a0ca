"""The call sheet: leads through the phone call and shows live what arrives on the other side. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar, cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.appointments import Stage, Way
from app.services.appointments.ports import Tell
from app.ui.appointment.asking import Answer, ask
from app.ui.appointment.call_steps import AgreementStep, CallStep, ExplainStep
from app.ui.appointment.cards import Line, framed
from app.ui.appointment.choices import WayButtons
from app.ui.appointment.contact_steps import ContactStep, InviteStep
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.watch import WatchPanel
from app.ui.appointment.why_not import WhyNot
from app.ui.appointment.words import AppointmentWords
from app.ui.messages import NoticeBar, Question
from app.ui.parts import button, label, resize_to_fit, scrolled

SIDE_WIDTH = 310
_DONE = object()
Card = TypeVar("Card", bound=QWidget)


class CallSheet(QDialog):
    """One for each appointment, beside the main window. What leads elsewhere is asked for by signals."""

    invitation_wanted = Signal()
    move_wanted = Signal()
    cancel_wanted = Signal()
    outcome_wanted = Signal()
    case_note_wanted = Signal()
    export_wanted = Signal()
    forget_wanted = Signal()
    check_wanted = Signal()
    """A short check of our own devices."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts, offers_check: bool = False) -> None:
        super().__init__(parent)
        self._offers_check = offers_check
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(parts.texts("app.sheet.title"))
        self.model = model
        self.destroyed.connect(model.close)
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._stages = self._build()
        self._built = False
        self.setEnabled(False)
        self._build_on()
        resize_to_fit(self, QSize(1040, 780))

    # ---- building

    def _build_on(self) -> None:
        """A hundred widgets at once would hold the window up: one part now, the next in the loop's next turn."""
        if next(self._stages, _DONE) is not _DONE:
            QTimer.singleShot(0, self, self._build_on)

    def _finish(self) -> None:
        """Whoever looks into it before it stands."""
        for _ in self._stages:
            pass

    def _build(self) -> Generator[None, None, None]:
        parts, words = self._parts, self._words
        self._name, self._when = label("", "title"), label("", "muted")
        self._stage = Line(parts.theme, rank="strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        notices = QVBoxLayout()
        notices.setContentsMargins(20, 10, 20, 0)
        notices.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))
        column.addLayout(notices)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        call, side = _column(20, 10), _column(10, 20)
        row.addWidget(scrolled(call), 1)
        beside = scrolled(side)
        beside.setFixedWidth(SIDE_WIDTH)
        row.addWidget(beside)
        column.addLayout(row, 1)
        yield
        self._call = _put(call, CallStep(1, self.model, parts))
        self._explain = _put(call, ExplainStep(2, parts))
        yield
        self._agreement = _put(call, AgreementStep(3, self.model, parts, words))
        yield
        self._contact = _put(call, ContactStep(4, self.model, parts))
        yield
        self._invite = _put(call, InviteStep(5, self.model, parts, words))
        self._watch = _put(side, WatchPanel(self.model, parts, words))
        yield
        self._build_side(side)
        yield
        self._wire()
        self._dress()
        self._show()
        self._built = True

    @property
    def stands(self) -> bool:
        """All of it is there; never, where a part could not be built."""
        return self._built

    @property
    def watch(self) -> WatchPanel:
        """What is known of the client's technology."""
        self._finish()
        return self._watch

    def _build_head(self) -> QFrame:
        head = QFrame()
        head.setProperty("kind", "head")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._when)
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 16, 0, 16)
        row.addLayout(words, 1)
        self._stage.setFixedWidth(SIDE_WIDTH - 34)
        row.addWidget(self._stage, alignment=Qt.AlignmentFlag.AlignVCenter)
        return head

    def _build_side(self, side: QWidget) -> None:
        texts = self._parts.texts
        self._ways = WayButtons(texts, self._parts.theme)
        self.why_not = WhyNot(texts)
        self._move, self._cancel = button(texts("app.sheet.move")), button(texts("app.sheet.cancel"))
        self._outcome, self._case_note = button(texts("app.sheet.outcome")), button(texts("app.sheet.case-note"))
        self._export, self._forget = button(texts("app.sheet.export"), "quiet"), button(texts("app.sheet.forget"), "quiet")
        self._check = button(texts("app.wizard.brief.menu"))
        self._check.setVisible(self._offers_check)
        for heading, content in (
            ("app.sheet.ways", (self._ways, self.why_not, label(texts("app.sheet.ways.more"), "muted"))),
            ("app.sheet.appointment", (self._check, self._move, self._cancel, self._outcome, self._case_note)),
            ("app.sheet.rights", (self._export, self._forget)),
        ):
            _put(side, framed("card", label(texts(heading), "section"), *content))

    def _wire(self) -> None:
        self.model.changed.connect(self._show)
        self.model.gone.connect(self._vanish)
        self._parts.quiet.changed.connect(self._show)
        self._parts.theme.changed.connect(self._dress)
        self._agreement.way_wanted.connect(self._ask_way)
        self._ways.chosen.connect(self._ask_way)
        self.model.way_chosen.connect(self.why_not.show_way)
        self.why_not.chosen.connect(self.model.declined)
        self._agreement.withdrawal_wanted.connect(self._ask_withdraw)
        self._invite.invitation_wanted.connect(self._send)
        self._invite.other_ways_wanted.connect(self.invitation_wanted)
        for pressed, wanted in (
            (self._move, self.move_wanted),
            (self._cancel, self.cancel_wanted),
            (self._outcome, self.outcome_wanted),
            (self._case_note, self.case_note_wanted),
            (self._export, self.export_wanted),
            (self._forget, self.forget_wanted),
            (self._check, self.check_wanted),
        ):
            pressed.clicked.connect(wanted)

    # ---- showing

    def _show(self) -> None:
        appointment = self.model.appointment
        topic = "" if self._parts.quiet.hides_names or not appointment.topic else f" · {appointment.topic}"
        self._name.setText(self._words.name(appointment))
        self._when.setText(self._words.when(appointment.starts_at, appointment.minutes) + topic)
        self._stage.tell(self._words.stage(appointment))
        for step in (self._call, self._explain, self._agreement, self._contact, self._invite, self._watch):
            step.show_model()
        self._show_acts()
        if self.model.loaded is not self.isEnabled():
            self.setEnabled(self.model.loaded)
            self._call.take_focus()

    def _show_acts(self) -> None:
        appointment = self.model.appointment
        talks = appointment.stage is Stage.IN_SESSION
        ended = self.model.is_over
        self._ways.show_way(appointment.way, not (ended or talks))
        for step in (self._explain, self._agreement, self._invite):
            step.setVisible(self.model.by_video and not ended)
        self._move.setEnabled(not (ended or talks))
        self._cancel.setEnabled(not (ended or talks))
        self._outcome.setEnabled(appointment.stage is not Stage.CANCELLED)
        self._case_note.setVisible(appointment.outcome is not None)

    def _dress(self) -> None:
        icon = self._parts.theme.icon
        self._case_note.setIcon(icon("copy"))
        self._export.setIcon(icon("person"))
        self._forget.setIcon(icon("remove"))

    def _vanish(self) -> None:
        self._parts.messages.tell("app.sheet.gone")
        super().reject()

    # ---- acting

    def _send(self) -> None:
        self._contact.keep_then(self.model.invite)

    def _ask_way(self, way: Way) -> None:
        """Only who has a link needs to be told anything; otherwise both hear it on the phone."""
        texts = self._parts.texts
        if not self.model.invited:
            self.model.choose_way(way, Tell.NOBODY)
            return
        by_mail = Answer(texts("app.sheet.way.tell"), lambda: self.model.choose_way(way, Tell.MAIL))
        quietly = Answer(texts("app.sheet.way.quietly"), lambda: self.model.choose_way(way, Tell.NOBODY))
        answers = (by_mail, quietly) if self.model.can_mail else (quietly,)
        ask(self, texts, texts(f"app.sheet.way.ask.{way.value}"), [texts("app.sheet.way.ask.more")], answers)

    def _ask_withdraw(self) -> None:
        self._parts.messages.ask(self, Question("app.sheet.withdraw.", ends_something=True), self.model.withdraw)

    def reject(self) -> None:
        """What was typed last is kept; what cannot be kept is asked about."""
        self._keep()
        if self._built and self._contact.is_refused:
            self._parts.messages.ask(self, Question("app.sheet.unkept.", ends_something=True), super().reject)
        else:
            super().reject()

    def end(self) -> None:
        """Close without a question."""
        self._keep()
        super().reject()

    def _keep(self) -> None:
        """Nobody has typed anything into a sheet that does not stand yet, or never will; then the rest of it need not be built."""
        self._stages.close()
        if self._built:
            self._contact.keep()

    def done(self, result: int) -> None:
        super().done(result)
        self.model.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()


def _column(left: int, right: int) -> QWidget:
    """What is scrolled: cards, one below the other, from the top on."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(left, 16, right, 20)
    column.setSpacing(12)
    column.addStretch(1)
    return made


def _put(column: QWidget, card: Card) -> Card:
    """Below the cards that are there."""
    cards = cast(QVBoxLayout, column.layout())
    cards.insertWidget(cards.count() - 1, card)
    return card
