"""The dialog "Vertretung": what it shows, asks and does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from app.domain.appointments import Stage
from app.domain.deputy import ActKind
from app.domain.mails import MailKind
from app.services.appointments.lock import Lock
from app.services.local_time import wall_of
from app.ui.appointment.asking import AskDialog
from app.ui.team.members import MembersDialog
from app.ui.team.stand_in import StandInDialog
from tests.support.book_table import HOUR, draft_of
from tests.ui.appointment.support import opened, press, says, settle, until
from tests.ui.support import dialog, find, names


async def looking_at(windows, parts, table, appointment) -> StandInDialog:
    """The dialog on that appointment's day, the appointment chosen by the keyboard's way: its row."""
    windows.stand_in()
    shown = await opened(StandInDialog)
    day = wall_of(appointment.starts_at).date()
    await settle(parts)
    shown.who.setCurrentIndex(shown.who.findData(table.anna.team.keys.id))
    shown.day.setDate(QDate(day.year, day.month, day.day))
    await settle(parts)
    if shown.table.model().rowCount():
        shown.table.selectRow(0)
    return shown


async def ill_with_one(table):
    invited = await table.anna.invited()
    await table.anna.look()
    await table.anna.close()
    return invited


async def test_a_colleagues_day_is_read_out_row_by_row(windows, parts, table) -> None:
    invited = await ill_with_one(table)
    shown = await looking_at(windows, parts, table, invited)
    first = shown.table.model().index(0, 0)
    sentence = first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Änne Öztürk" in sentence
    assert "Video" in sentence
    assert "Eingeladen" in sentence
    assert says(shown, "+49 30 123")
    shown.reject()
    await until(lambda: dialog(StandInDialog) is None)


async def test_taken_over_with_a_mail_after_a_question(windows, parts, table, told) -> None:
    invited = await ill_with_one(table)
    here: list[str] = []
    windows.taken_over.connect(here.append)
    shown = await looking_at(windows, parts, table, invited)
    press(shown, "Übernehmen …")
    question = await opened(AskDialog)
    assert not table.bernd.store.between(0, 2**40)  # nothing before the answer
    press(question, "Übernehmen und den neuen Link per E-Mail senden")
    await settle(parts)
    await until(lambda: bool(here))
    assert here == [invited.id]
    assert table.bernd.find(invited.id).stage is Stage.INVITED
    assert table.bernd.store.mails_of(invited.id)[0].kind is MailKind.NEW_LINK
    assert told == [parts.texts("app.team.done.take-over")]
    await settle(parts)
    assert "Übernommen von Bernd" in shown.table.model().index(0, 3).data()
    assert not find(shown, "Übernehmen …", QPushButton).isEnabled()
    shown.reject()


async def test_going_back_changes_nothing(windows, parts, table) -> None:
    invited = await ill_with_one(table)
    shown = await looking_at(windows, parts, table, invited)
    press(shown, "Absagen …")
    question = await opened(AskDialog)
    press(question, parts.texts("app.sheet.back"))
    await settle(parts)
    assert not table.bernd.store.between(0, 2**40)
    assert not [name for name in table.shelf.files if name.startswith("acts/")]
    shown.reject()


async def test_called_off_by_the_person_without_a_mail(windows, parts, table) -> None:
    invited = await ill_with_one(table)
    shown = await looking_at(windows, parts, table, invited)
    press(shown, "Absagen …")
    press(await opened(AskDialog), "Die Person sagt ab, ohne E-Mail")
    await until(lambda: table.bernd.store.find(invited.id) is not None)
    await settle(parts)
    assert table.bernd.find(invited.id).stage is Stage.CANCELLED
    assert not table.bernd.store.mails_of(invited.id)
    shown.reject()


async def test_while_mails_are_locked_none_is_offered_and_the_reason_is_said(windows, parts, table) -> None:
    invited = await ill_with_one(table)
    table.bernd.book.lock_now = Lock("app.appointment.locked.no-mail-server")
    shown = await looking_at(windows, parts, table, invited)
    press(shown, "Übernehmen …")
    question = await opened(AskDialog)
    assert says(question, parts.texts("app.appointment.locked.no-mail-server"))
    assert "Übernehmen und den neuen Link per E-Mail senden" not in names(question)
    question.reject()
    shown.reject()


async def test_who_was_first_is_said(windows, parts, table, told) -> None:
    invited = await ill_with_one(table)
    shown = await looking_at(windows, parts, table, invited)
    await table.carla.act(ActKind.TAKE_OVER, table.anna)
    press(shown, "Übernehmen …")
    press(await opened(AskDialog), "Übernehmen, ohne E-Mail")
    await until(lambda: bool(told))
    await settle(parts)
    assert told == [parts.texts("app.team.first", name="Carla")]
    assert not table.bernd.store.between(0, 2**40)
    shown.reject()


class Telephone(QObject):
    """Of the workstation; notes what it is asked to ring up."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[str] = []

    @Slot(QUrl)
    def ring(self, link: QUrl) -> None:
        self.rung.append(link.toString())


