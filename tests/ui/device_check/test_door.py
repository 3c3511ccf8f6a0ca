"""The ways into the device check: menu, main window, call sheet, conversation; and that a conversation comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtWidgets import QApplication

from app.media.ports import DeviceChoice
from app.services.checks.check_list import Progress, Step
from app.services.fakes.store_care import NotedStoreCare
from app.ui.appointment.signs import Sign
from app.ui.call.side import Panel
from app.ui.chores import ChoresParts
from app.ui.device_check.brief import BriefCheck
from app.ui.device_check.kit import CheckPlan
from app.ui.device_check.wizard import DeviceCheckWizard
from app.ui.shell import Shell, Surroundings
from tests.ui.appointment.support import settle, turn, until
from tests.ui.device_check.support import Bench
from tests.ui.support import dialog, find, noted


async def nowhere(_password: str) -> None:
    raise AssertionError("nobody asked for that")


@pytest_asyncio.fixture
async def shell(qtbot, desk, parts, clock, chime, tray, task_bar, book, made: Bench) -> AsyncIterator[Shell]:
    plan = CheckPlan(lambda: made.parts.tools, True, lambda: made.hints_over.append(True))
    chores = ChoresParts(lambda: None, NotedStoreCare(), None, lambda: None, nowhere)
    seen = {"tray": tray, "task_bar": task_bar, "check": plan, "chores": chores}
    shell = Shell(desk, parts, Surroundings(clock, chime, ["de"], DeviceChoice(), True, book, made.parts.tasks, **seen))
    shell.show()
    await until(shell.main.isActiveWindow)
    yield shell
    shell.close()
    await until(lambda: not made.parts.tasks.names)
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    await turn()


async def talk(shell: Shell, desk) -> str:
    """Let a client in; the room of the conversation."""
    room = desk.create_now("Erstgespräch", "de", 30)
    desk.client_arrives(room.room)
    await turn()
    shell.main.admit_first()
    await until(lambda: room.room in shell.calls)
    return str(room.room)


async def test_the_menu_leads_to_both_forms(shell: Shell, texts, made: Bench) -> None:
    for key, kind in (("app.wizard.menu", DeviceCheckWizard), ("app.wizard.brief.menu", BriefCheck)):
        assert shell.chores is not None
        next(action for action in shell.chores.menu.actions() if action.text() == texts(key)).trigger()
        await until(lambda kind=kind: dialog(kind) is not None)


async def test_the_hint_of_the_first_start_goes_with_the_first_verdict(shell: Shell, texts, made: Bench) -> None:
    panel = shell.check.panel
    assert panel.isVisible()
    assert panel.line.told.text == texts("app.wizard.panel.hint")
    panel.check.click()
    await until(lambda: dialog(DeviceCheckWizard) is not None)
    assert made.hints_over == []
    shell.check.brief()
    await until(lambda: panel.line.told.sign is Sign.GOOD)
    assert made.hints_over == [True]
    assert texts("app.check.blame.nobody") in panel.line.told.text


async def test_the_call_sheet_leads_to_the_short_form(shell: Shell, texts, book, made: Bench) -> None:
    sheet = shell.planning.windows.sheet(noted(book, "Frau Weber", in_s=3600).id)
    await settle(made.parts)
    find(sheet, texts("app.wizard.brief.menu")).click()
    await until(lambda: dialog(BriefCheck) is not None)


async def test_who_waits_leads_to_the_short_form(shell: Shell, desk, texts, made: Bench) -> None:
    desk.client_arrives(desk.create_now("Erstgespräch", "de", 30).room)
    await turn()
    find(shell.main, texts("app.wizard.brief.menu")).click()
    await until(lambda: dialog(BriefCheck) is not None)


async def test_a_client_is_let_in_while_the_short_form_runs(shell: Shell, desk, made: Bench) -> None:
    made.going.clear()
    shell.check.brief()
    await until(lambda: bool(made.lists) and made.lists[-1].picture is not None)
    await talk(shell, desk)
    await until(lambda: made.lists[-1].picture is None)
    assert shell.check.windows.short is None


async def test_a_conversation_takes_the_devices_from_the_wizard_and_gives_them_back(shell: Shell, desk, made: Bench) -> None:
    shell.check.windows.full(Step.CAMERA)
    wizard = shell.check.windows.wizard
    await until(lambda: wizard.model.progress(Step.CAMERA) is Progress.DONE)
    room = await talk(shell, desk)
    await until(lambda: made.lists[-1].picture is None)
    assert wizard.model.held
    desk.session(room).end_now()
    await until(lambda: made.lists[-1].picture is not None)
    assert not wizard.model.held


async def test_the_device_panel_of_a_conversation_leads_to_the_wizard(shell: Shell, desk, texts, made: Bench) -> None:
    call = shell.calls[await talk(shell, desk)]
    call._open_panel(Panel.DEVICES)
    await turn()
    find(call, texts("app.wizard.devices")).click()
    await until(lambda: dialog(DeviceCheckWizard) is not None)
    wizard = shell.check.windows.wizard
    assert wizard.welcome.held.told.text == texts("app.wizard.held.welcome")
    shell.check.brief()
    assert shell.check.windows.short is None
