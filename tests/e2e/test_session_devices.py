"""A second browser with the same link: it waits, displaces nobody and gets no media; only the counsellor's yes moves the conversation."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.session import Guest, session_on

BEGUN = "__probe.connections.filter((one) => one.localDescription !== null).length"
"""Lines that were begun; the page also makes a connection for nothing, so that the library is warm."""


async def test_a_second_browser_waits_without_media_until_the_counsellor_says_yes(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        first = await session.admitted()
        (before,) = await session.seats()
        second = await Guest.arrive(session.browser, session.link)
        seats = await session.desk.until("seats", lambda seats: len(seats) == 2, room=session.room)
        (waiting,) = [seat for seat in seats if seat["state"] == "waiting"]
        assert waiting["other_device"], "the program asks: another device?"
        assert waiting["seat"] != before["seat"]
        await second.page.locator(".status[data-situation=reached]").wait_for()
        await session.flowing(first)
        assert await first.page.evaluate(BEGUN) == 1
        assert (await first.standing())["state"] == "room", "nobody was displaced"
        assert await second.page.evaluate(BEGUN) == 0, "no line was even begun"
        assert await second.page.locator("#remote-video").count() == 0

        await session.desk.ask("admit", room=session.room, seat=waiting["seat"], replaces=before["seat"])
        await session.flowing(second)
        await first.page.locator("#page[data-state=replaced]").wait_for()
        assert await first.page.evaluate("__probe.connections.every((one) => one.connectionState === 'closed')")
        assert [(seat["seat"], seat["state"]) for seat in await session.seats()] == [(waiting["seat"], "admitted")]


async def test_a_copied_link_and_seat_without_its_secret_lead_to_the_waiting_room(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        first = await session.admitted()
        (before,) = await session.seats()
        second = await Guest.arrive(session.browser)
        stolen = await first.page.evaluate("JSON.stringify(sessionStorage)")
        assert before["seat"] in stolen, "the seat lies there, with the secret that only this tab has"
        guessed = re.sub(r'\\"secret\\":\\"[^\\]+', rf'\\"secret\\":\\"{"A" * 43}', stolen)
        assert guessed != stolen
        await second.page.goto(session.link.split("/r#")[0] + "/info")
        await second.page.evaluate("(all) => Object.entries(JSON.parse(all)).forEach(([k, v]) => sessionStorage.setItem(k, v))", guessed)
        await second.page.goto(session.link)
        await second.page.locator("#page[data-state=waiting]").wait_for()
        seats = await session.desk.until("seats", lambda seats: len(seats) == 2, room=session.room)
        assert [seat["state"] for seat in seats if seat["seat"] == before["seat"]] == ["admitted"]
        assert await second.page.evaluate(BEGUN) == 0
        await session.flowing(first)
