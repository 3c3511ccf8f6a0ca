"""The window of the figures: own ones, an example, a report, why there is nothing; pictures and equal tables, kept and copied."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.site_settings import EvaluationSettings
from app.services.fakes.link import FakeLink
from app.ui.evaluation.export import ExportDialog
from app.ui.evaluation.window import FiguresWindow
from tests.ui.appointment.support import settle
from tests.ui.evaluation.support import AGENCY, HERE, counts
from tests.ui.support import dialog, names


def evaluation(parts, target=AGENCY, sheets: int = 150, invented: bool = False) -> SiteEvaluation:
    link = FakeLink()
    link.connect()
    of = SiteEvaluation(link, lambda: target, EvaluationSettings, "jc-a", parts.clock, invented=invented)
    for number, quarter in enumerate(of.quarters()):
        link.survey[quarter] = counts(quarter, sheets, number)
    return of


async def opened(main, parts, of: SiteEvaluation) -> FiguresWindow:
    window = FiguresWindow(main, parts, of)
    window.show()
    await settle(parts)
    return window


async def test_own_figures_are_there_as_picture_and_as_table(parts, main) -> None:
    window = await opened(main, parts, evaluation(parts))
    assert "Eigene Zahlen" in window.heading.text()
    assert not window.mark.isVisible()
    assert window.view.drawing is not None
    assert "96–97 %" in window.view.drawing.accessibleDescription()
    window.view.tabs.setCurrentIndex(1)
    table = window.view.table
    assert [table.item(row, 2).text() for row in range(4)] == ["96–97 %", "90 %", "83 %", "43 %"]
    assert table.accessibleName() == "Das Wichtigste"


async def test_every_chart_is_reached_and_drawn_by_keyboard(parts, main) -> None:
    window = await opened(main, parts, evaluation(parts))
    window.list.setFocus()
    seen = []
    for _ in range(window.list.count()):
        drawing = window.view.drawing
        assert drawing is not None
        seen.append(drawing.accessibleName())
        assert drawing.wanted_height > 0
        QTest.keyClick(window.list, Qt.Key.Key_Down)
    assert len(seen) == len(set(seen)) == window.list.count() > 15
    assert {"Auswertung", "Bilder und Tabellen", "Ansicht", "Kopieren", "Speichern …"} <= set(names(window))


async def test_one_counsellor_sees_why_there_is_nothing_and_the_way_on(parts, main) -> None:
    window = await opened(main, parts, evaluation(parts, HERE))
    assert "einer einzigen Fachkraft" in window.said.told.text
    assert window.list.count() == 0
    assert not window.own.isVisible()
    assert not window.copy.isEnabled()
    window.export.click()
    assert dialog(ExportDialog) is not None


async def test_too_few_are_not_shown(parts, main) -> None:
    window = await opened(main, parts, evaluation(parts, sheets=6))
    assert "nicht" in window.said.told.text or "sicher 10" in window.said.told.text
    assert window.list.count() == 0


@pytest.mark.parametrize("invented", [True, False])
async def test_the_example_is_marked_wherever_it_is_shown(parts, main, invented: bool) -> None:
    window = await opened(main, parts, evaluation(parts, HERE, invented=invented))
    if not invented:
        window.example.click()
        await settle(parts)
    assert "Erfundene Daten" in window.mark.text()
    for row in range(window.list.count()):
        window.list.setCurrentRow(row)
        assert window.view.mark.text() == "Erfundene Daten"
        assert "Erfundene Daten" in window.view.drawing.accessibleDescription()
        assert "Erfundene Daten" in window.view.table.accessibleName()


async def test_a_chart_is_kept_as_picture_drawing_and_table(parts, main, tmp_path: Path) -> None:
    window = await opened(main, parts, evaluation(parts))
    for kind in ("png", "svg", "csv", "txt"):
        window.keep(tmp_path / f"chart.{kind}")
        await settle(parts)
    assert "png, svg und csv" in window.said.told.text
    image = QImage(str(tmp_path / "chart.png"))
    assert image.width() == 1800
    svg = read(tmp_path / "chart.svg")
    assert QSvgRenderer(QByteArray(svg)).isValid()
    assert "Bundesagentur" in read(tmp_path / "chart.csv").decode("utf-8-sig")
    assert b"96" in svg
    assert not exists(tmp_path / "chart.txt")


async def test_what_the_open_tab_shows_is_copied(parts, main) -> None:
    window = await opened(main, parts, evaluation(parts, HERE, invented=True))
    window.copy.click()
    assert QApplication.clipboard().image().width() == 1800
    window.view.tabs.setCurrentIndex(1)
    window.copy.click()
    assert QApplication.clipboard().text().startswith("Erfundene Daten\nDas Wichtigste\nWert\tDiese Auswertung")


async def test_a_file_that_is_no_report_leaves_what_is_shown(parts, main, tmp_path: Path) -> None:
    window = await opened(main, parts, evaluation(parts))
    window.open_report(tmp_path / "summary.json")
    await settle(parts)
    assert "summary.json" in window.said.told.text
    assert window.list.count() > 0


def read(file: Path) -> bytes:
    return file.read_bytes()


def exists(file: Path) -> bool:
    return file.exists()


def test_the_program_starts_without_the_charts() -> None:
    code = "import sys, app.application, app.ui.chores; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
