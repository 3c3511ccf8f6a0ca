"""The link before the tap: what is shown, what is sent, and that a scanner with JavaScript changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request

from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.support.page_client import Appointment
from tests.support.server import QUICK, RunningServer, running_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path, rhythm=QUICK, phone="0123 999-0", label="Jobcenter Musterstadt") as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(FAKE_DEVICES) as opened:
        yield opened


def link(server: RunningServer, appointment: Appointment) -> str:
    return f"{server.url}/r#{appointment.token}"


class Traffic:
    """Everything that a browser context sends."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.sockets: list[str] = []
        context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - playwright wants a function of Python
        context.on("page", lambda page: page.on("websocket", lambda socket: self.sockets.append(socket.url)))

    @property
    def text(self) -> str:
        """Addresses, headers and bodies."""
        return "\n".join(f"{r.method} {r.url} {r.headers} {r.post_data or ''}" for r in self.requests) + "\n".join(self.sockets)


async def test_a_scanner_with_javascript_changes_nothing(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment) as work:
        before = len([m for m in work.line.received if m["type"] == "room-state"])
        context = await person(browser, server.url)
        traffic = Traffic(context)
        page = await context.new_page()
        await page.goto(link(server, appointment))
        await at(page, "welcome")
        await page.mouse.wheel(0, 2000)
        await page.reload()
        await at(page, "welcome")
        await server.swept(work)
        assert await work.state_now(appointment.room) == []
        assert len([m for m in work.line.received if m["type"] == "room-state"]) == before
        assert traffic.sockets == []
        assert [r.url for r in traffic.requests if r.method != "GET"] == [f"{server.url}/api/look"] * 2
        assert appointment.token not in traffic.text
        assert appointment.look in traffic.text
        assert await page.evaluate("sessionStorage.length") == 0
        assert await context.cookies() == []


async def test_the_first_screen_says_who_when_how_long_and_that_it_is_voluntary(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url, timezone_id="America/New_York")).new_page()
        await page.goto(link(server, appointment))
        await at(page, "welcome")
        text = await page.inner_text("body")
        for part in (
            "Jobcenter Musterstadt",
            "Freitag, 15. Januar 2027",
            "09:00 Uhr",
            "30 Minuten",
            "freiwillig",
            "ohne Nachteile",
            "0123 456-0",
        ):
            assert part in text
        assert "Jobcenter" not in await page.title()
        await page.locator("#language").focus()
        await page.locator("#language").select_option("en")
        await page.get_by_text("Friday").wait_for()
        assert await page.locator("#language").evaluate("e => [...e.options].map(o => o.label)") == ["Deutsch", "English"]
        assert await page.evaluate("document.activeElement.id") == "language"
        await page.reload()
        await page.get_by_text("This is voluntary").wait_for()


