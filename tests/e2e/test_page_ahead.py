"""Before the appointment: the code that was dictated, the rehearsal, the two wishes; and what the counsellor's program learns of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from app.server.hub import Rhythm
from app.server.rate_limits import Rates
from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.support.page_client import Appointment, Workstation
from tests.support.server import RunningServer, running_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path, rhythm=Rhythm(), phone="0123 999-0", rates=Rates(codes="4/hour")) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(FAKE_DEVICES) as opened:
        yield opened


def link(server: RunningServer, appointment: Appointment) -> str:
    return f"{server.url}/r#{appointment.token}"


async def learned(work: Workstation, room: str, **expected: object) -> dict[str, Any]:
    """The readiness as told last, once all of this stands in it."""

    def newest() -> dict[str, Any]:
        return next((m.get("readiness", {}) for m in reversed(work.line.received) if m["type"] == "room-state" and m["room"] == room), {})

    await work.line.until(lambda: all(newest().get(name) == value for name, value in expected.items()))
    return newest()


async def open_page(server: RunningServer, browser: Browser, address: str, **options: object) -> Page:
    page = await (await person(browser, server.url, **options)).new_page()  # type: ignore[arg-type]
    await page.goto(address)
    return page


async def type_code(page: Page, code: str) -> None:
    await page.locator("#code").fill("")
    await page.locator("#code").press_sequentially(code)
    await page.keyboard.press("Enter")


# ---- the code


async def test_by_code_into_the_waiting_room_into_the_room_and_back_after_a_reload(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, server.url)
        sent: list[str] = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(str(text))))
        await type_code(page, room.code)
        await at(page, "welcome")
        assert await work.state_now(room.room) == []
        assert page.url == f"{server.url}/r#code"
        await page.locator("#agree").click()
        await page.locator("#enter-waiting").click()
        await at(page, "waiting")
        [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
        assert seat["by_code"]
        await learned(work, room.room, step="waiting")
        await page.reload()
        await at(page, "waiting")
        assert (await work.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
        await at(page, "room")
        await page.reload()
        await at(page, "room")
        [seat] = await work.state_now(room.room)
        assert (seat["by_code"], seat["state"]) == (True, "admitted")
        assert room.token not in "".join(sent)
        stranger = await open_page(server, browser, server.url)
        await type_code(stranger, room.code)
        await stranger.get_by_text("Mit diesem Code geht es gerade nicht.").wait_for()


async def test_the_code_is_shown_in_threes_and_a_wrong_one_has_a_sentence_and_the_number(server: RunningServer, browser: Browser) -> None:
    async with server.workstation(server.appointment()):
        page = await open_page(server, browser, server.url)
        await type_code(page, "12345")
        await page.get_by_text("Bei Ihnen sind es 5.").wait_for()
        assert await page.evaluate("document.activeElement.id") == "code"
        for number in range(4):
            await type_code(page, f"12345678{number}")
            await page.get_by_text("Mit diesem Code geht es gerade nicht.").wait_for()
            assert await page.locator("#code").input_value() == f"123 456 78{number}"
        await type_code(page, "123456789")
        await page.get_by_text("Das waren zu viele Versuche").wait_for()
        assert await page.locator("main a[href='tel:01239990']").is_visible()
        await page.route("**/api/code", lambda route: route.abort())
        await type_code(page, "123456789")
        await page.locator("#code-news[role=alert]").get_by_text("Verbindung").wait_for()


async def test_a_code_tab_without_its_code_goes_back_to_where_it_is_typed(server: RunningServer, browser: Browser) -> None:
    page = await open_page(server, browser, f"{server.url}/r#code")
    await page.locator("#code").wait_for()
    assert page.url == f"{server.url}/"


async def test_a_code_that_is_not_valid_any_more_says_so_and_leads_back(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, server.url)
        await type_code(page, room.code)
        await at(page, "welcome")
        await work.command("revoke", room=room.room)
        await page.reload()
        await page.locator("#page[data-code=unknown-code]").wait_for()
        assert await page.locator("main a[href^='tel:']").is_visible()
        await page.locator("#code-again").click()
        await page.locator("#code").wait_for()


# ---- the rehearsal


async def test_the_rehearsal_tells_what_works_and_joins_nothing(server: RunningServer, browser: Browser) -> None:
    """The program learns on which screen it is, and what came out; "Geschafft" says what comes next."""
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await at(page, "early")
        await page.locator("#rehearse").click()
        await page.get_by_text("Niemand sieht oder hört Sie dabei.").wait_for()
        assert await page.evaluate("navigator.mediaDevices.enumerateDevices().then(all => all.length)") > 0
        began = time.monotonic()
        await page.locator("#rehearsal-start").click()
        await page.locator("[data-part=camera] #yes").wait_for()
        await learned(work, room.room, step="check-camera", opened_at=room.now)
        await page.locator("#yes").click()
        await page.locator("[data-part=microphone] #voice").get_by_text("Wir hören Ihre Stimme.").wait_for()
        await learned(work, room.room, camera="ok", step="check-microphone")
        await page.locator("#yes").click()
        await page.locator("[data-part=loudspeaker] #skip").wait_for()
        assert await page.locator("#yes").is_hidden()
        await page.locator("#play").click()
        await page.locator("#yes").click()
        await page.locator("[data-part=network] #saving").wait_for()
        await page.locator("[data-part=network] [data-outcome=ok]").wait_for()
        await page.locator("#next").click()
        await page.get_by_role("heading", name="Geschafft").wait_for()
        await page.get_by_text("Mehr müssen Sie nicht tun.").wait_for()
        assert time.monotonic() - began < 60
        readiness = await learned(work, room.room, network="ok", step="check-done")
        assert {readiness[part] for part in ("camera", "microphone", "loudspeaker")} == {"ok"}
        assert "reason" not in readiness
        assert await page.locator("video").count() == 0
        assert await work.state_now(room.room) == []
        await page.locator("#done").click()
        await at(page, "early")
        await learned(work, room.room, step="link")


async def test_every_question_can_be_passed_over_by_keyboard(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await page.locator("#rehearse").focus()
        await page.keyboard.press("Enter")
        await page.locator("#rehearsal-start").focus()
        await page.keyboard.press("Enter")
        for part in ("camera", "microphone", "loudspeaker", "network"):
            await page.locator(f"[data-part={part}] #skip").focus()
            assert await page.evaluate("document.activeElement.id") == "skip"
            await page.keyboard.press("Enter")
        await page.locator("#done").wait_for()
        assert await page.locator("[data-part][data-outcome=unknown]").count() == 4
        readiness = await learned(work, room.room, step="check-done")
        assert not {"camera", "microphone", "loudspeaker", "network"} & set(readiness)
        await page.locator("#done").focus()
        await page.keyboard.press("Enter")
        await at(page, "welcome")
        await learned(work, room.room, step="agreement")


async def test_without_permission_the_rehearsal_says_why_and_goes_on(server: RunningServer, browser: Browser) -> None:
    """Who goes on without a camera is well: sound alone works."""
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room), allowed=False)
        await page.locator("#rehearse").click()
        await page.locator("#rehearsal-start").click()
        await page.locator("[data-part=camera] [data-trouble=denied]").wait_for()
        await page.get_by_text("dann auf „Berechtigungen“").wait_for()
        await learned(work, room.room, camera="failed", reason="camera-denied")
        await page.locator("#next").click()
        await learned(work, room.room, camera="weak")
        await page.locator("[data-part=microphone] [data-trouble=denied]").wait_for()
        await page.context.grant_permissions(["microphone"], origin=server.url)
        await page.locator("#again").click()
        await page.locator("[data-part=microphone] #yes").click()
        await learned(work, room.room, camera="weak", microphone="ok")
        for part in ("loudspeaker", "network"):
            await page.locator(f"[data-part={part}] #skip").click()
        await page.get_by_text("Sie nehmen ohne Bild teil.").wait_for()
        assert await page.locator("#verdict").count() == 0
        await learned(work, room.room, step="check-done", camera="weak")


async def test_what_fails_is_said_with_one_thing_to_do_and_somebody_to_ask(server: RunningServer, browser: Browser) -> None:
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await page.locator("#rehearse").click()
        await page.locator("#rehearsal-start").click()
        for part in ("camera", "microphone"):
            await page.locator(f"[data-part={part}] #skip").click()
        await page.locator("#play").click()
        await page.locator("#no").click()
        await page.locator("#again").click()  # once more
        await page.locator("#play").click()
        await page.locator("#no").click()
        await page.locator("#next").click()
        await page.locator("[data-part=network] #skip").click()
        await page.locator("#verdict[data-blame=client-device][data-fault=speaker-wrong]").wait_for()
        assert await page.locator("main a[href^='tel:']").is_visible()
        await page.locator("#language").select_option("en")
        await page.get_by_role("heading", name="Almost done").wait_for()
        await learned(work, room.room, loudspeaker="failed", step="check-done", reason="speaker-wrong")
        await page.locator("#call-me").click()
        await learned(work, room.room, wish="call-me")


async def test_who_cannot_load_the_check_is_told_so(server: RunningServer, browser: Browser) -> None:
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room):
        page = await open_page(server, browser, link(server, room))
        await page.route("**/static/faults.json", lambda route: route.abort())
        await page.locator("#rehearse").click()
        await page.locator("#rehearsal-start").click()
        await page.locator("#page[data-code=no-network]").wait_for()
        await page.unroute("**/static/faults.json")
        await page.locator("main #again").click()
        await at(page, "early")


# ---- wishes


@pytest.mark.parametrize("wish", ["cannot-come", "call-me"])
async def test_a_wish_is_one_tap_and_taken_back_with_one_on_another_day(server: RunningServer, browser: Browser, wish: str) -> None:
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await page.locator(f"#{wish}").click()
        await page.locator(f"#page[data-state=wish][data-code={wish}]").wait_for()
        assert (await learned(work, room.room, wish=wish))["step"] == "link"
        page = await open_page(server, browser, link(server, room))
        await page.locator("#wished").wait_for()
        assert await page.locator(f"#{wish}").count() == 0
        await page.locator("#wish-undo").click()
        await page.locator("#page[data-code=nothing]").wait_for()
        assert "wish" not in await learned(work, room.room, wish=None)
        await page.locator("#back").click()
        await page.locator(f"#{wish}").wait_for()


async def test_a_wish_that_does_not_get_through_says_so_and_can_be_tried_again(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await page.route("**/api/report", lambda route: route.abort())
        await page.locator("#cannot-come").click()
        await page.get_by_text("Ihre Nachricht ist nicht bei uns angekommen.").wait_for()
        assert await page.locator("main a[href^='tel:']").is_visible()
        await page.unroute("**/api/report")
        await page.locator("#again").click()
        await page.locator("#page[data-code=cannot-come]").wait_for()
        await learned(work, room.room, wish="cannot-come")


async def test_who_agrees_after_all_comes(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await page.locator("#cannot-come").click()
        await page.locator("#back").click()
        await page.locator("#wished").wait_for()
        await page.locator("#agree").click()
        await at(page, "preview")
        assert "wish" not in await learned(work, room.room, wish=None, step="preview")


# ---- how far it went


async def test_the_program_learns_how_far_the_page_got_and_why_no_further(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room), allowed=False)
        await page.locator("#agree").click()
        await at(page, "trouble")
        await learned(work, room.room, step="permission", reason="denied")
        await page.locator("#ask-nothing").click()
        await at(page, "preview")
        assert "reason" not in await learned(work, room.room, step="preview")
        await page.locator("#enter-waiting").click()
        await learned(work, room.room, step="waiting")


async def test_a_played_tap_is_no_person(server: RunningServer, browser: Browser) -> None:
    """A scanner that presses every button of the first screen by script."""
    room = server.appointment(opens_in=3600)
    async with server.workstation(room) as work:
        page = await open_page(server, browser, link(server, room))
        await at(page, "early")
        posts: list[str] = []
        page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
        for tap in ("#again", "#rehearse", "#back", "#cannot-come", "#again", "#back", "#call-me"):
            await page.locator(tap).wait_for()
            await page.evaluate("tap => document.querySelector(tap).click()", tap)
        await page.locator("#page[data-code=untold]").wait_for()
        await work.line.sign_of_life()
        assert await work.state_now(room.room) == []
        assert {url.removeprefix(server.url) for url in posts} <= {"/api/look"}
        assert all("readiness" not in m for m in work.line.received if m["type"] == "room-state")


async def test_the_way_to_the_waiting_room_is_still_three_taps(server: RunningServer, browser: Browser) -> None:
    room = server.appointment()
    async with server.workstation(room):
        page = await (await person(browser, server.url)).new_page()
        await enter(page, link(server, room))
