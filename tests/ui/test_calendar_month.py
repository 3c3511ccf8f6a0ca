"""The month by keys and by mouse: going about between days and appointments, opening, making, moving to another day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.appointments import Stage
from app.ui.calendar.spans import Mode, at
from tests.ui.calendar_support import BERLIN, DAY, Desk, one

Key = Qt.Key
ALT, SHIFT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton

ADA, BEA, CEM = one("Ada", 9), one("Bea", 9, 15), one("Cem", 13, day=DAY + timedelta(1))


@pytest.fixture
def desk(qtbot, theme, texts):
    made = Desk(qtbot, theme, texts, [ADA, BEA, CEM])
    made.model.show(Mode.MONTH, DAY)
    yield made
    made.model.close()


def keys(desk: Desk, *pressed, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(desk.view.month, key, modifiers)


def point_of(desk: Desk, name: str) -> QPoint:
    """The middle of an appointment's line."""
    return desk.view.month.visualRect(desk.view.month.month.find(name)).center()


def point_in(desk: Desk, day: date) -> QPoint:
    """In a day, below all lines."""
    return desk.view.month.visualRect(desk.view.month.month.day_index(day)).adjusted(0, 0, 0, -4).bottomLeft() + QPoint(30, 0)


def drag(desk: Desk, begin: QPoint, end: QPoint) -> None:
    port = desk.view.month.viewport()
    QTest.mousePress(port, LEFT, pos=begin)
    for part in (1, 2, 3, 4):
        QTest.mouseMove(port, begin + (end - begin) * part / 4)
    QTest.mouseRelease(port, LEFT, pos=end)


# ---- keys


def test_space_goes_into_a_day_and_escape_out_of_it(desk) -> None:
    month = desk.view.month
    keys(desk, Key.Key_Space)
    assert month.chosen == ADA
    keys(desk, Key.Key_Down)
    assert month.chosen == BEA
    keys(desk, Key.Key_Down)
    assert month.chosen == BEA, "the last one stays"
    keys(desk, Key.Key_Up, Key.Key_Up)
    assert (month.chosen, month.cursor_day) == (None, DAY)
    keys(desk, Key.Key_Space, Key.Key_Escape)
    assert (month.chosen, month.cursor_day) == (None, DAY)
    keys(desk, Key.Key_Space, Key.Key_Right)
    assert (month.chosen, month.cursor_day) == (None, DAY + timedelta(1))


def test_a_day_without_appointments_keeps_the_cursor(desk) -> None:
    keys(desk, Key.Key_Left, Key.Key_Space, Key.Key_Return)
    assert (desk.model.mode, desk.model.day) == (Mode.DAY, DAY - timedelta(1))


def test_control_goes_from_appointment_to_appointment(desk) -> None:
    month, found = desk.view.month, []
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up):
        keys(desk, key, modifiers=CONTROL)
        found.append(month.chosen)
    assert found == [ADA, BEA, CEM, CEM, BEA]
    keys(desk, Key.Key_Right, modifiers=CONTROL)
    assert desk.model.day == date(2026, 6, 13)


def test_control_brings_the_month_of_an_appointment_along(desk) -> None:
    desk.book.put(one("Juni", 8, day=date(2026, 6, 1)))
    desk.model.show(Mode.MONTH, date(2026, 5, 31))
    keys(desk, Key.Key_End)
    assert desk.model.day == date(2026, 5, 31)
    desk.book.put(one("April", 8, day=date(2026, 4, 30)))
    keys(desk, *[Key.Key_Up] * 4, modifiers=CONTROL)
    assert desk.view.month.chosen.id == "April"
    assert desk.model.day == date(2026, 4, 30)


def test_home_and_end_are_the_week(desk) -> None:
    keys(desk, Key.Key_Home)
    assert desk.model.day == date(2026, 5, 11)
    keys(desk, Key.Key_End)
    assert desk.model.day == date(2026, 5, 17)
    keys(desk, Key.Key_PageDown)
    assert desk.model.day == date(2026, 6, 17)


def test_enter_opens_n_makes_delete_asks(desk) -> None:
    keys(desk, Key.Key_Space, Key.Key_Return, Key.Key_N, Key.Key_Delete)
    assert desk.told == [("opened", ADA), ("new_wanted", at(DAY, 9, 0, BERLIN), 30), ("cancel_wanted", ADA)]


def test_alt_moves_by_days_and_weeks_and_enter_takes_it_over(desk, texts) -> None:
    keys(desk, Key.Key_Space)
    keys(desk, Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Down, modifiers=ALT)
    assert desk.told == []
    assert "Sa., 23. Mai, 9:00 bis 9:45" in desk.view._hint.text()
    keys(desk, Key.Key_Return)
    assert desk.told == [("move_wanted", ADA, at(date(2026, 5, 23), 9, 0, BERLIN), 45)]
    assert desk.view._hint.text() == texts("app.calendar.hint.month")


def test_alt_moves_into_the_next_month(desk) -> None:
    keys(desk, Key.Key_Space)
    keys(desk, *[Key.Key_Down] * 4, modifiers=ALT)
    assert desk.view.month.month.day_index(date(2026, 6, 10)).isValid()
    keys(desk, Key.Key_Return)
    assert desk.told == [("move_wanted", ADA, at(date(2026, 6, 10), 9, 0, BERLIN), 45)]


def test_the_hour_stays_where_the_clocks_change(desk) -> None:
    desk.book.put(one("Okt", 9, day=date(2026, 10, 24)))
    desk.view.select("Okt")
    keys(desk, Key.Key_Right, modifiers=ALT)
    keys(desk, Key.Key_Return)
    assert desk.told == [("move_wanted", one("Okt", 9, day=date(2026, 10, 24)), at(date(2026, 10, 25), 9, 0, BERLIN), 45)]


