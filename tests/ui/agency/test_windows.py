"""The windows of the agency's server: a code is pasted, each trouble has its sentence and place, success says where, leaving is asked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services.agency.ports import NotEnrolled, Trouble
from app.services.fakes.agency import FakeAgencyDoor, sample_agency
from app.services.server_port import ServerState
from app.ui.agency.connect import MOST_LETTERS, ConnectDialog
from app.ui.agency.joined import JoinedDialog
from app.ui.agency.status import AgencyWindow
from app.ui.agency.windows import AgencyWindows
from app.ui.appointment.asking import AskDialog
from app.ui.appointment.signs import Sign
from tests.ui.appointment.support import opened, press, says, settle, turn, until
from tests.ui.support import dialog, names
from tests.ui.test_accessibility import nameless

CODE = "VB1-" + "-".join(f"ABCD{n:X}" for n in range(13))
ADDRESS = "https://video.jobcenter.example"


@pytest.fixture
def open_at(main, make):
    """The windows over a door, the first one open."""

    def opened_at(door: FakeAgencyDoor) -> AgencyWindows:
        windows = AgencyWindows(main, make(door))
        windows.overs = []
        windows.changed_over.connect(lambda: windows.overs.append(True))
        windows.show()
        return windows

    return opened_at


def paste(window: ConnectDialog, text: str) -> None:
    QApplication.clipboard().setText(text)
    window.code.control.setFocus()
    window.code.control.selectAll()
    window.code.control.paste()


async def test_a_pasted_code_connects_and_success_says_where(open_at, parts, texts) -> None:
    door = FakeAgencyDoor(CODE)
    windows = open_at(door)
    window = await opened(ConnectDialog)
    assert nameless(window) == []
    window.address.control.setText("video.jobcenter.example")
    paste(window, CODE)
    QTest.keyClick(window.code.control, Qt.Key.Key_Return)
    joined = await opened(JoinedDialog)
    assert says(joined, "Jobcenter Musterstadt")
    assert says(joined, "musterstadt-nord")
    assert nameless(joined) == []
    await settle(parts)
    press(joined, texts("app.agency.joined.now"))
    assert windows.overs == [True]


async def test_whoever_wants_to_change_over_later_finds_it_in_the_menu(open_at, parts, texts) -> None:
    door = FakeAgencyDoor(CODE, address=ADDRESS)
    windows = open_at(door)
    window = await opened(ConnectDialog)
    paste(window, CODE)
    press(window, texts("app.agency.connect.go"))
    press(await opened(JoinedDialog), texts("app.agency.joined.later"))
    await settle(parts)
    assert windows.overs == []
    windows.show()
    status = await opened(AgencyWindow)
    assert says(status, texts("app.agency.status.waiting"))
    press(status, texts("app.agency.joined.now"))
    assert windows.overs == [True]


async def test_in_a_conversation_the_program_does_not_change_over(open_at, around, texts) -> None:
    around.talking = True
    open_at(FakeAgencyDoor(CODE, address=ADDRESS))
    window = await opened(ConnectDialog)
    paste(window, CODE)
    press(window, texts("app.agency.connect.go"))
    joined = await opened(JoinedDialog)
    assert says(joined, texts("app.agency.joined.talk"))
    assert not joined.go_on.isVisible()


@pytest.mark.parametrize("trouble", Trouble)
async def test_every_trouble_has_a_sentence_at_its_place_and_nothing_is_lost(open_at, parts, texts, trouble) -> None:
    door = FakeAgencyDoor(CODE, address=ADDRESS)
    door.trouble = NotEnrolled(trouble, group=7)
    open_at(door)
    window = await opened(ConnectDialog)
    paste(window, CODE)
    press(window, texts("app.agency.connect.go"))
    await settle(parts)
    sentence = texts(f"app.agency.trouble.{trouble.value}", group=7)
    place = window.code if trouble.of_code else window.address if trouble is Trouble.ADDRESS else None
    if place is None:
        assert (window.told.text, window.told.sign) == (sentence, Sign.BAD)
    else:
        assert place.error == sentence
        await until(place.control.hasFocus)
    assert window.code.control.toPlainText() == CODE
    door.trouble = None
    press(window, texts("app.agency.connect.go"))
    assert await opened(JoinedDialog)


async def test_an_address_of_a_policy_is_shown_and_cannot_be_changed(open_at, texts) -> None:
    open_at(FakeAgencyDoor(CODE, address=ADDRESS, locked=True))
    window = await opened(ConnectDialog)
    assert window.address.control.text() == ADDRESS
    assert window.address.control.isReadOnly()
    assert says(window, texts("app.agency.connect.address.locked"))
    await until(window.code.control.hasFocus)


@pytest.mark.parametrize("given", [False, True])
async def test_links_that_were_sent_are_spoken_of_where_there_are_any(open_at, around, texts, given) -> None:
    around.links_given = given
    open_at(FakeAgencyDoor(CODE))
    window = await opened(ConnectDialog)
    assert says(window, texts("app.agency.connect.links")) is given


async def test_tab_leads_through_the_window_and_a_book_is_not_taken_in(open_at, main) -> None:
    open_at(FakeAgencyDoor(CODE))
    window = await opened(ConnectDialog)
    await until(window.address.control.hasFocus)
    QTest.keyClick(window.address.control, Qt.Key.Key_Tab)
    await until(window.code.control.hasFocus)
    paste(window, "x" * 10_000)
    assert len(window.code.control.toPlainText()) == MOST_LETTERS
    QTest.keyClick(window.code.control, Qt.Key.Key_Tab)
    await until(lambda: not window.code.control.hasFocus())
    assert not window.code.control.document().isUndoAvailable()
    window.reject()
    assert window.code.control.toPlainText() == ""


async def test_the_window_follows_how_the_server_stands(open_at, texts) -> None:
    door = FakeAgencyDoor(address=ADDRESS, current=sample_agency())
    open_at(door)
    window = await opened(AgencyWindow)
    assert nameless(window) == []
    listed = names(window)
    for part, value in (("label", "Jobcenter Musterstadt"), ("site", "musterstadt-nord"), ("address", ADDRESS), ("links", ADDRESS)):
        assert f"{texts(f'app.agency.status.{part}')}: {value}" in listed
    assert says(window, texts("app.agency.status.starting"))
    door.server.stand(ServerState.READY)
    assert says(window, texts("app.agency.status.ready"))
    door.server.stand(ServerState.FAILING, "revoked")
    assert says(window, texts("app.agency.notice.revoked"))
    press(window, texts("app.agency.status.again"))
    assert await opened(ConnectDialog)


async def test_leaving_is_asked_and_changes_over(open_at, parts, texts) -> None:
    door = FakeAgencyDoor(address=ADDRESS, current=sample_agency())
    windows = open_at(door)
    press(await opened(AgencyWindow), texts("app.agency.status.leave"))
    question = await opened(AskDialog)
    assert says(question, texts("app.agency.leave.links"))
    press(question, texts("app.sheet.back"))
    await turn()
    assert door.current is not None
    windows.show()
    press(await opened(AgencyWindow), texts("app.agency.status.leave"))
    press(await opened(AskDialog), texts("app.agency.leave.go"))
    await until(lambda: windows.overs == [True])
    assert door.current is None


async def test_where_a_policy_names_the_server_nobody_leaves(open_at, texts) -> None:
    open_at(FakeAgencyDoor(address=ADDRESS, locked=True, current=sample_agency()))
    window = await opened(AgencyWindow)
    assert says(window, texts("app.agency.status.locked"))
    assert texts("app.agency.status.leave") not in names(window)


async def test_whoever_gives_up_waiting_still_hears_that_it_has_happened(open_at, parts, texts) -> None:
    door = FakeAgencyDoor(CODE, address=ADDRESS)
    open_at(door)
    window = await opened(ConnectDialog)
    paste(window, CODE)
    press(window, texts("app.agency.connect.go"))
    window.reject()
    assert await opened(JoinedDialog)
    assert dialog(ConnectDialog) is None
