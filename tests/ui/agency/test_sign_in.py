"""Signing in with the agency's account: one sentence at a time, a way out of each, and what comes after it."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from app.services.agency.ports import Trouble
from app.services.agency.settings import Way
from app.services.agency.sign_in_port import SignInFault, SignInView, Step
from app.services.fakes.agency import FakeAgencyDoor, sample_agency
from app.services.local_time import unix_of, wall_of
from app.ui.agency.connect import ConnectDialog
from app.ui.agency.joined import JoinedDialog
from app.ui.agency.sign_in import SignInDialog, sentence_of
from app.ui.agency.status import AgencyWindow
from app.ui.agency.windows import AgencyWindows
from app.ui.appointment.signs import Sign
from tests.ui.appointment.support import opened, press, says
from tests.ui.test_accessibility import nameless

AUTH = "https://id.agency.example/auth?nonce=1"
SIGNED_IN = msgspec.structs.replace(sample_agency(), way=Way.SIGN_IN)
UNTIL = 1_800_000_000


@pytest.fixture
def told(parts):
    sentences: list[str] = []
    parts.messages.told.connect(sentences.append)
    return sentences


async def test_who_has_no_code_signs_in(main, make, around, texts) -> None:
    windows = AgencyWindows(main, make(FakeAgencyDoor()))
    windows.show()
    window = await opened(ConnectDialog)
    assert nameless(window) == []
    window.address.control.setText("no address")
    press(window, texts("app.signin.button"))
    assert says(window, texts("app.agency.trouble.address"))
    window.address.control.setText("video.jobcenter.example")
    press(window, texts("app.signin.button"))
    dialog = await opened(SignInDialog)
    assert around.sign_in.begun == ["video.jobcenter.example"]
    assert nameless(dialog) == []
    around.sign_in.go(SignInView(Step.BROWSER, AUTH))
    assert dialog.told.text == texts("app.signin.step.browser")
    assert not dialog.where.isVisible()
    press(dialog, texts("app.signin.open-again"))
    assert around.sign_in.opened_again == 1
    around.sign_in.go(SignInView(Step.CHECKING))
    assert not dialog.go_on.isVisible()
    around.sign_in.go(SignInView(Step.DONE, server=SIGNED_IN, until=UNTIL))
    assert says(await opened(JoinedDialog), "Jobcenter Musterstadt")
    assert around.sign_in.view.step is Step.DONE


async def test_without_a_browser_the_address_can_be_copied(main, make, around, texts) -> None:
    AgencyWindows(main, make(FakeAgencyDoor())).sign_in("video.jobcenter.example")
    dialog = await opened(SignInDialog)
    around.sign_in.go(SignInView(Step.BROWSER, AUTH, opened=False))
    assert (dialog.told.sign, dialog.told.text) == (Sign.WEAK, texts("app.signin.no-browser"))
    assert nameless(dialog) == []
    press(dialog, texts("app.signin.copy"))
    assert QApplication.clipboard().text() == AUTH
    dialog.reject()
    assert around.sign_in.view.step is Step.CANCELLED


async def test_what_went_wrong_can_be_tried_again(main, make, around, texts) -> None:
    AgencyWindows(main, make(FakeAgencyDoor())).sign_in("video.jobcenter.example")
    dialog = await opened(SignInDialog)
    around.sign_in.go(SignInView(Step.FAILED, failure=SignInFault.TOO_WEAK))
    assert (dialog.told.sign, dialog.told.text) == (Sign.BAD, texts("app.signin.fault.too-weak"))
    press(dialog, texts("app.signin.try-again"))
    assert len(around.sign_in.begun) == 2
    assert dialog.told.text == texts("app.signin.step.asking")
    dialog.reject()


def test_every_failure_has_a_sentence_that_speaks_of_no_code_that_nobody_has(texts) -> None:
    for failure in (*SignInFault, *(each for each in Trouble if not each.of_code)):
        assert "noch nicht verbraucht" not in texts(sentence_of(failure))
        assert texts(sentence_of(failure)).endswith((".", ".“"))


async def test_a_sign_in_that_is_over_is_renewed_and_the_program_goes_on(main, make, around, texts, told) -> None:
    door = FakeAgencyDoor(current=SIGNED_IN, address="https://video.jobcenter.example")
    AgencyWindows(main, make(door)).show()
    press(await opened(AgencyWindow), texts("app.signin.again"))
    await opened(SignInDialog)
    assert around.sign_in.begun == ["https://video.jobcenter.example"]
    around.sign_in.go(SignInView(Step.DONE, server=SIGNED_IN, until=UNTIL))
    assert told == [texts("app.signin.done", hour=f"{wall_of(UNTIL):%H:%M}")]
    assert unix_of(wall_of(UNTIL)) == UNTIL
