"""Every row of the fault table, provoked in real Chromium: the page says the sentence for it, and the way out leads on."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from app.paths import RESOURCES
from app.server.hub import Rhythm
from app.texts import read_part
from tests.e2e.fault_table import (
    AT_THE_DOOR,
    ELSEWHERE,
    IN_THE_CONVERSATION,
    MEANS,
    ON_THE_WAY,
    TOO_OLD_BROWSER,
    Elsewhere,
    Fault,
    ProvokedBy,
)
from tests.support.chromium import at, chromium, person
from tests.support.page_fixtures import Stage, connected, heard, stage
from tests.support.server import RunningServer, running_server

__all__ = ["stage"]

TESTS = Path(__file__).parents[1]
GERMAN = read_part(RESOURCES / "i18n", "de", "page")
A_CALL_COMES = """() => {
  document.querySelector('#remote-video').pause();
  const [track] = document.querySelector('#self-video').srcObject.getAudioTracks();
  Object.defineProperty(track, 'muted', { value: true });
  track.dispatchEvent(new Event('mute'));
}"""
PLAYS_ALOUD = "() => (({ muted, paused }) => !muted && !paused)(document.querySelector('#remote-video'))"


def sentence(fault: Fault) -> str:
    """The German text up to its first place."""
    return GERMAN.get(fault.sentence, fault.sentence).split("{")[0].strip()


def test_the_table_names_every_trouble_of_the_page() -> None:
    rows = {fault.trouble for fault in (*ON_THE_WAY, *IN_THE_CONVERSATION)}
    known = {key.rsplit(".", 1)[1] for key in GERMAN if key.startswith("page.devices.error.")}
    assert known == rows - {""}
    assert all(fault.script for fault in (*ON_THE_WAY, *AT_THE_DOOR) if fault.provoked_by is ProvokedBy.SHIM)


def names_of_tests(file: Path) -> list[str]:
    """Functions of a Python file, titles of a JavaScript one."""
    text = file.read_text("utf-8")
    if file.suffix == ".js":
        return re.findall(r"^\s*test\(['`\"](.+?)['`\"],", text, re.MULTILINE)
    return [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row.name)
def test_faults_of_everything_else_are_shown_by_tests_that_exist_and_provoke_them_so(row: Elsewhere) -> None:
    for shown_by in row.shown_by:
        file, name = shown_by.split("::")
        assert any(one.startswith(name) for one in names_of_tests(TESTS / file)), shown_by
        if row.provoked_by in MEANS:
            assert any(word in (TESTS / file).read_text("utf-8") for word in MEANS[row.provoked_by]), shown_by


def test_each_way_to_provoke_is_used() -> None:
    rows = (*ON_THE_WAY, *AT_THE_DOOR, *IN_THE_CONVERSATION, TOO_OLD_BROWSER, *ELSEWHERE)
    assert {row.provoked_by for row in rows} == set(ProvokedBy)


async def says(page: Page, fault: Fault) -> None:
    """Wait until the page says what the row wants, as an alert where it is a trouble of a device."""
    where = page.locator(f"[data-trouble={fault.trouble}]") if fault.trouble else page.locator("main")
    await where.get_by_text(sentence(fault)).wait_for()


async def opened(stage: Stage, fault: Fault, **options: object) -> Page:
    """A new person's tab in which this fault holds."""
    if fault.agent:
        options["user_agent"] = fault.agent
    page = await stage.page(**options)
    if fault.script:
        await page.add_init_script(fault.script)
    await page.goto(stage.link)
    return page


@contextlib.contextmanager
def row(fault: Fault) -> Iterator[None]:
    """Whatever fails inside names the row."""
    try:
        yield
    except Exception as error:
        error.add_note(f"fault: {fault.name}")
        raise


