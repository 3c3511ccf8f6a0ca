"""The survey after a session in real Chromium: it appears by itself, is answered, counted once, passed over without a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from app.domain.survey import NO_ANSWER, Spoken, Variant
from app.server.hub import Rhythm
from app.server.survey.memory import MemorySurveyStore
from app.server.survey.waiting import Seal, Waiting
from tests.e2e.test_page_accessible import geometry, violations
from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.support.counsellor import counsellor
from tests.support.page_fixtures import Stage, connected
from tests.support.server import running_server

NO_PAUSE = "Math.random = () => 0"
"""The answers' pause by chance is none."""
KEPT = "() => Object.keys(sessionStorage).filter(name => name !== 'language')"
CHOICES = "inputs => inputs.filter(input => input.checked).map(input => input.value)"


class Surveyed(Stage):
    """A stage whose answers can be looked at, as only the server itself can."""

    store: MemorySurveyStore

    async def counted(self) -> Waiting:
        key = (self.server.data / "survey-seal").read_bytes()
        return Seal(key).open("jobcenter", await self.store.waiting("jobcenter"))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Surveyed]:
    store = MemorySurveyStore()
    async with (
        running_server(tmp_path, rhythm=Rhythm(), phone="0123 999-0", survey_store=store) as server,
        chromium(FAKE_DEVICES) as browser,
    ):
        appointment = server.appointment()
        async with counsellor(server, await person(browser, server.url), appointment) as other:
            made = Surveyed(server, browser, other, appointment)
            made.store = store
            yield made


async def news(page: Page, state: str) -> str:
    """What is said of the answers, once it is that."""
    line = page.locator(f"#survey-news[data-state={state}]")
    await line.wait_for()
    return await line.inner_text()


async def choose(page: Page, question: str, answer: str) -> None:
    await page.locator(f"#survey-{question} input[value='{answer}']").check()


async def test_the_counsellor_hangs_up_and_the_answer_is_counted_once(stage: Surveyed) -> None:
    page = await stage.page(language="en-GB")
    posts: list[dict[str, str]] = []
    bodies: list[bytes] = []

    async def note(request: object) -> None:
        if request.url.endswith("/api/survey"):  # type: ignore[attr-defined]
            posts.append(await request.all_headers())  # type: ignore[attr-defined]
            bodies.append(request.post_data_buffer)  # type: ignore[attr-defined]

    page.on("request", note)
    await page.add_init_script(NO_PAUSE)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    await stage.other.do("end")
    await at(page, "ended")
    await page.locator("#survey-form").wait_for()
    assert "How was it for you?" in await page.locator("#survey h2").inner_text()
    assert await page.locator("#survey-form > fieldset").count() == 6
    everything = await page.locator("#survey input").evaluate_all(CHOICES)
    assert everything == [NO_ANSWER] * 9
    await choose(page, "recommend", "9")
    await page.locator("#survey-again input[value=yes]").focus()
    await page.keyboard.press("Space")
    await page.reload()
    await at(page, "over")
    await page.locator("#survey-form").wait_for()
    await choose(page, "recommend", "10")
    await page.locator("#survey details summary").click()
    await choose(page, "children", "yes")
    await page.locator("#survey-send").click()
    assert "counted anonymously" in await news(page, "counted")
    assert await page.evaluate("document.activeElement.id") == "survey-title"
    waiting = await stage.counted()
    (sheet,) = waiting.sheets
    assert (sheet.spoken, sheet.variant, sheet.answers["recommend"], sheet.answers["again"]) == (
        Spoken.OTHER,
        Variant.HELD,
        "10",
        NO_ANSWER,
    )
    assert waiting.about["|".join(("jobcenter", sheet.quarter, "2026-1", "children", "yes"))] == 1
    assert await page.evaluate(KEPT) == []
    (headers,) = posts
    assert not {"cookie", "referer", "authorization"} & headers.keys()
    (body,) = bodies
    again = await stage.server.http("POST", "/api/survey", body)
    assert b"right-spent" in again.body
    assert len((await stage.counted()).sheets) == 1
    await page.reload()
    await at(page, "over")
    assert await page.locator("#survey").count() == 0


async def test_passing_over_leaves_no_trace_and_leaving_asks_too(stage: Surveyed) -> None:
    page = await stage.admitted()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.locator("#leave").click()
    await at(page, "left")
    await page.locator("#survey-form").wait_for()
    assert await geometry(page) + await violations(page) == []
    await page.locator("#survey-plain").click()
    await page.get_by_text("Sie müssen nicht mitmachen.").wait_for()
    assert await page.evaluate("document.activeElement.id") == "survey-plain"
    await page.locator("#survey details summary").click()
    assert await geometry(page) == []
    await page.locator("#survey-skip").click()
    assert "nichts gespeichert" in await news(page, "skipped")
    assert not [url for url in asked if url.endswith("/api/survey")]
    assert await stage.store.waiting("jobcenter") is None
    assert [name for name in await page.evaluate(KEPT) if not name.startswith("seat/")] == []
    await page.locator("#return").click()
    await connected(page)
    await stage.other.do("end", by_phone=True)
    await at(page, "ended")
    assert await page.locator("#survey-form").count() == 0, "asked once is enough"


async def test_on_by_phone_and_no_network_when_sending(stage: Surveyed) -> None:
    page = await stage.page()
    await page.add_init_script(NO_PAUSE)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    await stage.other.do("end", by_phone=True)
    await at(page, "ended")
    await page.locator("#survey-form").wait_for()
    assert await page.locator("#survey-privacy").count() == 0
    await page.context.set_offline(True)
    await page.locator("#survey-send").click()
    assert "noch nicht angekommen" in await news(page, "no-network")
    await page.context.set_offline(False)
    await page.locator("#survey-again").click()
    await news(page, "counted")
    assert [sheet.variant for sheet in (await stage.counted()).sheets] == [Variant.PHONE]


async def test_who_could_not_get_in_is_asked_why(stage: Surveyed) -> None:
    """No WebSocket gets through; everything else does. The page says so after 15 s (its clock is turned on), and asks when the
    appointment is over."""
    page = await stage.page()
    await page.clock.install()
    await page.add_init_script(NO_PAUSE)
    await page.route_web_socket("**/ws/client", lambda socket: None if socket is None else socket.close())
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await page.locator("#enter-waiting").click()
    await at(page, "joining")
    await page.clock.fast_forward(16_000)
    await page.wait_for_function("() => JSON.parse(Object.entries(sessionStorage).find(([name]) => name.startsWith('seat/'))[1]).trouble")
    await stage.other.do("end")
    await page.clock.fast_forward(61_000)
    await at(page, "over")
    await page.locator("#survey-failed-at").wait_for()
    assert await page.locator("#survey-form > fieldset").count() == 3
    await choose(page, "failed-at", "connection")
    await page.locator("#survey-send").click()
    await page.clock.fast_forward(1_000)
    await news(page, "counted")
    (sheet,) = (await stage.counted()).sheets
    assert (sheet.variant, sheet.answers["failed-at"]) == (Variant.FAILED, "connection")