def test_escape_leaves_the_plan_first_and_then_the_day(desk) -> None:
    keys(desk, Key.Key_Space)
    keys(desk, Key.Key_Right, modifiers=ALT)
    keys(desk, Key.Key_Down, modifiers=ALT | SHIFT)
    assert "9:00 bis 10:00" in desk.view._hint.text()
    keys(desk, Key.Key_Escape)
    assert desk.view.month.chosen == ADA
    keys(desk, Key.Key_Escape)
    assert desk.view.month.chosen is None
    assert desk.told == []


def test_what_is_over_is_neither_moved_nor_cancelled(desk) -> None:
    desk.book.put(one("Ada", 9, stage=Stage.CLOSED))
    keys(desk, Key.Key_Space)
    keys(desk, Key.Key_Right, modifiers=ALT)
    keys(desk, Key.Key_Delete)
    drag(desk, point_of(desk, "Ada"), point_in(desk, DAY + timedelta(2)))
    assert desk.told == []
    assert desk.view._planner.plan is None


# ---- mouse


def test_dragging_moves_to_another_day_at_the_same_hour(desk) -> None:
    drag(desk, point_of(desk, "Bea"), point_in(desk, DAY + timedelta(10)))
    assert desk.told == [("move_wanted", BEA, at(DAY + timedelta(10), 9, 15, BERLIN), 45)]


def test_dragging_into_a_day_of_the_next_month_moves_nothing_away_under_the_mouse(desk) -> None:
    desk.model.show(Mode.MONTH, date(2026, 4, 20))
    desk.book.put(one("Ende", 10, day=date(2026, 4, 29)))
    drag(desk, point_of(desk, "Ende"), point_in(desk, date(2026, 5, 1)))
    assert desk.told == [("move_wanted", one("Ende", 10, day=date(2026, 4, 29)), at(date(2026, 5, 1), 10, 0, BERLIN), 45)]
    assert desk.model.day == date(2026, 4, 29)


@pytest.mark.parametrize("back", [True, False])
def test_a_drag_that_comes_back_or_is_left_moves_nothing(desk, back) -> None:
    port, point = desk.view.month.viewport(), point_of(desk, "Ada")
    QTest.mousePress(port, LEFT, pos=point)
    QTest.mouseMove(port, point_in(desk, DAY + timedelta(2)))
    assert desk.view._planner.plan is not None
    if back:
        QTest.mouseMove(port, point_in(desk, DAY))
    else:
        keys(desk, Key.Key_Escape)
    QTest.mouseRelease(port, LEFT, pos=point_in(desk, DAY if back else DAY + timedelta(2)))
    assert desk.told == []


def test_a_click_chooses_and_a_double_click_opens(desk) -> None:
    port = desk.view.month.viewport()
    QTest.mouseClick(port, LEFT, pos=point_of(desk, "Bea"))
    assert desk.view.month.chosen == BEA
    QTest.mouseDClick(port, LEFT, pos=point_of(desk, "Bea"))
    assert desk.told == [("opened", BEA)]
    QTest.mouseClick(port, LEFT, pos=point_in(desk, DAY - timedelta(2)))
    QTest.mouseDClick(port, LEFT, pos=point_in(desk, DAY - timedelta(2)))
    assert (desk.model.mode, desk.model.day) == (Mode.DAY, DAY - timedelta(2))


def test_a_click_into_another_month_brings_it(desk) -> None:
    desk.book.put(one("April", 8, day=date(2026, 4, 30)))
    QTest.mouseClick(desk.view.month.viewport(), LEFT, pos=point_of(desk, "April"))
    assert desk.model.day == date(2026, 4, 30)
    assert desk.view.month.chosen.id == "April"


def test_more_than_has_room_is_a_click_or_some_arrows_away(desk) -> None:
    for number in range(12):
        desk.book.put(one(f"Nr{number:02}", 14, number))
    month = desk.view.month
    keys(desk, Key.Key_Space, *[Key.Key_Down] * 13)
    assert month.chosen.id == "Nr11"
    day = month.month.day_index(DAY)
    assert month.visualRect(day).contains(month.visualRect(month.currentIndex()))
    lines = month.picture.lines(month.month.number(day))
    assert lines.hidden + lines.shown == 14
    QTest.mouseClick(month.viewport(), LEFT, pos=lines.more.center().toPoint())
    assert (desk.model.mode, desk.model.day) == (Mode.DAY, DAY)


# ---- news, size


def test_the_cursor_follows_its_appointment(desk) -> None:
    month = desk.view.month
    desk.view.select("Ada")
    desk.book.put(one("Eva", 8))
    assert month.chosen == ADA
    desk.book.put(one("Ada", 9, day=DAY + timedelta(3)))
    assert (month.chosen.id, month.cursor_day) == ("Ada", DAY + timedelta(3))
    desk.book.remove("Ada")
    assert (month.chosen, month.cursor_day) == (None, DAY + timedelta(3))


def test_a_low_window_scrolls_to_the_cursor(desk) -> None:
    desk.view.resize(700, 330)
    month = desk.view.month
    keys(desk, *[Key.Key_Down] * 2)
    assert month.viewport().rect().contains(month.visualRect(month.currentIndex()).center())
    assert month.verticalScrollBar().value() > 0
    assert not desk.view.grab().isNull()


def test_other_ways_of_looking_keep_their_day(desk) -> None:
    desk.model.show(Mode.DAY, DAY + timedelta(5))
    desk.book.put(one("Neu", 8))
    desk.quiet.set_visitor(True)
    assert desk.model.day == DAY + timedelta(5)