@pytest.fixture
def telephone() -> Iterator[Telephone]:
    made = Telephone()
    QDesktopServices.setUrlHandler("tel", made, "ring")
    yield made
    QDesktopServices.unsetUrlHandler("tel")


async def test_calling_dials_the_number(windows, parts, table, telephone) -> None:
    shown = await looking_at(windows, parts, table, await ill_with_one(table))
    press(shown, "Anrufen")
    assert telephone.rung == ["tel:+4930123"]
    shown.reject()


@pytest.mark.parametrize("table", ["k" * 43], indirect=True)
async def test_where_the_room_comes_along_no_new_link_is_offered(windows, parts, table, told) -> None:
    """Both work at the same agency's server."""
    invited = await ill_with_one(table)
    shown = await looking_at(windows, parts, table, invited)
    press(shown, "Übernehmen …")
    question = await opened(AskDialog)
    assert says(question, parts.texts("app.team.take-over.room.text"))
    assert not says(question, "bekommt einen neuen Link")
    assert "Übernehmen und den neuen Link per E-Mail senden" not in names(question)
    press(question, "Mit dem Warteraum übernehmen und wie geplant per E-Mail erinnern")
    await settle(parts)
    await until(lambda: bool(told))
    assert told == [parts.texts("app.team.done.take-over")]
    ours = table.bernd.find(invited.id)
    assert ours.access == invited.access
    assert {mail.kind.is_reminder for mail in table.bernd.store.mails_of(invited.id)} == {True}
    shown.reject()


async def test_a_visitor_reads_no_names(windows, parts, table) -> None:
    shown = await looking_at(windows, parts, table, await ill_with_one(table))
    parts.quiet.set_visitor(True)
    await settle(parts)
    assert not says(shown, "Öztürk")
    assert not says(shown, "+49 30 123")
    shown.reject()


async def test_a_missing_folder_is_said_in_its_place(windows, parts, table) -> None:
    invited = await ill_with_one(table)
    table.shelf.away = True
    shown = await looking_at(windows, parts, table, invited)
    assert says(shown, parts.texts("app.team.folder.away"))
    table.shelf.away = False
    shown.reject()


async def test_without_colleagues_the_way_out_is_said(windows, parts, table) -> None:
    for other in (table.anna, table.carla):
        await table.bernd.team.dismiss(other.team.keys.id)
    windows.stand_in()
    shown = await opened(StandInDialog)
    await settle(parts)
    assert says(shown, parts.texts("app.team.nobody"))
    press(shown, "Team")
    assert await opened(MembersDialog)
    shown.reject()


async def test_what_deputies_did_with_ours_is_told(windows, parts, table, told) -> None:
    await table.bernd.book.note(draft_of(table.clock, HOUR))
    await table.bernd.look()
    await table.anna.act(ActKind.TAKE_OVER, table.bernd)
    assert told == [parts.texts("app.team.told.take-over", name="Anna")]


# ---- who belongs to the team


async def test_files_are_exchanged_and_words_compared(windows, parts, table, told, tmp_path: Path) -> None:
    await table.bernd.team.dismiss(table.anna.team.keys.id)
    file = tmp_path / "anna.json"
    file.write_bytes(await table.anna.team.own_file("Anna Weiß"))
    windows.members()
    shown = await opened(MembersDialog)
    shown.take_in(file)
    question = await opened(AskDialog)
    assert says(question, " · ".join(table.anna.team.words(table.anna.team.own)))
    assert [one.name for one in table.bernd.team.colleagues] == ["Carla"]  # not before the answer
    press(question, "Alle Wörter sind gleich, aufnehmen")
    await until(lambda: len(table.bernd.team.colleagues) == 2)
    await settle(parts)
    assert shown.list.item(0).text() == "Anna Weiß"
    assert told == [parts.texts("app.team.admitted", name="Anna Weiß")]
    shown.reject()


async def test_a_changed_file_is_refused(windows, parts, table, told, tmp_path: Path) -> None:
    file = tmp_path / "anna.json"
    file.write_bytes((await table.anna.team.own_file("Anna")).replace(b"Anna", b"Anne"))
    windows.members()
    shown = await opened(MembersDialog)
    shown.take_in(file)
    await until(lambda: bool(told))
    assert told == [parts.texts("app.team.file.broken")]
    assert dialog(AskDialog) is None
    shown.reject()


async def test_the_own_file_is_written_under_the_name_that_was_typed(windows, parts, table, told, tmp_path: Path) -> None:
    windows.members()
    shown = await opened(MembersDialog)
    shown.name.setText("Bernd Groß")
    shown.export(tmp_path / "own.json")
    await until(lambda: bool(told))
    assert told == [parts.texts("app.team.own.exported")]
    assert table.anna.team.read((tmp_path / "own.json").read_bytes()).name == "Bernd Groß"
    shown.reject()


async def test_taking_somebody_out_is_asked(windows, parts, table) -> None:
    windows.members()
    shown = await opened(MembersDialog)
    shown.list.setCurrentRow(0)
    press(shown, "Aus dem Team nehmen")
    press(await opened(AskDialog), "Aus dem Team nehmen")
    await until(lambda: [one.name for one in table.bernd.team.colleagues] == ["Carla"])
    shown.reject()