async def test_a_language_that_cannot_be_had_leaves_the_page_as_it_was_and_says_so(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.route("**/i18n/en.json", lambda route: route.abort())
        for address, state in ((link(server, appointment), "Das ist freiwillig"), (f"{server.url}/info", "Wer ist verantwortlich?")):
            await page.goto(address)
            await page.get_by_text(state).wait_for()
            await page.locator("#language").select_option("en")
            await page.get_by_text("Die andere Sprache ließ sich nicht laden.").wait_for()
            assert await page.locator("#language").input_value() == "de"
            await page.get_by_text(state).wait_for()
        await page.unroute("**/i18n/en.json")
        await page.locator("#language").select_option("en")
        await page.get_by_text("Who is responsible?").wait_for()
        assert await page.inner_text("#language-failed") == ""
        assert errors == []


@pytest.mark.parametrize("way", ["phone", "visit"])
async def test_phone_and_visit_are_one_tap_away_and_nothing_is_sent(server: RunningServer, browser: Browser, way: str) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        context = await person(browser, server.url)
        page = await context.new_page()
        await page.goto(link(server, appointment))
        await at(page, "welcome")
        traffic = Traffic(context)
        await page.locator(f"#instead-{way}").click()
        await at(page, "instead")
        assert await page.locator("main a[href='tel:01234560']").is_visible()
        await page.locator("#back").click()
        await at(page, "welcome")
        assert traffic.requests == []


async def test_too_early_opens_by_itself_when_it_is_time(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment(opens_in=3600)
    async with server.workstation(appointment) as work:
        page = await (await person(browser, server.url)).new_page()
        await page.clock.install()
        await page.goto(link(server, appointment))
        await at(page, "early")
        server.clock.now += 3600
        await work.line.sign_of_life()
        await page.clock.run_for(30_000)
        await at(page, "welcome")


async def test_revoked_and_unknown_links_have_a_page_with_the_phone_number(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment) as work:
        assert (await work.command("revoke", room=appointment.room))["type"] == "done"
        context = await person(browser, server.url)
        for fragment, state in ((appointment.token, "over"), ("x" * 43, "closed"), ("broken", "closed"), ("", "closed")):
            page = await context.new_page()
            await page.goto(f"{server.url}/r#{fragment}")
            await at(page, state)
            assert await page.locator("main a[href^='tel:']").is_visible()
            assert await page.locator("#phone").is_visible()


async def test_the_information_is_readable_without_a_link(server: RunningServer, browser: Browser) -> None:
    page = await (await person(browser, server.url)).new_page()
    await page.goto(f"{server.url}/info")
    await page.get_by_role("heading", name="Welche Rechte haben Sie?").wait_for()
    assert "Jobcenter Musterstadt" in await page.inner_text("main")


async def test_a_dead_network_is_told_and_can_be_tried_again(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        await page.route("**/api/look", lambda route: route.abort())
        await page.goto(link(server, appointment))
        await at(page, "closed")
        assert await page.locator("#page").get_attribute("data-code") == "no-network"
        await page.unroute("**/api/look")
        await page.locator("#again").click()
        await at(page, "welcome")


async def test_no_request_leaves_for_a_foreign_host_and_nothing_is_refused_by_the_policy(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment) as work:
        context = await person(browser, server.url)
        traffic = Traffic(context)
        page = await context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("pageerror", lambda error: refused.append(str(error)))
        await enter(page, link(server, appointment))
        await asyncio.wait_for(work.line.expect("room-state"), 10)
        assert {url.split("/")[2] for url in [r.url for r in traffic.requests] + traffic.sockets} == {server.host}
        assert traffic.sockets == [f"ws://{server.host}/ws/client"]
        posts = [r for r in traffic.requests if r.method == "POST"]
        assert {r.url.removeprefix(server.url) for r in posts} == {"/api/look", "/api/report"}
        assert not [r for r in traffic.requests if appointment.token in f"{r.url} {r.headers}"]
        assert appointment.token not in "".join(r.post_data or "" for r in posts if r.url.endswith("/api/look"))
        assert refused == []


async def test_a_taken_room_says_so(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        pages = [server.page(appointment) for _ in range(5)]
        for one in pages:
            async with one.connected() as joined:
                await joined.join()
        page: Page = await (await person(browser, server.url)).new_page()
        await page.goto(link(server, appointment))
        await page.locator("#agree").click()
        await page.locator("#enter-waiting").click()
        await at(page, "refused")
        assert "mehrere Geräte" in await page.inner_text("main")


SORRY = ("Diese Seite konnte nicht ganz geladen werden.", "This page could not be loaded completely.")


@pytest.mark.parametrize(("lost", "loads"), [("**/static/journey.js", 3), ("**/static/opening.js", 1)])
async def test_a_page_that_cannot_be_loaded_is_not_blank(server: RunningServer, browser: Browser, lost: str, loads: int) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        await page.route(lost, lambda route: route.abort())
        loaded: asyncio.Queue[object] = asyncio.Queue()
        page.on("load", loaded.put_nowait)
        await page.goto(link(server, appointment))
        for _ in range(loads):
            await loaded.get()
        for sentence in SORRY:
            await page.get_by_text(sentence).wait_for()
        await page.unroute(lost)
        await page.get_by_role("button", name="Neu laden").click()
        await page.locator("#page h1").wait_for()
        assert await page.locator("#unopened").is_hidden()


@pytest.mark.parametrize(("path", "lost"), [("/r", "**/site.json"), ("/r", "**/i18n/*.json"), ("/info", "**/site.json")])
async def test_texts_that_cannot_be_had_leave_no_blank_page(server: RunningServer, browser: Browser, path: str, lost: str) -> None:
    """The page has tried them several times by then; it loads itself again a moment later."""
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        await page.route(lost, lambda route: route.abort())
        await page.goto(f"{server.url}{path}#{appointment.token}")
        for sentence in SORRY:
            await page.get_by_text(sentence).wait_for()
        await page.unroute(lost)
        await page.locator("#page h1").wait_for()
        assert await page.locator("#unopened").is_hidden()


async def test_a_page_that_lost_a_file_loads_itself_again(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        await page.route("**/static/journey.js", lambda route: route.abort("connectionreset"), times=1)
        await page.goto(link(server, appointment))
        await at(page, "welcome")
        assert await page.evaluate("sessionStorage.getItem('opening-tries')") is None


async def test_one_lost_answer_is_asked_for_again(server: RunningServer, browser: Browser) -> None:
    appointment = server.appointment()
    async with server.workstation(appointment):
        page = await (await person(browser, server.url)).new_page()
        for path in ("**/site.json", "**/i18n/*.json"):
            await page.route(path, lambda route: route.fulfill(status=429), times=1)
        await page.goto(link(server, appointment))
        await at(page, "welcome")
