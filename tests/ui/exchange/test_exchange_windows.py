"""Taking appointments over, the file for Outlook, the table: pressed and read as a person does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QDateEdit, QFileDialog, QListWidget, QPushButton, QRadioButton

from app.domain.appointments import Stage, Way
from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FILE_NAME, FeedSettings
from app.ui.exchange.feed import FeedDialog, tell_of_feed
from app.ui.exchange.table import TableDialog
from app.ui.exchange.taking_over import MOST_ROWS, TakeOverDialog
from app.ui.exchange.windows import ExchangeWindows
from tests.ui.appointment.support import noted, opened, press, says, settle, until
from tests.ui.support import dialog, find
from tests.unit.services.exchange.test_ics_import import WEBER, event, file

DAY = 86_400


@pytest.fixture
def windows(main, parts, feed) -> ExchangeWindows:
    return ExchangeWindows(main, parts, feed)


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


async def shown(windows, parts, calendar_file: Path, data: bytes) -> TakeOverDialog:
    windows.take_over_from(put(calendar_file, data))
    made = await opened(TakeOverDialog)
    await settle(parts)
    assert isinstance(made, TakeOverDialog)
    return made


def short(clock, uid: str, *lines: str) -> str:
    begin = datetime.fromtimestamp(clock.unix() + DAY, UTC)
    end = datetime.fromtimestamp(clock.unix() + DAY + 1800, UTC)
    return event(WEBER, "SUMMARY:Umschulung", *lines, uid=uid, start=f"{begin:%Y%m%dT%H%M%SZ}", end=f"{end:%Y%m%dT%H%M%SZ}")


async def test_what_is_in_the_file_is_shown_first_and_taken_over_once(windows, parts, book, clock, texts, told, calendar_file) -> None:
    data = file(short(clock, "1"), short(clock, "2"), short(clock, "3", "STATUS:CANCELLED"))
    window = await shown(windows, parts, calendar_file, data)
    assert says(window, "2 neue Termine sind in der Datei.")
    assert says(window, "Ein abgesagter Termin")
    assert "Jonas Weber · Umschulung" in window.findChildren(QListWidget)[0].item(0).text()
    assert not await book.between(0, 2**40)
    find(window, "Vor Ort", QRadioButton).click()
    press(window, "2 Termine übernehmen")
    await until(lambda: dialog(TakeOverDialog) is None)
    taken = await book.between(0, 2**40)
    assert [(each.stage, each.way, each.agreement) for each in taken] == [(Stage.NOTED, Way.ON_SITE, None)] * 2
    assert told == [texts("app.exchange.import.done.many", count=2)]
    again = await shown(windows, parts, calendar_file, data)
    assert says(again, texts("app.exchange.import.count.none"))
    assert says(again, texts("app.exchange.import.known.many", count=2))
    again.reject()


async def test_names_are_covered_while_somebody_looks(windows, parts, clock, calendar_file) -> None:
    parts.quiet.set_visitor(True)
    window = await shown(windows, parts, calendar_file, file(short(clock, "1")))
    row = window.findChildren(QListWidget)[0]
    assert not any(word in row.item(0).text() for word in ("Weber", "Umschulung"))
    parts.quiet.set_visitor(False)
    assert "Weber" in row.item(0).text()
    window.reject()


async def test_rows_of_a_table_that_cannot_be_read_are_named_by_line(windows, parts, book, clock, texts, told, tmp_path) -> None:
    day = f"{datetime.fromtimestamp(clock.unix() + 2 * DAY, UTC):%d.%m.%Y}"
    rows = ["Datum;Beginn;Minuten;Name;Art", f"{day};9:00;30;Frau Adam;", f"{day};10:00;45;Herr Weber;Gespräch per Telefon"]
    rows += ["gestern;9:00;30;C;"] + [f"{day};;30;D;"] * MOST_ROWS
    table = tmp_path / "termine.csv"
    window = await shown(windows, parts, table, "\n".join(rows).encode("cp1252"))
    assert says(window, "2 neue Termine sind in der Datei.")
    assert says(window, "Zeile 4: Das Datum fehlt oder ist unklar.")
    assert says(window, "Zeile 5: Der Beginn fehlt oder ist unklar.")
    assert says(window, texts("app.table.rows.more", count="1"))
    find(window, "Vor Ort", QRadioButton).click()
    press(window, "2 Termine übernehmen")
    await until(lambda: dialog(TakeOverDialog) is None)
    assert [(each.client.name, each.way) for each in await book.between(0, 2**40)] == [
        ("Frau Adam", Way.ON_SITE),
        ("Herr Weber", Way.PHONE),
    ]
    again = await shown(windows, parts, table, "\n".join(rows[:3]).encode())
    assert says(again, texts("app.exchange.import.known.many", count=2))
    again.reject()


async def test_nobody_is_asked_for_a_way_that_the_table_says(windows, parts, clock, texts, tmp_path) -> None:
    day = f"{datetime.fromtimestamp(clock.unix() + 2 * DAY, UTC):%Y-%m-%d}"
    window = await shown(windows, parts, tmp_path / "t.csv", f"Date,Start,End,Name,Way\n{day},9:00,9:30,A,on site".encode())
    assert not any(choice.isVisible() for choice in window.findChildren(QRadioButton))
    assert window.findChildren(QListWidget)[0].count() == 1
    window.reject()


async def test_a_file_of_another_kind_is_refused_in_a_sentence(windows, parts, texts, calendar_file) -> None:
    window = await shown(windows, parts, calendar_file, b"PK\x03\x04")
    assert says(window, texts("app.exchange.import.no-calendar"))
    window.reject()
    calendar_file.unlink()
    windows.take_over_from(calendar_file)
    await settle(parts)
    assert says(await opened(TakeOverDialog), texts("app.exchange.import.unreadable"))


async def test_the_file_for_outlook_wants_a_folder_and_is_switched_on(windows, parts, book, feed, texts, tmp_path) -> None:
    await noted(book)
    windows.feed()
    window = await opened(FeedDialog)
    assert not find(window, texts("app.exchange.feed.on"), QCheckBox).isChecked()
    find(window, texts("app.exchange.feed.on"), QCheckBox).click()
    press(window, texts("app.exchange.feed.keep"))
    assert says(window, texts("app.exchange.feed.no-folder"))
    press(window, texts("app.exchange.feed.browse"))
    asked = await opened(QFileDialog)
    asked.setDirectory(str(tmp_path))
    asked.selectFile(str(tmp_path))
    asked.accept()
    await until(lambda: dialog(QFileDialog) is None)
    press(window, texts("app.exchange.feed.keep"))
    await until(lambda: dialog(FeedDialog) is None)
    assert feed.settings == FeedSettings(on=True, folder=str(tmp_path))
    assert (tmp_path / FILE_NAME).read_bytes().count(b"BEGIN:VEVENT") == 1


async def test_a_folder_that_cannot_be_written_is_said_at_its_field(main, parts, texts, tmp_path) -> None:
    nowhere = str(tmp_path / "nowhere")
    feed = CalendarFeed(parts.book, parts.clock, parts.tasks, texts, FeedSettings(folder=nowhere), lambda _s: None, names_allowed=False)
    window = FeedDialog(main, parts, feed)
    window.open()
    assert says(window, texts("app.exchange.feed.names.locked"))
    find(window, texts("app.exchange.feed.on"), QCheckBox).click()
    assert not find(window, texts("app.exchange.feed.names"), QCheckBox).isEnabled()
    press(window, texts("app.exchange.feed.keep"))
    await until(lambda: says(window, texts("app.exchange.not-written", folder=nowhere)))
    assert not feed.settings.on
    window.reject()


async def test_a_file_that_falls_behind_is_told_once(parts, book, clock, feed, told, texts, tmp_path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    tell_of_feed(feed, parts)
    feed.open()
    await feed.choose(FeedSettings(on=True, folder=str(folder)))
    (folder / FILE_NAME).unlink()
    folder.rmdir()
    for _ in range(2):
        await noted(book)
        clock.advance(2)
        await settle(parts)
    assert told == [texts("app.exchange.not-written", folder=str(folder))]
    feed.close()


async def test_a_span_is_saved_as_a_table(windows, parts, book, clock, told, texts, tmp_path) -> None:
    await noted(book, in_s=3600)
    windows.table()
    window = await opened(TableDialog)
    first, last = (find(window, texts(f"app.exchange.csv.{end}"), QDateEdit) for end in ("first", "last"))
    last.setDate(first.date().addDays(-1))
    press(window, texts("app.exchange.csv.save"))
    assert says(window, texts("app.exchange.csv.backwards"))
    for saved, day in ((False, first.date().addYears(1)), (True, first.date().addDays(30))):
        first.setDate(day if not saved else first.date().addYears(-1))
        last.setDate(day)
        press(window, texts("app.exchange.csv.save"))
        asked = await opened(QFileDialog)
        asked.selectFile(str(tmp_path / "t.csv"))
        asked.accept()
        await settle(parts)
        assert (tmp_path / "t.csv").exists() is saved
    await until(lambda: dialog(TableDialog) is None)
    assert told == [texts("app.exchange.csv.empty"), texts("app.exchange.csv.done", count=1)]
    assert "Yılmaz" in (tmp_path / "t.csv").read_text("utf-8-sig")


async def test_the_way_to_the_file_leads_through_the_systems_dialog(windows, parts, clock, calendar_file) -> None:
    calendar_file.write_bytes(file(short(clock, "1")))
    windows.take_over()
    asked = await opened(QFileDialog)
    asked.selectFile(str(calendar_file))
    asked.accept()
    window = await opened(TakeOverDialog)
    await settle(parts)
    assert find(window, "Diesen Termin übernehmen", QPushButton).isVisible()
    window.reject()
