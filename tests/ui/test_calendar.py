"""The calendar by keys and by mouse: going about, making, moving, stretching, cancelling, searching, and what must not be seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.appointments import Client, Stage
from app.domain.mails import MailState
from app.services.appointments.ports import StoreError
from app.services.fakes import ManualClock
from app.services.fakes.sample_appointments import LookingBook
from app.ui.calendar.list_model import Part
from app.ui.calendar.spans import Mode, at, day_end, day_start
from app.ui.calendar.view_model import CalendarViewModel
from tests.ui.calendar_support import BERLIN, DAY, NOW, Desk, one, run_now

Key = Qt.Key
ALT, SHIFT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

ADA, BEA, CEM = one("Ada", 9), one("Bea", 9, 15), one("Cem", 13, day=DAY + timedelta(1))


@pytest.fixture
def desk(qtbot, theme, texts):
    made = Desk(qtbot, theme, texts, [ADA, BEA, CEM])
    yield made
    made.model.close()


def keys(desk: Desk, *pressed, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(desk.view._page, key, modifiers)


def point_of(desk: Desk, name: str, from_bottom: int = 0) -> QPoint:
    """The middle of a block, or a point above its lower edge."""
    grid = desk.view.grid
    for column in range(grid.grid.columnCount()):
        for placed in grid.grid.placed(column):
            if placed.appointment.id == name:
                rect = grid.picture.block(column, placed, grid.least)
                return QPoint(round(rect.center().x()), round(rect.bottom() - from_bottom if from_bottom else rect.center().y()))
    raise AssertionError(name)


def drag(desk: Desk, begin: QPoint, end: QPoint) -> None:
    port = desk.view.grid.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=begin)
    for part in (1, 2, 3, 4):
        QTest.mouseMove(port, begin + (end - begin) * part / 4)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


# ---- keys


def test_arrows_go_by_slots_side_by_side_and_by_days(desk) -> None:
    grid = desk.view.grid
    desk.view.select("Ada")
    assert grid.chosen == ADA
    keys(desk, Key.Key_Right)
    assert grid.chosen == BEA
    keys(desk, Key.Key_Left, Key.Key_Down, Key.Key_Down)
    assert grid.chosen is None
    keys(desk, Key.Key_Right)
    assert grid.grid.table.columns[grid.currentIndex().column()].day == DAY + timedelta(1)


def test_left_of_monday_is_the_friday_before(desk) -> None:
    desk.view.grid.set_cursor(20, 0)
    keys(desk, Key.Key_Left)
    assert desk.model.day == date(2026, 5, 8)
    assert desk.view.grid.currentIndex().row() == 20
    keys(desk, Key.Key_Right)
    assert desk.model.day == date(2026, 5, 11)


def test_control_jumps_to_appointments_and_spans(desk) -> None:
    desk.view.grid.set_cursor(0, 0)
    keys(desk, Key.Key_Down, modifiers=CONTROL)
    assert desk.view.grid.chosen == ADA
    keys(desk, Key.Key_Down, Key.Key_Down, modifiers=CONTROL)
    assert desk.view.grid.chosen == CEM
    keys(desk, Key.Key_Up, modifiers=CONTROL)
    assert desk.view.grid.chosen == BEA
    keys(desk, Key.Key_Right, modifiers=CONTROL)
    assert desk.model.day == DAY + timedelta(7)


def test_the_cursor_stays_in_sight(desk) -> None:
    grid = desk.view.grid
    grid.scroll_to_work()
    for key in (Key.Key_Down, Key.Key_Up):
        keys(desk, *[key] * 47)
        assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))
    desk.book.put(one("Spaet", 23))
    desk.view.select("Spaet")
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))


def test_enter_opens_or_makes(desk) -> None:
    desk.view.select("Bea")
    keys(desk, Key.Key_Return)
    desk.view.grid.set_cursor(20, 0)
    keys(desk, Key.Key_Return, Key.Key_N)
    monday = at(date(2026, 5, 11), 10, 0, BERLIN)
    assert desk.told == [("opened", BEA), ("new_wanted", monday, 30), ("new_wanted", monday, 30)]


def test_delete_asks_to_cancel_what_is_not_over(desk) -> None:
    desk.view.select("Ada")
    keys(desk, Key.Key_Delete)
    desk.book.put(one("Ada", 9, stage=Stage.CANCELLED))
    keys(desk, Key.Key_Delete)
    assert desk.told == [("cancel_wanted", ADA)]


def test_alt_moves_and_enter_takes_it_over(desk, texts) -> None:
    desk.view.select("Ada")
    keys(desk, Key.Key_Down, Key.Key_Down, Key.Key_Right, modifiers=ALT)
    assert desk.told == []
    assert "9:30 bis 10:15" in desk.view._hint.text()
    keys(desk, Key.Key_Return)
    assert desk.told == [("move_wanted", ADA, at(DAY + timedelta(1), 9, 30, BERLIN), 45)]
    assert desk.view._hint.text() == texts("app.calendar.hint.week")


def test_a_low_window_keeps_its_head_whole_and_still_tells_where_one_is_moved(desk) -> None:
    view = desk.view
    view.resize(860, 170)
    parts = (view.head.today, view.head.search, view.head.new, view.grid)
    assert [part.height() >= part.minimumSizeHint().height() for part in parts[:3]] == [True] * 3
    assert view.grid.height() > 0
    assert not view._foot.isVisible(), "the days need its place"
    view.select("Ada")
    keys(desk, Key.Key_Down, modifiers=ALT)
    assert view._foot.isVisible()
    keys(desk, Key.Key_Escape)
    assert not view._foot.isVisible()
    view.resize(860, 600)
    assert view._foot.isVisible()


def test_shift_and_alt_stretch_and_escape_leaves_it(desk) -> None:
    desk.view.select("Ada")
    keys(desk, Key.Key_Down, modifiers=ALT | SHIFT)
    keys(desk, Key.Key_Escape, Key.Key_Return)
    assert desk.told == [("opened", ADA)]
    keys(desk, Key.Key_Down, modifiers=ALT | SHIFT)
    keys(desk, Key.Key_Return)
    assert desk.told[1:] == [("move_wanted", ADA, ADA.starts_at, 60)]


def test_moving_over_the_weekend_brings_the_next_week(desk) -> None:
    desk.view.select("Ada")
    keys(desk, Key.Key_Right, Key.Key_Right, Key.Key_Right, modifiers=ALT)
    keys(desk, Key.Key_Return)
    assert desk.told == [("move_wanted", ADA, at(date(2026, 5, 18), 9, 0, BERLIN), 45)]


def test_month_by_keys(desk) -> None:
    desk.model.show(Mode.MONTH, date(2026, 5, 31))
    keys(desk, Key.Key_Right)
    assert (desk.model.mode, desk.model.day) == (Mode.MONTH, date(2026, 6, 1))
    keys(desk, Key.Key_N, Key.Key_Up)
    assert desk.told == [("new_wanted", at(date(2026, 6, 1), 9, 0, BERLIN), 30)]
    assert desk.model.day == date(2026, 5, 25)
    keys(desk, Key.Key_Return)
    assert (desk.model.mode, desk.model.day) == (Mode.DAY, date(2026, 5, 25))


def test_list_can_do_what_the_grid_can(desk) -> None:
    desk.model.show(Mode.LIST, DAY)
    desk.view.select("Bea")
    assert desk.view.list.chosen == BEA
    keys(desk, Key.Key_Return, Key.Key_N, Key.Key_Delete)
    keys(desk, Key.Key_Right, modifiers=ALT)
    keys(desk, Key.Key_Right, modifiers=ALT | SHIFT)
    keys(desk, Key.Key_Return)
    assert desk.told == [
        ("opened", BEA),
        ("new_wanted", BEA.ends_at, 30),
        ("cancel_wanted", BEA),
        ("move_wanted", BEA, at(DAY + timedelta(1), 9, 15, BERLIN), 60),
    ]


# ---- mouse


def test_drawing_makes_an_appointment(desk) -> None:
    grid = desk.view.grid
    grid.scroll_to_work()
    column = grid.grid.table.columns[0]
    start = at(column.day, 10, 0, BERLIN)
    area = grid.picture.stretch(0, start, start + 3600)
    x = round(area.center().x())
    drag(desk, QPoint(x, round(area.top()) + 1), QPoint(x, round(area.bottom()) - 2))
    assert desk.told == [("new_wanted", start, 60)]


def test_dragging_moves_and_stretches(desk) -> None:
    grid = desk.view.grid
    grid.scroll_to_work()
    down = QPoint(0, grid.picture.row_height)
    drag(desk, point_of(desk, "Cem"), point_of(desk, "Cem") + down)
    drag(desk, point_of(desk, "Cem", from_bottom=3), point_of(desk, "Cem", from_bottom=3) + down)
    assert desk.told == [("move_wanted", CEM, CEM.starts_at + 1800, 45), ("move_wanted", CEM, CEM.starts_at, 75)]


def test_a_click_moves_nothing_and_a_double_click_opens(desk) -> None:
    desk.view.grid.scroll_to_work()
    port, point = desk.view.grid.viewport(), point_of(desk, "Bea")
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=point)
    assert desk.view.grid.chosen == BEA
    assert desk.told == []
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=point)
    assert desk.told == [("opened", BEA)]


def test_escape_ends_a_drag(desk) -> None:
    desk.view.grid.scroll_to_work()
    port, point = desk.view.grid.viewport(), point_of(desk, "Cem")
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseMove(port, point + QPoint(0, 60))
    keys(desk, Key.Key_Escape)
    QTest.mouseMove(port, point + QPoint(0, 90))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=point + QPoint(0, 90))
    assert desk.told == []


def test_what_is_over_is_not_moved(desk) -> None:
    desk.book.put(one("Cem", 13, day=DAY + timedelta(1), stage=Stage.CLOSED))
    desk.view.grid.scroll_to_work()
    drag(desk, point_of(desk, "Cem"), point_of(desk, "Cem") + QPoint(0, 80))
    desk.view.select("Cem")
    keys(desk, Key.Key_Down, modifiers=ALT)
    assert desk.view._planner.plan is None
    assert desk.told == []


# ---- what is in sight


def test_only_the_span_in_sight_is_asked_for(desk) -> None:
    desk.book.asked.clear()
    desk.model.show(Mode.DAY, DAY + timedelta(30))
    assert desk.book.asked == [(day_start(DAY + timedelta(30), BERLIN), day_end(DAY + timedelta(30), BERLIN))]


def test_a_day_of_a_known_week_is_not_asked_for_again(desk) -> None:
    desk.book.asked.clear()
    desk.model.show(Mode.DAY, DAY)
    assert desk.book.asked == []
    assert [p.appointment for p in desk.view.grid.grid.placed(0)] == [ADA, BEA]


def test_news_keep_the_cursor_where_it_is(desk) -> None:
    desk.view.select("Bea")
    where = desk.view.grid.currentIndex().row(), desk.view.grid.currentIndex().column()
    desk.book.put(one("Dana", 15))
    desk.book.put(one("Eva", 11, day=date(2026, 5, 16)))
    assert desk.view.grid.grid.columnCount() == 6, "a Saturday with an appointment is not hidden"
    assert (desk.view.grid.currentIndex().row(), desk.view.grid.currentIndex().column()) == where
    desk.book.remove("Bea")
    assert desk.view.grid.chosen == ADA


def test_list_keeps_its_place_when_something_changes(desk) -> None:
    for number in range(60):
        desk.book.put(one(f"Nr{number}", 12, day=DAY + timedelta(number)))
    desk.model.show(Mode.LIST, DAY)
    desk.view.select("Nr50")
    place = desk.view.list.verticalScrollBar().value()
    desk.book.put(one("Neu", 8, day=DAY + timedelta(70)))
    assert desk.view.list.chosen.id == "Nr50"
    assert desk.view.list.verticalScrollBar().value() == place


def test_across_midnight_is_on_both_days_everywhere(desk) -> None:
    desk.book.put(one("Nacht", 23, 30, length=60))
    assert next(a.id for a in desk.model.of_day(DAY + timedelta(1))) == "Nacht"
    desk.model.show(Mode.LIST, DAY)
    rows = [desk.view.list.rows.entry(row) for row in range(desk.view.list.rows.rowCount())]
    assert [entry.day for entry in rows if entry.appointment.id == "Nacht"] == [DAY, DAY + timedelta(1)]


@pytest.mark.parametrize(("day", "rows"), [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50)])
def test_days_on_which_the_clocks_change(desk, day, rows) -> None:
    desk.book.put(one("Frueh", 3, 30, day=day))
    desk.model.show(Mode.DAY, day)
    grid = desk.view.grid
    assert grid.grid.rowCount() == rows
    desk.view.select("Frueh")
    assert grid.chosen.id == "Frueh"
    keys(desk, Key.Key_N)
    for _ in range(rows):
        keys(desk, Key.Key_Up)
    for _ in range(rows):
        keys(desk, Key.Key_N, Key.Key_Down)
    starts = [values[1] for values in desk.told[1:]]
    assert starts[:rows] == [day_start(day, BERLIN) + 1800 * number for number in range(rows)]


def test_selecting_brings_another_week(desk) -> None:
    desk.book.put(one("Fern", 11, day=date(2026, 9, 2)))
    desk.view.select("Fern")
    assert desk.model.day == date(2026, 9, 2)
    assert desk.view.grid.chosen.id == "Fern"
    desk.view.select("gibt es nicht")
    assert desk.view.grid.chosen.id == "Fern"


def test_head_leads_about(desk, qtbot, texts) -> None:
    head = desk.view.head
    head.later.click()
    assert head.title.text() == "18.–22. Mai 2026"
    head._buttons[Mode.MONTH].click()
    assert head.title.text() == "Mai 2026"
    head.today.click()
    head._buttons[Mode.DAY].click()
    assert head.title.text() == "Mittwoch, 13. Mai 2026"
    head.later.click()
    assert head.note.text() == "Christi Himmelfahrt"
    head.print.click()
    head.new.click()
    assert desk.told[0] == ("print_wanted", DAY + timedelta(1))
    assert desk.told[1][0] == "new_wanted"


def test_time_goes_on(desk) -> None:
    desk.clock.advance(86_400)
    desk.model.ticked.emit()
    assert desk.model.today == DAY + timedelta(1)


# ---- mails, overlap, holidays


def test_trouble_with_a_mail_is_told(desk) -> None:
    desk.book.fail_mail("Cem", MailState.UNCLEAR)
    assert desk.model.mail(CEM) is MailState.UNCLEAR
    assert "E-Mail unklar" in desk.view.grid.grid.sentence(CEM)


def test_overlap_is_told_and_cancelled_ones_do_not_count(desk) -> None:
    assert "überschneidet sich mit einem anderen Termin" in desk.view.grid.grid.sentence(ADA)
    desk.book.put(one("Bea", 9, 15, stage=Stage.CANCELLED))
    assert desk.model.overlaps(ADA) == 0


# ---- searching


def search(desk: Desk, qtbot, text: str) -> None:
    desk.view.head.search.setFocus()
    QTest.keyClicks(desk.view.head.search, text)
    qtbot.waitUntil(lambda: desk.view.searching)


def test_search_by_keys(desk, qtbot, texts) -> None:
    search(desk, qtbot, "frau")
    assert desk.view._found.text() == texts("app.calendar.found.many", count=3)
    QTest.keyClick(desk.view.head.search, Key.Key_Down)
    qtbot.waitUntil(desk.view.results.hasFocus)
    assert desk.view.results.chosen == CEM
    QTest.keyClick(desk.view.results, Key.Key_Return)
    assert desk.told == [("opened", CEM)]
    QTest.keyClick(desk.view.results, Key.Key_Escape)
    assert not desk.view.searching
    assert desk.view.head.search.text() == ""
    qtbot.waitUntil(desk.view.grid.hasFocus)


def test_nothing_found_has_a_way_out(desk, qtbot, texts) -> None:
    search(desk, qtbot, "xyz")
    assert desk.view._found.text() == texts("app.calendar.found.none")


# ---- names


def test_visitor_sees_no_name(desk, qtbot) -> None:
    search(desk, qtbot, "bea")
    desk.quiet.set_visitor(True)
    assert not desk.view.searching
    assert not desk.view.head.search.isEnabled()
    for mode in Mode:
        desk.model.show(mode, DAY)
        model = desk.view._page.model()
        role = Qt.ItemDataRole
        roles = (role.DisplayRole, role.AccessibleTextRole, role.AccessibleDescriptionRole, role.ToolTipRole)
        cells = [model.index(r, c) for r in range(model.rowCount()) for c in range(model.columnCount())]
        cells += [model.index(r, 0, above) for above in cells for r in range(model.rowCount(above))]
        said = [str(model.data(index, each)) for index in cells for each in roles]
        assert not any(word in text for text in said for word in ("Frau", "Anliegen A", "Anliegen B"))
    desk.quiet.set_visitor(False)
    assert desk.view.list.rows.part(0, Part.PERSON) == "Frau Ada"


def test_names_as_people_type_them(desk, qtbot) -> None:
    for number, name in enumerate(("x" * 10_000, "مرحبا بالعالم", "👩‍💻🎓", "a\u202eb", "<b>fett</b>", "")):
        desk.book.put(one(f"Typ{number}", 11 + number, client=Client(name=name)))
    for mode in Mode:
        desk.model.show(mode, DAY)
        assert not desk.view.grab().isNull()


# ---- troubles


class SlowBook(LookingBook):
    """Answers when the test says so."""

    def __init__(self, appointments) -> None:
        super().__init__(appointments)
        self.works = []

    def start(self, name, work) -> None:
        self.works.append(work)


def test_an_answer_to_an_older_question_is_dropped() -> None:
    book = SlowBook([ADA, CEM])
    model = CalendarViewModel(book, ManualClock(NOW), BERLIN, book.start)
    model.show(Mode.DAY, DAY)
    model.show(Mode.DAY, DAY + timedelta(1))
    older, newer = book.works
    run_now("newer", newer)
    run_now("older", older)
    assert list(model.appointments) == [CEM]
    model.close()


def test_a_store_that_cannot_read_is_told(qtbot) -> None:
    class BrokenBook(LookingBook):
        async def between(self, start, end):
            raise StoreError("app.store.stale")

    model = CalendarViewModel(BrokenBook(), ManualClock(NOW), BERLIN, run_now)
    with qtbot.waitSignal(model.refused) as refused:
        model.open()
    assert refused.args == ["app.store.stale", {}]
    model.close()
