"""What comes back by itself in a whole session: a killed server, a reloaded page, five seconds without network. No click, no ghost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.netns import Line
from tests.support.session import Guest, Session, on_this_machine, session_on, until

CUT_S = 5.0
WEAK = ("client-network", "counsellor-network", "network-between", "client-device", "counsellor-device")
"""What the banner may say of a line that stands: both sides send less for a while after an outage, and it is right to say so."""
BACK_WITHIN_S = 5.0
"""Sound is back so soon after the network."""


async def _kill_server(session: Session) -> int:
    pid = await session.desk.ask("server_pid")
    os.kill(pid, signal.SIGKILL)
    return int(pid)


async def _news(guest: Guest, *wanted: str) -> None:
    """Wait until the page's banner says one of these."""

    async def lacks() -> str:
        standing = await guest.standing()
        return "" if standing["news"] in wanted else f"{standing} instead of {wanted}"

    await until(lacks)


async def test_media_go_on_while_the_server_is_killed_and_started_again(tmp_path: Path) -> None:
    with Line() as line:
        async with session_on(tmp_path, line) as session:
            guest = await session.admitted()
            (before,) = await session.seats()
            epoch = (await guest.standing())["epoch"]
            killed = await _kill_server(session)
            await session.flowing(guest)
            await session.desk.until("server_pid", lambda pid: pid not in (None, killed))
            await guest.page.locator("#page[data-server=online]").wait_for()
            await session.flowing(guest)
            await _news(guest, "")
            (after,) = await session.desk.until("seats", lambda seats: [s for s in seats if s["present"]], room=session.room)
            assert (after["seat"], after["state"]) == (before["seat"], "admitted")
            assert (await guest.standing())["epoch"] == epoch, "media flowed, so no new line was needed"
            await session.desk.ask("end", room=session.room)
            await guest.page.locator("#page[data-state=ended]").wait_for()


async def test_who_waits_still_waits_after_the_server_was_killed(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        guest = await Guest.arrive(session.browser, session.link)
        (before,) = await session.desk.until("seats", lambda seats: seats, room=session.room)
        await _kill_server(session)
        await guest.page.locator(".status:not([data-situation=reached])").wait_for()
        await guest.page.locator(".status[data-situation=reached]").wait_for()
        assert [s["seat"] for s in await session.seats()] == [before["seat"]]
        await session.desk.ask("admit", room=session.room, seat=before["seat"])
        await session.flowing(guest)


async def test_a_reloaded_page_talks_on_in_the_same_seat(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        guest = await session.admitted()
        (before,) = await session.seats()
        await guest.page.reload()
        await guest.page.locator("#page[data-state=room][data-connection=connected]").wait_for()
        await session.flowing(guest)
        (after,) = await session.seats()
        assert (after["seat"], after["state"]) == (before["seat"], "admitted")
        standing = await session.desk.until("session", lambda s: s["words"]["state"] == "compare-again", room=session.room)
        await guest.page.locator("#words-panel[data-words=again]").wait_for(state="attached")
        assert await guest.words() == standing["words"]["words"], "to be compared anew, and equal"


@pytest.mark.timeout(180)
async def test_five_seconds_without_network(tmp_path: Path) -> None:
    with Line() as line:
        async with session_on(tmp_path, line) as session:
            guest = await session.admitted()
            words = await guest.words()
            await session.desk.until("session", lambda s: s["picture"]["number"] > 60, room=session.room)
            (before,) = await session.seats()
            line.cut()
            cut_at = time.monotonic()
            await _news(guest, "interrupted", "offline")
            await session.desk.until("session", lambda s: s["state"] == "recovering", room=session.room)
            await asyncio.sleep(max(0.0, cut_at + CUT_S - time.monotonic()))  # the length of the outage is what is tested
            line.mend()
            mended_at = time.monotonic()
            await session.flowing(guest, on_this_machine(BACK_WITHIN_S), only_sound=True)
            print(f"{CUT_S:.0f} s without network: sound is back after {time.monotonic() - mended_at:.1f} s")
            await session.flowing(guest)
            await _news(guest, "", *WEAK)
            (after,) = await session.desk.until("seats", lambda seats: [s for s in seats if s["present"]], room=session.room)
            assert (after["seat"], after["state"]) == (before["seat"], "admitted")
            standing = await session.desk.until("session", lambda s: s["state"] == "running", room=session.room)
            assert standing["words"]["state"] in ("ready", "kept")
            assert await guest.words() == words, "nobody has to compare again"
