"""What a screen reader finds in the calendar: tables with rows, columns, headings and cells that tell everything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from app.domain.readiness import Check, Readiness
from app.ui.calendar.spans import Mode
from tests.ui.calendar_support import DAY, Desk, one
from tests.ui.support import everything, names
from tests.ui.test_accessibility import nameless

Role, Name = QAccessible.Role, QAccessible.Text.Name
READY = Readiness(camera=Check.OK, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK)


@pytest.fixture
def desk(qtbot, theme, texts):
    made = Desk(qtbot, theme, texts, [one("Ada", 9, readiness=READY), one("Bea", 9, 15), one("Cem", 13, day=DAY + timedelta(1))])
    yield made
    made.model.close()


def thing(view: QTableView, row: int, column: int) -> QAccessibleInterface:
    """A cell as a screen reader finds it: children go row by row, with the headings as row and column -1."""
    return QAccessible.queryAccessibleInterface(view).child((row + 1) * (view.model().columnCount() + 1) + column + 1)


def cell(view: QTableView, row: int, column: int) -> str:
    """What is read out of it."""
    return thing(view, row, column).text(Name)


@pytest.mark.parametrize("mode", list(Mode))
def test_everything_has_a_name(desk, mode) -> None:
    desk.model.show(mode, DAY)
    assert nameless(desk.view) == []


@pytest.mark.parametrize(("mode", "rows", "columns"), [(Mode.DAY, 48, 1), (Mode.WEEK, 48, 5), (Mode.LIST, 3, 8)])
def test_each_way_of_looking_but_the_month_is_a_table(desk, mode, rows, columns) -> None:
    desk.model.show(mode, DAY)
    table = QAccessible.queryAccessibleInterface(desk.view._page)
    assert table.role() is Role.Table
    assert table.childCount() == (rows + 1) * (columns + 1)
    assert all(cell(desk.view._page, -1, column) for column in range(columns))
    assert thing(desk.view._page, -1, 0).role() is Role.ColumnHeader
    assert thing(desk.view._page, rows - 1, columns - 1).role() is Role.Cell


def test_cells_of_the_week(desk) -> None:
    grid = desk.view.grid
    nine = next(number for number, row in enumerate(grid.grid.table.rows) if row.hour == 9)
    assert cell(grid, 0, 0) == "Mo., 11. Mai, 0:00: frei"
    told = cell(grid, nine, 2)
    assert told.startswith("Mi., 13. Mai, 9:00: 9:00 bis 9:45, Frau Ada, Anliegen Ada, Video, eingeladen, Bereitschaft: bereit")
    assert "Frau Bea" in told
    assert "überschneidet sich mit einem anderen Termin" in told
    assert cell(grid, -1, 3) == "Donnerstag, 14. Mai 2026, Christi Himmelfahrt"
    assert cell(grid, nine, -1) == "9:00"


def test_the_month_is_a_tree_of_days_and_their_appointments(desk) -> None:
    desk.model.show(Mode.MONTH, DAY)
    tree = QAccessible.queryAccessibleInterface(desk.view.month)
    nodes = [tree.child(number) for number in range(1, tree.childCount())]
    assert tree.role() is Role.Tree
    assert {node.role() for node in nodes} == {Role.TreeItem}
    told = [node.text(Name) for node in nodes]
    assert len(told) == 35 + 3
    at = told.index("Mittwoch, 13. Mai 2026, Heute, 2 Termine")
    assert told[at + 1].startswith("9:00 bis 9:45, Frau Ada")
    assert told[at + 2].startswith("9:15 bis 10:00, Frau Bea")
    assert told[at + 3] == "Donnerstag, 14. Mai 2026, Christi Himmelfahrt, ein Termin"
    assert "Frau Ada" in nodes[at].text(QAccessible.Text.Description)
    assert nodes[at].rect().contains(nodes[at + 1].rect())


def test_the_months_place_is_told(desk, qtbot) -> None:
    desk.model.show(Mode.MONTH, DAY)
    qtbot.waitUntil(desk.view.month.hasFocus)
    tree = QAccessible.queryAccessibleInterface(desk.view.month)
    assert tree.focusChild().text(Name).startswith("Mittwoch, 13. Mai 2026")
    QTest.keyClick(desk.view.month, Qt.Key.Key_Space)
    assert "Frau Ada" in tree.focusChild().text(Name)
    assert tree.focusChild().state().focused


@pytest.mark.parametrize("mode", [Mode.DAY, Mode.WEEK, Mode.MONTH])
def test_the_action_of_a_node_is_what_enter_is(desk, qtbot, mode) -> None:
    desk.model.show(mode, DAY + timedelta(1))
    told = QAccessible.queryAccessibleInterface(desk.view._page)
    nodes = (told.child(number) for number in range(told.childCount()))
    action = next(node for node in nodes if "13:00 bis 13:45, Frau Cem" in node.text(Name)).actionInterface()
    for times in (1, 2):
        action.doAction(action.actionNames()[0])
        qtbot.waitUntil(lambda times=times: len(desk.told) == times)
    assert [(what, appointment.id) for what, appointment in desk.told] == [("opened", "Cem")] * 2


def test_a_row_of_the_list_is_a_sentence(desk) -> None:
    desk.model.show(Mode.LIST, DAY)
    assert cell(desk.view.list, 2, 0).startswith("Donnerstag, 14. Mai 2026: 13:00 bis 13:45, Frau Cem")
    assert cell(desk.view.list, 2, 2) == "Frau Cem"


def test_the_keyboards_place_is_told(desk) -> None:
    desk.view.select("Cem")
    focused = QAccessible.queryAccessibleInterface(desk.view.grid).focusChild()
    assert "Frau Cem" in focused.text(Name)
    desk.model.show(Mode.LIST, DAY)
    desk.view.select("Bea")
    assert "Frau Bea" in QAccessible.queryAccessibleInterface(desk.view.list).focusChild().text(Name)


def test_a_missing_hour_is_told(desk, texts) -> None:
    sunday = date(2026, 3, 29)
    desk.book.put(one("Ada", 9, day=sunday))
    desk.model.show(Mode.WEEK, sunday)
    assert cell(desk.view.grid, 4, 6) == texts("app.calendar.cell.gap", day="So., 29. März")
    assert cell(desk.view.grid, 4, 0) == "Mo., 23. März, 2:00: frei"


def test_visitor_hears_no_name(desk) -> None:
    desk.quiet.set_visitor(True)
    for mode in Mode:
        desk.model.show(mode, DAY)
        said = [
            found.text(text) for found in everything(desk.view) for text in (Name, QAccessible.Text.Description, QAccessible.Text.Value)
        ]
        assert not any("Frau" in text or "Anliegen A" in text for text in said)


def test_what_was_found_and_what_is_planned_can_be_read(desk, qtbot, texts) -> None:
    desk.view.select("Cem")
    QTest.keyClick(desk.view.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert any("13:15 bis 14:00" in name for name in names(desk.view))
    QTest.keyClick(desk.view.grid, Qt.Key.Key_Escape)
    QTest.keyClicks(desk.view.head.search, "bea")
    qtbot.waitUntil(lambda: texts("app.calendar.found.one") in names(desk.view))
    assert nameless(desk.view) == []
