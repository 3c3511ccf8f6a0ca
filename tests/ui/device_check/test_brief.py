"""The short form, its line in the main window, and that it is never in the way."""

from __future__ import annotations

from app.domain.checks import Fault
from app.services.checks.check_list import Step
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.device_check.panel import CheckPanel
from tests.ui.appointment.support import turn, until
from tests.ui.device_check.support import Bench


async def test_it_runs_by_itself_and_ends_in_a_line(windows, made: Bench, texts, clock) -> None:
    told: list[tuple[Told, str]] = []
    windows.verdict_reached.connect(lambda said, time: told.append((said, time)))
    windows.brief()
    await until(lambda: windows.short.is_over and bool(told))
    assert told == [(Told(Sign.GOOD, texts("app.check.blame.nobody")), f"at {clock.unix()}")]
    assert windows.short.verdict.told == told[0][0]
    assert made.lists[-1].picture is None


async def test_a_problem_leads_to_its_page_of_the_wizard(windows, made: Bench, texts) -> None:
    made.simulation.provoke(Fault.MIC_SILENT)
    windows.brief()
    await until(lambda: windows.short.problems.first is not None)
    assert windows.short.verdict.told.sign is Sign.BAD
    windows.short.problems.first.click()
    await until(lambda: windows.wizard is not None and windows.wizard.currentPage() is windows.wizard.steps[Step.MICROPHONE])
    assert windows.short is None


async def test_during_a_conversation_there_is_only_a_sentence(windows, made: Bench, texts) -> None:
    notes: list[str] = []
    made.parts.messages.told.connect(notes.append)
    made.runs = True
    windows.brief()
    assert windows.short is None
    assert notes == [texts("app.wizard.held")]


async def test_a_conversation_that_begins_ends_it(windows, made: Bench, texts) -> None:
    made.going.clear()
    windows.brief()
    await until(lambda: bool(made.lists) and made.lists[-1].picture is not None)
    made.runs = True
    windows.hold(True)
    await until(lambda: not made.parts.tasks.names)
    assert windows.short is None
    assert all(checks.picture is None for checks in made.lists)


async def test_the_wizard_leads_to_it(windows, made: Bench) -> None:
    windows.full()
    windows.wizard.welcome.short.setChecked(True)
    windows.wizard.next()
    await until(lambda: windows.short is not None and windows.short.is_over)
    assert windows.wizard is None


async def test_it_blocks_no_other_window(windows, made: Bench) -> None:
    windows.brief()
    assert not windows.short.isModal()
    windows.full()
    assert windows.short is None
    assert not windows.wizard.isModal()
    await turn()


def test_the_line_in_the_main_window(qtbot, texts, theme) -> None:
    panel = CheckPanel(texts, theme)
    qtbot.addWidget(panel)
    assert panel.isHidden()
    panel.show_hint()
    assert panel.line.told.text == texts("app.wizard.panel.hint")
    with qtbot.waitSignal(panel.put_away):
        panel.away.click()
    assert panel.isHidden()
    panel.show_verdict(Told(Sign.BAD, "Es geht nicht."), "9:52")
    assert panel.line.told == Told(Sign.BAD, texts("app.wizard.panel.verdict", time="9:52", verdict="Es geht nicht."))
    with qtbot.waitSignal(panel.check_wanted):
        panel.check.click()