async def test_at_the_door(stage: Stage) -> None:
    for fault in AT_THE_DOOR:
        with row(fault):
            page = await opened(stage, fault)
            sent: list[str] = []
            page.on("request", lambda request, sent=sent: sent.append(request.method))
            await says(page, fault)
            assert await page.locator("main a[href^='tel:']").is_visible()
            assert await page.locator(fault.way).is_visible()
            assert "POST" not in sent
            if fault.way == "#copy-link":
                await page.locator("#copy-link").click()
                await page.get_by_text(GERMAN["page.link.copied"]).wait_for()
                assert await page.locator("#link").input_value() == stage.link
            elif fault.way == "#stay":
                await page.locator("#stay").click()
            await at(page, fault.leads_to)
            await page.context.close()


async def test_on_the_way_to_the_preview(stage: Stage) -> None:
    for fault in ON_THE_WAY:
        if fault.name == "not found":
            continue  # needs a machine without devices, see below
        with row(fault):
            denied = fault.trouble == "denied"
            page = await opened(stage, fault, allowed=not denied)
            if fault.agent:
                await page.locator("#stay").click()
            await page.locator("#agree").click()
            await says(page, fault)
            assert await page.locator("#copy-link").count() == (fault.trouble in ("in-app", "unsupported"))
            await page.evaluate("if (globalThis.fault) fault.on = false")
            if denied:
                await page.context.grant_permissions(["camera", "microphone"], origin=stage.server.url)
            await page.locator(fault.way).click()
            await at(page, fault.leads_to)
            assert await page.locator(f"[data-trouble={fault.trouble}]").count() == 0
            await page.context.close()


async def test_in_the_conversation_one_tap_leads_back(stage: Stage) -> None:
    """The sound is held back and the microphone silent from the beginning; the others come while both talk."""
    silent = next(fault for fault in IN_THE_CONVERSATION if fault.trouble == "silent")
    page = await opened(stage, dataclasses.replace(silent, script="".join(fault.script for fault in IN_THE_CONVERSATION)))
    await page.locator("#agree").click()
    await says(page, silent)
    await page.locator("#enter-waiting").click()
    await says(page, silent)
    await stage.other.admit_next()
    await connected(page)
    (seat,) = [one["seat"] for one in stage.other.seats]
    for fault in IN_THE_CONVERSATION:
        with row(fault):
            if fault.trouble == "ended":
                await page.context.clear_permissions()
            if fault.trouble == "interrupted":
                await page.evaluate(A_CALL_COMES)
                await page.locator("#sound-on").wait_for()
            await says(page, fault)
            await page.context.grant_permissions(["camera", "microphone"], origin=stage.server.url)
            await page.evaluate("fault.on = false")
            await page.locator(fault.way).click()
            await page.locator(fault.way).wait_for(state="hidden")
            await page.wait_for_function(PLAYS_ALOUD)
            await page.locator("#sound-on").wait_for(state="hidden")
            await heard(stage.other)
    assert [one["seat"] for one in stage.other.seats] == [seat]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path, rhythm=Rhythm(), phone="0123 999-0") as running:
        yield running


async def test_without_any_device_and_in_a_browser_that_is_too_old(server: RunningServer) -> None:
    """This machine has neither camera nor microphone, and the browser here brings no fake ones."""
    (missing,) = [fault for fault in ON_THE_WAY if fault.name == "not found"]
    appointment = server.appointment()
    async with server.workstation(appointment), chromium() as browser:
        page = await (await person(browser, server.url)).new_page()
        await page.goto(f"{server.url}/r#{appointment.token}")
        await page.locator("#agree").click()
        await says(page, missing)
        await page.locator(missing.way).click()
        await at(page, "preview")
        await page.locator("#enter-waiting").click()
        await at(page, "waiting")
        old = await (await person(browser, server.url)).new_page()
        await old.add_init_script(TOO_OLD_BROWSER.script)
        for path in ("/", "/info", "/r"):
            await old.goto(f"{server.url}{path}#{appointment.token}")
            await old.get_by_text(sentence(TOO_OLD_BROWSER)).wait_for()
            await old.get_by_text("This browser is too old").wait_for()
            await old.locator(f"{TOO_OLD_BROWSER.way}[href='tel:01239990']").wait_for()
            assert await old.locator("#page *").count() == 0
        assert await old.locator("#old-link").input_value() == f"{server.url}/r#{appointment.token}"
