"""A new appointment: planned, as a series, at once; and that a refusal loses nothing."""

from __future__ import annotations

from datetime import date, time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QRadioButton, QSpinBox, QTimeEdit

from app.domain.appointments import Stage, Way
from app.ui.appointment.new import NowDialog, PlannedDialog
from app.ui.appointment.sheet import CallSheet
from app.ui.appointment.when import NoSuchTime, When, unix_of
from tests.ui.appointment.support import noted, opened, press, says, settle, until
from tests.ui.support import dialog, find

DAY = 86_400


async def everything(book, clock):
    return await book.between(0, clock.unix() + 400 * DAY)


async def test_enter_notes_and_opens_the_call_sheet(windows, parts, book, clock) -> None:
    noted: list[str] = []
    windows.noted.connect(noted.append)
    windows.new(clock.unix() + DAY, 45)
    new = await opened(PlannedDialog)
    find(new, "Name", QLineEdit).setText("Aylin Yılmaz")
    find(new, "E-Mail-Adresse", QLineEdit).setText("a.yilmaz@example.org")
    QTest.keyClick(new, Qt.Key.Key_Return)
    await until(lambda: bool(noted))
    await until(lambda: dialog(CallSheet) is not None)
    (made,) = await everything(book, clock)
    assert (made.id, made.starts_at // 60, made.minutes, made.client.name) == (noted[0], (clock.unix() + DAY) // 60, 45, "Aylin Yılmaz")
    assert dialog(PlannedDialog) is None
    assert list(windows.sheets) == noted


async def test_a_refusal_stands_at_its_field_and_loses_nothing(windows, parts, book, clock, texts) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    find(new, "Name", QLineEdit).setText("Jonas Weber")
    email = find(new, "E-Mail-Adresse", QLineEdit)
    email.setText("weber@@example.org\nBcc: x@example.org")
    press(new, "Eintragen")
    sentence = texts("app.appointment.draft.email")
    await until(lambda: says(new, sentence))
    assert email.hasFocus()
    assert sentence in email.accessibleDescription()
    assert find(new, "Name", QLineEdit).text() == "Jonas Weber"
    assert not await everything(book, clock)
    email.setText("weber@example.org")
    press(new, "Eintragen")
    await until(lambda: dialog(PlannedDialog) is None)
    assert len(await everything(book, clock)) == 1


@pytest.mark.parametrize("name", ["ن" * 201, "x" * 10_000])
async def test_endless_names_are_kept_in_the_field(windows, parts, texts, clock, name) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    find(new, "Name", QLineEdit).setText(name)
    press(new, "Eintragen")
    await until(lambda: says(new, texts("app.appointment.draft.too-many-letters", most="200")))
    assert find(new, "Name", QLineEdit).text() == name


@pytest.mark.parametrize("name", ["محمد", "👩‍🦽 Ana", "O'Brien-Łukasz"])
async def test_names_of_every_script(windows, parts, book, clock, name) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    find(new, "Name", QLineEdit).setText(name)
    press(new, "Eintragen")
    await until(lambda: dialog(PlannedDialog) is None)
    assert [one.client.name for one in await everything(book, clock)] == [name]


@pytest.mark.parametrize(("way", "name"), [(Way.PHONE, "Per Telefon"), (Way.ON_SITE, "Vor Ort"), (Way.VIDEO, "Per Video")])
async def test_three_ways_alike(windows, parts, book, clock, way, name) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    options = [find(new, each, QRadioButton) for each in ("Per Video", "Per Telefon", "Vor Ort")]
    assert max(o.width() for o in options) - min(o.width() for o in options) <= 1
    find(new, name, QRadioButton).click()
    press(new, "Eintragen")
    await until(lambda: dialog(PlannedDialog) is None)
    assert [one.way for one in await everything(book, clock)] == [way]


async def test_a_taken_time_is_said_and_allowed(windows, parts, book, clock) -> None:
    taken = await noted(book)
    windows.new(taken.starts_at + 600)
    new = await opened(PlannedDialog)
    await until(lambda: says(new, "Um diese Zeit steht schon") and says(new, "Aylin Yılmaz"))
    find(new, "Beginn", QTimeEdit).setTime(find(new, "Beginn", QTimeEdit).time().addSecs(3_600))
    await until(lambda: not says(new, "Um diese Zeit steht schon"))
    find(new, "Beginn", QTimeEdit).setTime(find(new, "Beginn", QTimeEdit).time().addSecs(-3_600))
    press(new, "Eintragen")
    await until(lambda: dialog(PlannedDialog) is None)
    assert len(await everything(book, clock)) == 2


async def test_series(windows, parts, book, clock) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    count = find(new, "Wie oft?", QSpinBox)
    assert not count.isEnabled()
    next(each for each in new.findChildren(QComboBox) if each.accessibleName() == "Wiederholung").setCurrentIndex(2)
    count.setValue(3)
    press(new, "Eintragen")
    await until(lambda: dialog(PlannedDialog) is None)
    made = await everything(book, clock)
    assert [(one.starts_at - made[0].starts_at) // DAY for one in made] == [0, 14, 28]
    assert len({one.series for one in made}) == 1


async def test_the_time_that_the_clocks_skip(windows, parts, texts) -> None:
    windows.new(unix_of(date(2027, 3, 28), time(9, 0)))
    new = await opened(PlannedDialog)
    find(new, "Beginn", QTimeEdit).setTime(find(new, "Beginn", QTimeEdit).time().fromString("02:30", "HH:mm"))
    press(new, "Eintragen")
    await until(lambda: says(new, texts("app.noting.no-such-time")))


def test_both_clock_changes() -> None:
    with pytest.raises(NoSuchTime):
        unix_of(date(2027, 3, 28), time(2, 30))
    before, after = unix_of(date(2027, 3, 28), time(1, 59)), unix_of(date(2027, 3, 28), time(3, 0))
    assert after - before == 60
    assert unix_of(date(2026, 10, 25), time(3, 30)) - unix_of(date(2026, 10, 25), time(2, 30)) == 7_200
    assert When(before, 90).ends_at - before == 5_400


async def test_right_now_needs_the_agreement(windows, parts, book, clock, texts) -> None:
    windows.new_now()
    new = await opened(NowDialog)
    find(new, "Name", QLineEdit).setText("Aylin Yılmaz")
    press(new, "Link erstellen")
    await until(lambda: says(new, texts("app.noting.now.not-agreed")))
    assert not await everything(book, clock)
    find(new, "Zustimmung am Telefon: Die Person hat Ja gesagt", QCheckBox).setChecked(True)
    press(new, "Link erstellen")
    await until(lambda: dialog(CallSheet) is not None)
    (made,) = await everything(book, clock)
    assert (made.stage, made.way, made.agreed) == (Stage.AGREED, Way.VIDEO, True)
    await settle(parts)


async def test_escape_notes_nothing(windows, parts, book, clock) -> None:
    windows.new(clock.unix() + DAY)
    new = await opened(PlannedDialog)
    QTest.keyClick(new, Qt.Key.Key_Escape)
    await until(lambda: dialog(PlannedDialog) is None)
    assert not await everything(book, clock)
