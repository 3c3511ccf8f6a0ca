"""The dialog "Vertretung": a colleague's day, from which one phones, calls off, takes over. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QSize, Qt, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QDateEdit, QDialog, QHBoxLayout, QHeaderView, QTableView, QWidget

from app.domain.appointments import Appointment
from app.domain.deputy import ActKind, may_be_acted_on
from app.services.appointments.ports import Tell
from app.services.clock import Cancellable
from app.services.local_time import unix_of, wall_of
from app.services.team.deputy import Listed, Listing
from app.services.team.members import Member
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.call_steps import tel_link
from app.ui.appointment.work import Foreseen, Work
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit
from app.ui.team.acting import ask_cancel, ask_take_over
from app.ui.team.list_model import ColleagueModel, Column
from app.ui.team.parts import TeamParts
from app.ui.team.words import TeamWords

REFRESH_EVERY_S = 10.0
"""What other deputies do shows up so soon."""


class StandInDialog(QDialog):
    """What it shows is read anew every few seconds; what is selected stays so."""

    taken_over = Signal(str)
    """Id of an appointment that stands in our calendar now."""
    members_wanted = Signal()

    def __init__(self, parent: QWidget, parts: TeamParts) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        texts = parts.texts
        self.setWindowTitle(texts("app.team.title"))
        self._parts = parts
        self._words = TeamWords(texts, parts.quiet)
        self._work = Work(parts.tasks, parts.messages)
        self._model = ColleagueModel(self._words, texts, self)
        self._next: Cancellable | None = None
        self.who, self.day, self.table = QComboBox(), QDateEdit(), QTableView()
        self._news, self._details = label("", "muted"), label()
        self.call, self.cancel, self.take = button(texts("app.sheet.call.dial")), button(texts("app.team.cancel")), button("")
        self.take.setText(texts("app.team.take-over"))
        self.take.setAccessibleName(texts("app.team.take-over"))
        self._build()
        self._wire()
        self._fill_colleagues()

    def _build(self) -> None:
        texts, parts = self._parts.texts, self._parts
        column = dialog_column(self)
        column.addWidget(NoticeBar(parts.messages, texts, parts.theme, self))
        column.addWidget(label(texts("app.team.title"), "title"))
        column.addWidget(label(texts("app.team.intro")))
        self.who.setAccessibleName(texts("app.team.who"))
        self.day.setAccessibleName(texts("app.team.day"))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("ddd, dd.MM.yyyy")
        today = wall_of(parts.clock.unix()).date()
        self.day.setDate(QDate(today.year, today.month, today.day))
        choice = QHBoxLayout()
        choice.addWidget(self.who, 2)
        choice.addWidget(self.day, 1)
        column.addLayout(choice)
        self._dress_table()
        for shown, stretch in ((self.table, 1), (self._news, 0), (self._details, 0)):
            column.addWidget(shown, stretch)
        members = button(texts("app.team.members"), "quiet")
        members.clicked.connect(self.members_wanted)
        close = button(texts("app.team.close"))
        close.clicked.connect(self.reject)
        column.addLayout(button_row(members, self.call, self.cancel, self.take, close))
        resize_to_fit(self, QSize(780, 560))

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self._model)
        table.setAccessibleName(self._parts.texts("app.team.list"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _wire(self) -> None:
        self.who.currentIndexChanged.connect(lambda _row: self.refresh())
        self.day.dateChanged.connect(lambda _day: self.refresh())
        self.table.selectionModel().selectionChanged.connect(lambda _on, _off: self._show_selected())
        self.call.clicked.connect(self._dial)
        self.cancel.clicked.connect(lambda: self._ask(ask_cancel))
        self.take.clicked.connect(lambda: self._ask(ask_take_over))
        self._unsubscribe = self._parts.team.changed.subscribe(lambda _none: self._fill_colleagues())
        self._parts.quiet.changed.connect(self._show_again)
        self.finished.connect(lambda _result: self._end())

    # ---- looking

    @property
    def holder(self) -> Member | None:
        """The colleague who is chosen."""
        member = self.who.currentData()
        return next((one for one in self._parts.team.colleagues if one.id == member), None)

    @property
    def selected(self) -> Listed | None:
        rows = self.table.selectionModel().selectedRows()
        return self._model.listed(rows[0].row()) if rows else None

    def refresh(self) -> None:
        """Read the day anew."""
        if self._next is not None:
            self._next.cancel()
        self._next = self._parts.clock.call_later(REFRESH_EVERY_S, self.refresh)
        holder = self.holder
        if holder is None:
            self._show(Listing(()))
            return
        start, end = self._bounds()
        self._work.do("team.list", lambda: self._parts.team.listing(holder.id, start, end), self._show, self._show_trouble)

    def _bounds(self) -> tuple[int, int]:
        day = self.day.date()
        midnight = datetime(day.year(), day.month(), day.day())  # noqa: DTZ001 - what the clock on the wall shows
        return unix_of(midnight), unix_of(midnight + timedelta(days=1))

    def _fill_colleagues(self) -> None:
        chosen = self.who.currentData()
        self.who.blockSignals(True)
        self.who.clear()
        for member in self._parts.team.colleagues:
            self.who.addItem(member.name, member.id)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))
        self.who.blockSignals(False)
        self.refresh()

    def _show(self, listing: Listing) -> None:
        kept = self.selected
        self._model.fill(listing.appointments, (self._parts.team.own, *self._parts.team.colleagues))
        row = -1 if kept is None else self._model.row_of(kept.seen.appointment.id)
        if row >= 0:
            self.table.selectRow(row)
        self._say(self._about(listing))
        self._show_selected()

    def _about(self, listing: Listing) -> str:
        texts = self._parts.texts
        if self.holder is None:
            return texts("app.team.nobody")
        about = [] if listing.appointments else [texts("app.team.none")]
        if listing.unreadable:
            about.append(texts("app.team.unreadable", number=listing.unreadable))
        return " ".join(about)

    def _show_trouble(self, error: Foreseen) -> None:
        self._model.fill((), ())
        self._say(self._parts.texts(error.key, **error.values))
        self._show_selected()

    def _say(self, text: str) -> None:
        self._news.setText(text)
        self._news.setVisible(bool(text))

    def _show_again(self) -> None:
        rows: Sequence[Listed] = [one for row in range(self._model.rowCount()) if (one := self._model.listed(row)) is not None]
        self._model.fill(rows, (self._parts.team.own, *self._parts.team.colleagues))
        self._show_selected()

    def _show_selected(self) -> None:
        one = self.selected
        open_still = one is not None and one.act is None and may_be_acted_on(one.seen.appointment)
        self.call.setEnabled(one is not None and bool(one.seen.appointment.client.phone))
        self.cancel.setEnabled(open_still)
        self.take.setEnabled(open_still)
        self._details.setText("" if one is None else self._words.details(one))
        self._details.setVisible(one is not None)

    # ---- acting

    def _dial(self) -> None:
        if (one := self.selected) is not None:
            QDesktopServices.openUrl(tel_link(one.seen.appointment.client.phone))

    def _ask(self, question: object) -> None:
        one, holder = self.selected, self.holder
        if one is not None and holder is not None and callable(question):
            question(self, self._parts, one, lambda kind, tell: self._act(kind, tell, one, holder))

    def _act(self, kind: ActKind, tell: Tell, one: Listed, holder: Member) -> None:
        self._say(self._parts.texts("app.team.asking", name=holder.name))
        self._work.do(
            "team.act", lambda: self._parts.team.act(kind, holder, one.seen, tell), lambda now: self._acted(kind, now), self._refused
        )

    def _acted(self, kind: ActKind, appointment: Appointment) -> None:
        self._parts.messages.tell(f"app.team.done.{kind.value}")
        if kind is ActKind.TAKE_OVER:
            self.taken_over.emit(appointment.id)
        self.refresh()

    def _refused(self, error: Foreseen) -> None:
        self._parts.messages.tell(error.key, **error.values)
        self.refresh()

    def _end(self) -> None:
        """What was begun goes on to its end."""
        self._unsubscribe()
        self._work.close()
        if self._next is not None:
            self._next.cancel()
