"""A day as PDF: asked for, written on a thread, told how it went; without names while they are hidden."""

from __future__ import annotations

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QFileDialog

from app.services.appointments.ports import StoreError
from app.ui.calendar.printer import DayPrinter
from app.ui.messages import Messages
from tests.ui.calendar_support import DAY, Desk, one
from tests.ui.support import dialog


@pytest.fixture
def desk(qtbot, theme, texts):
    made = Desk(qtbot, theme, texts, [one("Ada", 9), one("Bea", 9, 15)])
    yield made
    made.model.close()


@pytest.fixture
def told(texts):
    return []


@pytest.fixture
def printer(desk, texts, told):
    messages = Messages(texts)
    messages.told.connect(told.append)
    works = []
    made = DayPrinter(desk.model, desk.view.words, texts, messages, lambda _name, work: works.append(work))
    made.works = works
    return made


def words_of(path) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages)


async def test_it_is_written_with_what_is_shown(desk, printer, told, texts, tmp_path) -> None:
    path = tmp_path / "tag.pdf"
    await printer.save(DAY, path)
    text = words_of(path)
    assert "Frau Ada" in text
    assert "Frau Bea" in text
    assert "überschneidet" in text
    assert told == [texts("app.calendar.paper.done")]


async def test_without_names_while_they_are_hidden(desk, printer, tmp_path) -> None:
    desk.quiet.set_visitor(True)
    path = tmp_path / "tag.pdf"
    await printer.save(DAY, path)
    assert "Frau" not in words_of(path)
    assert "9:00" in words_of(path)


async def test_a_place_that_cannot_be_written_is_told(printer, told, texts, tmp_path) -> None:
    await printer.save(DAY, tmp_path / "nirgends" / "tag.pdf")
    assert told == [texts("app.calendar.paper.failed")]


async def test_a_store_that_cannot_read_is_told(desk, printer, told, texts, tmp_path) -> None:
    async def broken(start, end):
        raise StoreError("app.store.stale")

    desk.book.between = broken
    await printer.save(DAY, tmp_path / "tag.pdf")
    assert told == [texts("app.store.stale")]
    assert not (tmp_path / "tag.pdf").exists()


def test_it_is_asked_where(desk, printer, qtbot, tmp_path) -> None:
    printer.ask(DAY, desk.view)
    asked = dialog(QFileDialog)
    assert asked.selectedFiles()[0].endswith("Termine-2026-05-13.pdf")
    asked.setDirectory(str(tmp_path))
    asked.selectFile("mein Tag")
    asked.accept()
    (work,) = printer.works
    work.close()
