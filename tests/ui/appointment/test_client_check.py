"""The client's guided check as the counsellor sees it on the phone: the screen, and the sentence to say."""

from __future__ import annotations

import pytest
import pytest_asyncio

from app.domain.checks import Fault
from app.domain.readiness import Check, Readiness, Step
from app.ui.appointment.client_check import FRESH_S, ClientCheck
from app.ui.appointment.watch import WatchPanel
from tests.ui.appointment.support import becomes, invited, settle

NOW = 1_795_507_200
SCREENS = [step for step in Step if step.of_the_check]


@pytest_asyncio.fixture
async def panel(qtbot, parts) -> ClientCheck:
    made = ClientCheck(parts)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("step", SCREENS)
async def test_each_screen_has_its_sentence(panel: ClientCheck, texts, step: Step) -> None:
    panel.show_readiness(Readiness(step=step.value, at=NOW), NOW)
    assert panel.isVisible()
    assert panel.where.text() == texts(f"app.wizard.client.is.{step.value}")
    assert panel.say.text() == texts(f"app.wizard.client.say.{step.value}")


async def test_a_fault_has_a_sentence_of_its_own(panel: ClientCheck, texts) -> None:
    panel.show_readiness(Readiness(step=Step.CHECK_MICROPHONE.value, reason=Fault.MIC_DENIED.value, microphone=Check.FAILED, at=NOW), NOW)
    assert panel.say.text() == texts("app.fault.mic-denied.client")


async def test_an_unknown_fault_is_asked_about(panel: ClientCheck, texts) -> None:
    panel.show_readiness(Readiness(step=Step.CHECK_CAMERA.value, reason="something-new", at=NOW), NOW)
    assert panel.say.text() == texts("app.wizard.client.say.unknown")


@pytest.mark.parametrize("readiness", [Readiness(step="waiting", at=NOW), Readiness(), Readiness(step="check-camera", at=NOW - FRESH_S)])
async def test_other_pages_and_old_reports_show_nothing(panel: ClientCheck, readiness: Readiness) -> None:
    panel.show_readiness(Readiness(step="check-camera", at=NOW), NOW)
    panel.show_readiness(readiness, NOW)
    assert panel.isHidden()


async def test_the_call_sheet_follows_live(windows, parts, book, texts) -> None:
    appointment = await invited(book)
    watch: WatchPanel = windows.sheet(appointment.id).watch
    await settle(parts)
    assert watch.checking.isHidden()
    for step in SCREENS:
        becomes(book, appointment.id, step=step.value)
        await settle(parts)
        assert watch.checking.isVisible()
        assert watch.checking.where.text() == texts(f"app.wizard.client.is.{step.value}")
