"""The list: one row for each appointment, grouped by days. The equal of the drawn ways of looking. Imports Qt and `app.ui` only.

Enter opens, N makes an appointment after this one, Delete asks to cancel; with Alt the arrows move, with Shift and Alt they stretch,
Enter takes it over, Escape leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.domain.appointments import Appointment, Stage
from app.ui.calendar.grid_model import AnyIndex
from app.ui.calendar.ink import WAY_ICONS, Ink
from app.ui.calendar.list_model import Entry, ListModel, Part
from app.ui.calendar.planner import Planner
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords

NEW_MINUTES = 30
_WIDTHS = {
    Part.DAY: 7.5,
    Part.TIME: 6.5,
    Part.PERSON: 9.0,
    Part.TOPIC: 8.0,
    Part.WAY: 5.5,
    Part.STATE: 8.5,
    Part.READY: 9.0,
    Part.NOTES: 7.0,
}
"""Widths in heights of a line; what is left over goes to `_WIDE`."""
_WIDE = (Part.PERSON, Part.TOPIC, Part.NOTES)
_YIELDING = (Part.PERSON, Part.STATE, Part.READY, Part.NOTES)
"""What becomes narrower where there is too little room."""
_GIVES_WAY = (Part.TOPIC, Part.WAY)
"""Hidden, in this order, where the window is narrow; the tip and the opened appointment still say it."""


class ListView(QTableView):
    """What it shows is given to `fill`."""

    at_day = Signal(object)
    """The cursor came to a row of that `date`."""
    left = Signal()
    """Escape, where nothing was planned."""

    def __init__(
        self,
        view_model: CalendarViewModel,
        words: CalendarWords,
        wants: Wants,
        planner: Planner,
        ink: Callable[[], Ink],
        parent: QWidget,
        with_year: bool = False,
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._wants = wants
        self._planner = planner
        self._ink = ink
        self.rows = ListModel(view_model, words, with_year, self)
        self.setModel(self.rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(1)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that a step of scrolling paints the new edge only
        planner.told.connect(self.viewport().update)
        self.dress()

    # ---- what is shown

    @property
    def chosen(self) -> Appointment | None:
        """The one that the cursor is on."""
        entry = self.rows.entry(self.currentIndex().row())
        return entry.appointment if entry is not None else None

    @property
    def row_height(self) -> int:
        return self.verticalHeader().defaultSectionSize()

    def dress(self) -> None:
        """Take over another theme or font."""
        self.verticalHeader().setDefaultSectionSize(round(self._ink().line * 2))
        self.rows.forget()
        self._share_width()
        self.viewport().update()

    def show_day(self, day: date) -> None:
        """Put the cursor on the first row from that day on, with it at the top."""
        row = self.rows.row_from(day)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row, 0))
            self.verticalScrollBar().setValue(row * self.row_height)

    def select(self, appointment: str) -> bool:
        """Put the cursor on that appointment; False if it is not in the list."""
        row = self.rows.row_of(appointment)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row, 0))
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        return row >= 0

    def fill(self, entries: list[Entry]) -> None:
        """Show these; cursor and place stay where its appointment stays."""
        chosen, place = self.chosen, self.verticalScrollBar().value()
        self.rows.fill(entries)
        if chosen is not None and not self.currentIndex().isValid():
            self.select(chosen.id)
            self.verticalScrollBar().setValue(place)

    def _share_width(self) -> None:
        line, room = self._ink().line, self.viewport().width()
        shown = list(Part)
        for part in _GIVES_WAY:
            if sum(_WIDTHS[p] for p in shown) * line > room:
                shown.remove(part)
        over = room - sum(_WIDTHS[part] for part in shown) * line
        flexible = [part for part in shown if part in (_WIDE if over > 0 else _YIELDING)]
        for part in Part:
            self.setColumnHidden(part, part not in shown)
            share = over / len(flexible) if part in flexible else 0
            self.setColumnWidth(part, max(round(line), int(_WIDTHS[part] * line + share)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    # ---- keys and mouse

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        entry = self.rows.entry(current.row())
        if entry is not None:
            self.at_day.emit(entry.day)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers & Qt.KeyboardModifier.AltModifier and self._plan(key, modifiers):
            return
        if key is Qt.Key.Key_Escape:
            if not self._planner.drop():
                self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.act()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_Insert) and modifiers == Qt.KeyboardModifier.NoModifier:
            self.make()
        elif key is Qt.Key.Key_Delete and self.chosen is not None and not self.chosen.stage.is_over:
            self._wants.cancel_wanted.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def _plan(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if not (across or down):
            return False
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._planner.stretch(self.chosen, across or down)
        else:
            self._planner.move(self.chosen, across, down)
        return True

    def keyboardSearch(self, search: str) -> None:
        """Letters do not look for cells."""

    def act(self) -> None:
        """Enter: take over what is planned, or open."""
        if not self._planner.take() and self.chosen is not None:
            self._wants.opened.emit(self.chosen)

    def make(self) -> None:
        """A new appointment right after this one; today, if there is none."""
        hour = 3600
        start = self.chosen.ends_at if self.chosen is not None else (self._view_model.now // hour + 1) * hour
        self._wants.new_wanted.emit(start, NEW_MINUTES)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # ---- the picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ink, exposed = QPainter(self.viewport()), self._ink(), event.rect()
        painter.fillRect(exposed, ink.colours["surface"])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, high = self.rowViewportPosition(0) if self.rows.rowCount() else 0, self.row_height
        first = max(0, (exposed.top() - top) // high)
        for row in range(first, min(self.rows.rowCount(), (exposed.bottom() - top) // high + 1)):
            self._draw_row(painter, ink, QRect(0, top + row * high, self.viewport().width(), high), row)
        painter.end()

    def _draw_row(self, painter: QPainter, ink: Ink, rect: QRect, row: int) -> None:
        begins = self.rows.begins_day(row)
        left = 0 if begins else self.columnViewportPosition(Part.TIME)
        painter.fillRect(QRect(left, rect.top(), rect.width() - left, 1), ink.colours["line" if begins and row else "hair"])
        chosen = row == self.currentIndex().row()
        if chosen:
            painter.setPen(QPen(ink.colours["accent" if self.hasFocus() else "line"], 2 if self.hasFocus() else 1))
            painter.setBrush(ink.colours["accent_soft"])
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 2, -1.5, -1), 5, 5)
        for part in Part:
            if not self.isColumnHidden(part):
                inside = QRectF(self.columnViewportPosition(part), rect.top(), self.columnWidth(part), rect.height())
                middle = inside.adjusted(ink.line * 0.5, (rect.height() - ink.line) / 2, -ink.line * 0.3, 0)
                self._draw_part(painter, ink, middle, row, part)

    def _draw_part(self, painter: QPainter, ink: Ink, place: QRectF, row: int, part: Part) -> None:
        entry, look = self.rows.entry(row), self.rows.look(row)
        over = look.stage in (Stage.CLOSED, Stage.CANCELLED)
        front, second = ink.colours["muted" if over else "text"], ink.colours["muted"]
        text, face, colour = self.rows.part(row, part), ink.plain, second
        if part is Part.DAY:
            if not self.rows.begins_day(row) or entry is None:
                return
            face, colour = ink.bold, ink.colours["accent" if entry.day == self._view_model.today else "text"]
        elif part is Part.TIME:
            colour = front
            plan = self._planner.plan
            if plan is not None and plan.appointment is not None and entry is not None and plan.appointment.id == entry.appointment.id:
                text, face, colour = f"{self._words.time(plan.start)}–{self._words.time(plan.end)}", ink.bold, ink.colours["accent"]
        elif part is Part.PERSON:
            face, colour = ink.struck if look.stage is Stage.CANCELLED else ink.bold, front
        elif part is Part.WAY:
            painter.drawPixmap(place.topLeft(), ink.sign(WAY_ICONS[look.way], "muted"))
            place = place.adjusted(ink.line * 1.4, 0, 0, 0)
        elif part is Part.STATE and look.stage is Stage.WAITING:
            face, colour = ink.bold, ink.colours["accent"]
        elif part is Part.READY and look.light is not None:
            ink.light(painter, QRectF(place.left(), place.top(), ink.line, ink.line), look.light)
            place = place.adjusted(ink.line * 1.4, 0, 0, 0)
        elif part is Part.NOTES and look.mail:
            colour = ink.colours["danger"]
        ink.text(painter, place, text, face, colour)
