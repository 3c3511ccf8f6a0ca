"""The wizard over simulated devices: walked by keyboard, with every fault, in the middle of conversations, and left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QRadioButton, QWidget

from app.domain.checks import Blame, Fault, Side
from app.domain.readiness import Check
from app.media.check_ports import Ear
from app.media.ports import DeviceChoice
from app.services.checks.check_list import Progress, Question, Step
from app.services.checks.simulated import can_be_simulated
from app.ui.appointment.signs import Sign
from app.ui.device_check.device_pages import CameraPage
from app.ui.device_check.page import StepPage
from app.ui.device_check.sound_pages import EchoPage, LoudspeakerPage, VoicePage
from app.ui.device_check.verdict_page import step_of
from app.ui.device_check.windows import CheckWindows
from app.ui.device_check.wizard import DeviceCheckWizard
from tests.ui.appointment.support import turn, until
from tests.ui.device_check.support import TABLE, Bench, key
from tests.ui.support import dialog, find

SIGNS = {Check.WEAK: Sign.WEAK, Check.FAILED: Sign.BAD}
MOST_STOPS = 40


async def opened(windows: CheckWindows, step: Step | None = None) -> DeviceCheckWizard:
    windows.full(step)
    wizard = windows.wizard
    assert wizard is not None
    await until(wizard.isActiveWindow)
    await turn()
    return wizard


def page(wizard: DeviceCheckWizard) -> StepPage:
    here = wizard.currentPage()
    assert isinstance(here, StepPage)
    return here


async def done(wizard: DeviceCheckWizard, step: Step) -> None:
    await until(lambda: wizard.model.progress(step) is Progress.DONE)
    await turn()


async def tab_to(target: QWidget) -> None:
    """As a person without a mouse gets there; radio buttons by their group."""
    wanted = {target}
    if isinstance(target, QRadioButton):
        wanted = set(target.group().buttons())
    for _ in range(MOST_STOPS):
        if QApplication.focusWidget() in wanted:
            return
        key(Qt.Key.Key_Tab)
        await turn()
    raise AssertionError(f"Tab does not reach {target.accessibleName()}")


async def say(target: QRadioButton) -> None:
    await tab_to(target)
    if QApplication.focusWidget() is not target:
        key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Space)
    await turn()


async def on(wizard: DeviceCheckWizard, texts) -> None:
    """Press Weiter."""
    await tab_to(find(wizard, texts("app.wizard.next")))
    key(Qt.Key.Key_Space)
    await turn()


async def test_the_whole_wizard_by_keyboard(windows, made: Bench, texts) -> None:
    wizard = await opened(windows)
    assert wizard.focusWidget() is wizard.welcome.full
    key(Qt.Key.Key_Return)
    for step in (Step.CAMERA, Step.MICROPHONE):
        await done(wizard, step)
        assert page(wizard).step is step
        assert page(wizard).found.line.told.sign is Sign.GOOD
        assert not page(wizard).found.action.isVisible()
        if step is Step.CAMERA:
            await until(lambda: wizard.steps[Step.CAMERA].picture.has_picture)
            await say(wizard.steps[Step.CAMERA].seen.yes)
        await on(wizard, texts)
    loudspeaker = wizard.currentPage()
    assert isinstance(loudspeaker, LoudspeakerPage)
    for ear in (Ear.LEFT, Ear.RIGHT):
        await tab_to(loudspeaker.tones[ear])
        key(Qt.Key.Key_Space)
        await until(lambda: not made.parts.tasks.names)
        await say(loudspeaker.heard[ear].yes)
    assert loudspeaker.found.line.told.sign is Sign.GOOD
    await on(wizard, texts)
    voice = wizard.currentPage()
    assert isinstance(voice, VoicePage)
    await tab_to(voice.act)
    key(Qt.Key.Key_Space)
    await done(wizard, Step.OWN_VOICE)
    await say(voice.heard.yes)
    await on(wizard, texts)
    assert isinstance(wizard.currentPage(), EchoPage)
    await tab_to(wizard.steps[Step.ECHO].act)
    key(Qt.Key.Key_Space)
    await done(wizard, Step.ECHO)
    await on(wizard, texts)
    for step in (Step.NETWORK, Step.SYSTEM):
        await done(wizard, step)
        assert page(wizard).found.line.told.sign is Sign.GOOD
        await on(wizard, texts)
    assert wizard.currentPage() is wizard.verdict
    assert wizard.verdict.verdict.told.text == texts("app.check.blame.nobody")
    assert {line.told.sign for line in wizard.verdict.parts.lines.values()} == {Sign.GOOD}
    assert not wizard.verdict.problems.isVisible()
    await tab_to(find(wizard, texts("app.wizard.finish")))
    key(Qt.Key.Key_Space)
    await until(lambda: windows.wizard is None)
    assert made.lists[-1].picture is None


async def make(wizard: DeviceCheckWizard, bench: Bench, step: Step) -> None:
    """Let the step be made, as far as somebody has to press."""
    here = page(wizard)
    if isinstance(here, LoudspeakerPage):
        for ear, question in ((Ear.LEFT, Question.HEARD_LEFT), (Ear.RIGHT, Question.HEARD_RIGHT)):
            here.tones[ear].click()
            await until(lambda: not bench.parts.tasks.names)
            answer = here.heard[ear]
            (answer.yes if bench.simulation.person(question) else answer.no).setChecked(True)
    elif isinstance(here, EchoPage):
        here.act.click()
        await done(wizard, step)
    else:
        await done(wizard, step)
    if isinstance(here, CameraPage) and not bench.simulation.person(Question.SEES_SELF):
        here.seen.no.setChecked(True)
    await turn()


@pytest.mark.parametrize("fault", can_be_simulated(TABLE), ids=lambda fault: fault.value)
async def test_each_fault_has_its_sentence_and_one_action(windows, made: Bench, texts, fault: Fault) -> None:
    made.simulation.provoke(fault)
    step = Step.ECHO if fault is Fault.SPEAKER_ECHO else step_of(TABLE.row(fault).part)
    wizard = await opened(windows, step)
    await make(wizard, made, step)
    shown = page(wizard).found
    assert shown.line.told.text == texts(f"app.fault.{fault.value}.sentence")
    assert shown.line.told.sign is SIGNS[TABLE.row(fault).outcome]
    assert shown.action.isVisible()
    assert shown.action.text() == texts(f"app.fault.{fault.value}.action")
    wizard.next()
    await turn()
    result = wizard.model.result()
    assert wizard.currentPage() is wizard.verdict
    assert result is not None
    assert result.side is Side.COUNSELLOR
    assert result.verdict.fault is fault
    assert wizard.verdict.verdict.told.text == texts(f"app.check.blame.{result.verdict.blame.value}")
    assert wizard.verdict.problems.first is not None
    assert wizard.verdict.problems.first.accessibleDescription() == texts(f"app.fault.{fault.value}.sentence")


async def test_again_leads_to_the_page_and_straight_back_to_the_verdict(windows, made: Bench, texts) -> None:
    made.simulation.provoke(Fault.MIC_QUIET, Fault.CAMERA_DARK)
    wizard = await opened(windows, Step.CAMERA)
    await done(wizard, Step.CAMERA)
    wizard.next()
    await turn()
    made.simulation.clear()
    wizard.verdict.problems.first.setFocus()
    key(Qt.Key.Key_Space)
    await done(wizard, Step.CAMERA)
    assert page(wizard).step is Step.CAMERA
    await on(wizard, texts)
    assert wizard.currentPage() is wizard.verdict
    assert wizard.verdict.problems.isHidden()
    assert wizard.verdict.parts.lines[Step.CAMERA.part].told.sign is Sign.GOOD
    wizard.back()
    await done(wizard, Step.CAMERA)
    assert page(wizard).step is Step.CAMERA


async def test_what_is_mended_meanwhile_is_seen_at_once(windows, made: Bench) -> None:
    made.simulation.provoke(Fault.CAMERA_DARK)
    wizard = await opened(windows, Step.CAMERA)
    await done(wizard, Step.CAMERA)
    assert page(wizard).found.line.told.sign is Sign.WEAK
    made.simulation.clear()
    await until(lambda: page(wizard).found.line.told.sign is Sign.GOOD)
    assert page(wizard).found.action.isHidden()


async def test_who_does_not_see_themselves_is_told_what_to_do(windows, made: Bench, texts) -> None:
    wizard = await opened(windows, Step.CAMERA)
    await done(wizard, Step.CAMERA)
    await say(wizard.steps[Step.CAMERA].seen.no)
    assert page(wizard).found.action.text() == texts("app.fault.camera-wrong.action")
    await on(wizard, texts)
    result = wizard.model.result()
    assert result is not None
    assert result.verdict.fault is Fault.CAMERA_WRONG
    wizard.back()
    await done(wizard, Step.CAMERA)
    assert wizard.steps[Step.CAMERA].seen.no.isChecked()
    wizard.steps[Step.CAMERA].seen.yes.click()
    await turn()
    assert page(wizard).found.line.told.sign is Sign.GOOD


async def test_headphones_have_no_echo_to_measure(windows, made: Bench) -> None:
    wizard = await opened(windows)
    wizard.model.choose(replace(wizard.model.choice, headphones=True))
    ways = []
    while wizard.nextId() != -1:
        wizard.next()
        await turn()
        ways.append(wizard.currentPage())
    assert wizard.steps[Step.ECHO] not in ways
    assert wizard.steps[Step.OWN_VOICE] in ways


async def test_the_chosen_devices_are_used_from_the_verdict_on(windows, made: Bench) -> None:
    wizard = await opened(windows, Step.MICROPHONE)
    box = wizard.steps[Step.MICROPHONE].devices.box
    await until(lambda: box.count() == 2)
    box.setFocus()
    key(Qt.Key.Key_Down)
    await until(lambda: wizard.model.choice.microphone != "")
    await done(wizard, Step.MICROPHONE)
    assert made.chosen == []
    wizard.next()
    await turn()
    assert made.chosen == [DeviceChoice(microphone=box.itemData(1))]
    assert made.lists[-1].choice == made.chosen[0]


async def test_closing_in_the_middle_frees_the_devices(windows, made: Bench) -> None:
    wizard = await opened(windows, Step.CAMERA)
    await until(lambda: made.lists[-1].picture is not None if made.lists else False)
    slot = made.lists[-1].picture
    key(Qt.Key.Key_Escape)
    await until(lambda: not made.parts.tasks.names)
    assert windows.wizard is None
    assert made.lists[-1].picture is None
    assert slot is not None
    assert slot.newest()[1] is None
    assert wizard.model is not None


async def test_who_only_looks_at_the_beginning_loads_nothing(windows, made: Bench) -> None:
    await opened(windows)
    key(Qt.Key.Key_Escape)
    await until(lambda: windows.wizard is None and not made.parts.tasks.names)
    assert made.lists == []


async def test_a_conversation_gets_the_devices_and_gives_them_back(windows, made: Bench, texts) -> None:
    wizard = await opened(windows, Step.CAMERA)
    await done(wizard, Step.CAMERA)
    made.runs = True
    windows.hold(True)
    await until(lambda: made.lists[-1].picture is None)
    assert page(wizard).held.told.text == texts("app.wizard.held")
    assert not page(wizard).content.isVisible()
    made.runs = False
    windows.hold(False)
    await until(lambda: made.lists[-1].picture is not None)
    assert page(wizard).content.isVisible()


async def test_during_a_conversation_only_network_and_computer_are_checked(windows, made: Bench, texts) -> None:
    made.runs = True
    wizard = await opened(windows)
    assert wizard.welcome.held.told.text == texts("app.wizard.held.welcome")
    assert not wizard.welcome.short.isEnabled()
    for step in (Step.NETWORK, Step.SYSTEM):
        wizard.next()
        await done(wizard, step)
        assert page(wizard).step is step
    wizard.next()
    await turn()
    assert wizard.currentPage() is wizard.verdict
    result = wizard.model.result()
    assert result is not None
    assert result.verdict.blame is Blame.NOBODY
    assert made.lists[-1].picture is None


async def test_the_figures_are_folded(windows, made: Bench, texts) -> None:
    wizard = await opened(windows, Step.NETWORK)
    await done(wizard, Step.NETWORK)
    network = wizard.steps[Step.NETWORK]
    assert network.details.isHidden()
    await tab_to(network.more)
    key(Qt.Key.Key_Space)
    assert network.details.isVisible()
    assert texts("app.wizard.figure.round_trip_ms", value=24) in network.details.text()


async def test_the_record_is_copied_and_saved(windows, made: Bench, texts, tmp_path: Path) -> None:
    wizard = await opened(windows, Step.SYSTEM)
    await done(wizard, Step.SYSTEM)
    wizard.next()
    await turn()
    protocol = wizard.verdict.protocol
    protocol.copy.click()
    assert QGuiApplication.clipboard().text() == "nobody"
    assert protocol.said.text() == texts("app.wizard.protocol.copied")
    suffixes: set[str] = set()
    for pressed in (protocol.pdf, protocol.json):
        pressed.click()
        await until(lambda: dialog(QFileDialog) is not None)
        asking = dialog(QFileDialog)
        assert isinstance(asking, QFileDialog)
        path = tmp_path / Path(asking.selectedFiles()[0]).name
        asking.fileSelected.emit(str(path))
        asking.close()
        await until(lambda path=path: path.exists())
        assert path.read_bytes() == b"nobody"
        await until(lambda: protocol.said.text() == texts("app.wizard.protocol.saved"))
        suffixes.add(path.suffix)
    assert suffixes == {".pdf", ".json"}
