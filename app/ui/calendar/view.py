"""The calendar as one widget: head, four ways of looking, what a search found, a line on the keys. Imports Qt and `app.ui` only.

What is wanted is told by signals; nothing is changed here.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.announce import announce
from app.ui.calendar.grid import TimeGrid
from app.ui.calendar.head import CalendarHead
from app.ui.calendar.ink import Ink
from app.ui.calendar.list_model import entries_found, entries_of
from app.ui.calendar.listing import ListView
from app.ui.calendar.month import MonthView
from app.ui.calendar.planner import Planner
from app.ui.calendar.spans import Mode
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords
from app.ui.parts import label
from app.ui.quiet import Quiet
from app.ui.theme import Theme

FOOT_FROM_LINES = 15
"""So many lines of text high the calendar has room for its line on the keys."""
PAGE_LINES = 3
"""Less than that of the days is never in sight."""


class CalendarView(QWidget):
    """Stands in the main window. `open` of its view model is called by whoever builds it."""

    opened = Signal(object)
    """The `Appointment` to show."""
    new_wanted = Signal(object, int)
    """Start in Unix seconds, minutes."""
    move_wanted = Signal(object, object, int)
    """The `Appointment`, its new start in Unix seconds, its new minutes."""
    cancel_wanted = Signal(object)
    """The `Appointment`."""
    print_wanted = Signal(object)
    """The `date`."""

    def __init__(self, view_model: CalendarViewModel, texts: Texts, quiet: Quiet, theme: Theme) -> None:
        super().__init__()
        self._view_model = view_model
        self._texts = texts
        self._quiet = quiet
        self._theme = theme
        self._ink, self._list_ink = Ink(theme), Ink(theme, "normal")
        self.words = CalendarWords(texts, view_model.zone, lambda: quiet.hides_names)
        self._sought = ""
        """Id of an appointment that the cursor is to be put on as soon as it is there."""
        self._listed = 0
        """The year in which the list has its place already."""
        self._planned = False
        """The line below tells where an appointment is being moved to."""
        self._wants = Wants()
        self._planner = Planner(view_model, self.words, self._wants)
        self._build()
        self._wire()
        self._show_quiet()
        self._move()

    # ---- building

    def _build(self) -> None:
        texts, parts = self._texts, (self._view_model, self.words, self._wants)
        self.head = CalendarHead(texts, self._theme)
        self.grid = TimeGrid(*parts, self._planner, lambda: self._ink, self)
        self.month = MonthView(*parts, self._planner, lambda: self._ink, self)
        self.list = ListView(*parts, self._planner, lambda: self._list_ink, self)
        self.results = ListView(*parts, self._planner, lambda: self._list_ink, self, with_year=True)
        self._found = label("", "section")
        self._hint = label("", "muted")
        self._pages = QStackedLayout()
        for view, name in (
            (self.grid, "app.calendar.table.grid"),
            (self.month, "app.calendar.table.month"),
            (self.list, "app.calendar.table.list"),
            (self.results, "app.calendar.table.results"),
        ):
            view.setAccessibleName(texts(name))
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setMinimumHeight(PAGE_LINES * self.fontMetrics().lineSpacing())
            self._pages.addWidget(view)
        self._found.setContentsMargins(20, 8, 20, 8)
        self._found.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._found)
        column.addLayout(self._pages, 1)
        self._foot = self._build_foot()
        column.addWidget(self._foot)

    def _build_foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("kind", "bar")
        row = QHBoxLayout(foot)
        row.setContentsMargins(20, 7, 20, 7)
        row.addWidget(self._hint)
        return foot

    def _wire(self) -> None:
        model, head, wants = self._view_model, self.head, self._wants
        head.bind_keys(self)
        head.new.clicked.connect(self._make)
        head.print.clicked.connect(lambda: self.print_wanted.emit(model.day))
        head.today.clicked.connect(self._go_today)
        head.step_wanted.connect(model.step)
        head.mode_wanted.connect(lambda mode: model.show(mode, model.day))
        head.search_wanted.connect(model.search)
        head.results_wanted.connect(self._enter_results)
        wants.opened.connect(self.opened)
        wants.new_wanted.connect(self.new_wanted)
        wants.move_wanted.connect(self.move_wanted)
        wants.cancel_wanted.connect(self.cancel_wanted)
        wants.day_wanted.connect(lambda day: model.show(Mode.DAY, day))
        self.list.at_day.connect(model.notice_day)
        self.results.left.connect(self._leave_results)
        self._planner.told.connect(self._show_plan)
        model.moved.connect(self._move)
        model.changed.connect(self._refresh)
        model.ticked.connect(lambda: self._page.viewport().update())
        model.found.connect(self._show_results)
        model.pointed.connect(self._point)
        self._quiet.changed.connect(self._show_quiet)
        self._theme.changed.connect(self._dress)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the days need the place of the line on the keys."""
        super().resizeEvent(event)
        self._show_foot()

    # ---- where one is

    @property
    def _page(self) -> TimeGrid | MonthView | ListView:
        """The way of looking that is chosen, whether or not a search lies over it."""
        pages: dict[Mode, TimeGrid | MonthView | ListView] = {Mode.MONTH: self.month, Mode.LIST: self.list}
        return pages.get(self._view_model.mode, self.grid)

    @property
    def searching(self) -> bool:
        """What was found lies over the calendar."""
        return self._pages.currentWidget() is self.results

    def select(self, appointment: str) -> None:
        """Bring the appointment of that id into sight and put the cursor on it."""
        self._view_model.point_to(appointment)

    def _move(self) -> None:
        before = self._pages.currentWidget()
        had_keyboard = before is not None and before.hasFocus()
        self._planner.drop()
        if self.head.search.text():
            self.head.end_search()
        self._pages.setCurrentWidget(self._page)
        self._listed = 0
        if self._page is self.list:
            self._fill_list()
        elif isinstance(self._page, TimeGrid | MonthView):
            self._page.show_day()
        self._show_place()
        self._show_hint()
        if had_keyboard:
            self._page.setFocus()

    def _refresh(self) -> None:
        if self._page is self.list:
            self._fill_list()
        elif isinstance(self._page, TimeGrid | MonthView):
            self._page.refresh()
        self._show_place()
        if self._sought:
            self._point(self._sought)

    def _fill_list(self) -> None:
        day = self._view_model.day
        self.list.fill(entries_of(self._view_model))
        if self._listed != day.year and self.list.rows.rowCount():
            self._listed = day.year
            self.list.show_day(day)

    def _show_place(self) -> None:
        model = self._view_model
        days = model.days
        note = model.holiday(model.day) if model.mode is Mode.DAY else ""
        self.head.show_place(model.mode, self.words.title(model.mode, model.day, days[0], days[-1]), note)

    def _go_today(self) -> None:
        self._view_model.show(self._view_model.mode, self._view_model.today)
        if self._page is self.list:
            self.list.show_day(self._view_model.today)
        elif isinstance(self._page, TimeGrid | MonthView):
            self._page.show_day()

    def _point(self, appointment: str) -> None:
        self._sought = appointment
        if self._page.select(appointment):
            self._sought = ""

    # ---- searching

    def _show_results(self) -> None:
        results, wanted = self._view_model.results, self.head.search.text().strip()
        self.results.fill(entries_found(results, self._view_model))
        self._pages.setCurrentWidget(self.results if wanted else self._page)
        number = {0: "none", 1: "one"}.get(len(results), "many")
        self._found.setText(self._texts(f"app.calendar.found.{number}", count=len(results)))
        self._found.setVisible(bool(wanted))
        self._show_hint()
        if wanted:
            announce(self._found, self._found.text())

    def _enter_results(self) -> None:
        if self.searching and self.results.rows.rowCount():
            if not self.results.currentIndex().isValid():
                self.results.setCurrentIndex(self.results.rows.index(0, 0))
            self.results.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_results(self) -> None:
        self.head.end_search()
        self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- acting, showing

    def _make(self) -> None:
        self._page.make()

    def _show_plan(self, text: str) -> None:
        self._planned = bool(text)
        self._hint.setText(self._texts("app.calendar.hint.plan", plan=text) if text else self._hint_text())
        self._show_foot()

    def _show_foot(self) -> None:
        self._foot.setVisible(self._planned or self.height() >= FOOT_FROM_LINES * self.fontMetrics().lineSpacing())

    def _show_hint(self) -> None:
        self._show_plan("")

    def _hint_text(self) -> str:
        where = "results" if self.searching else self._view_model.mode.value
        return self._texts(f"app.calendar.hint.{where}")

    def _show_quiet(self) -> None:
        self.head.allow_search(not self._quiet.hides_names)
        self._forget_words()

    def _forget_words(self) -> None:
        self.grid.picture.forget()
        for view in (self.grid, self.month):
            view.refresh()
        for rows in (self.list, self.results):
            rows.rows.forget()

    def _dress(self) -> None:
        self._ink, self._list_ink = Ink(self._theme), Ink(self._theme, "normal")
        self.head.dress()
        for view in (self.grid, self.month, self.list, self.results):
            view.dress()
