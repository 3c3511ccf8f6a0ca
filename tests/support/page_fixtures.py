"""Fixtures of the page's end-to-end tests: a server with one appointment, a browser with fake devices, a counsellor in a second tab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.server.hub import Rhythm
from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.support.counsellor import Counsellor, counsellor
from tests.support.page_client import Appointment
from tests.support.server import RunningServer, running_server


@dataclass
class Stage:
    """Everything for one appointment: server, browser, and the counsellor who looks after it."""

    server: RunningServer
    browser: Browser
    other: Counsellor
    appointment: Appointment

    @property
    def link(self) -> str:
        return f"{self.server.url}/r#{self.appointment.token}"

    async def page(self, **options: object) -> Page:
        """A new person's tab; nothing is open in it."""
        return await (await person(self.browser, self.server.url, **options)).new_page()  # type: ignore[arg-type]

    async def admitted(self, **options: object) -> Page:
        """A tab whose picture and sound flow."""
        page = await self.page(**options)
        await enter(page, self.link)
        await self.other.admit_next()
        await connected(page)
        return page


async def connected(page: Page) -> None:
    """Wait until media flows into the page."""
    await page.locator("#page[data-state=room][data-connection=connected]").wait_for()


async def plays(page: Page) -> None:
    """Wait until the counsellor's picture moves on the page."""
    moves = "from => document.querySelector('#remote-video')?.getVideoPlaybackQuality().totalVideoFrames > from"
    frames = "document.querySelector('#remote-video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
    await page.wait_for_function(moves, arg=await page.evaluate(frames) + 5)


async def heard(other: Counsellor) -> None:
    """Wait until the counsellor's tab gets more picture and sound than it has now."""
    before = await other.tab.evaluate("counsellor.received()")
    more = (
        "async before => { const now = await counsellor.received(); return now.audio > before.audio + 10 && now.video > before.video + 3; }"
    )
    await other.tab.wait_for_function(more, arg=before)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running_server(tmp_path, rhythm=Rhythm(), phone="0123 999-0") as server, chromium(FAKE_DEVICES) as browser:
        appointment = server.appointment()
        async with counsellor(server, await person(browser, server.url), appointment) as other:
            yield Stage(server, browser, other, appointment)


__all__ = ["Stage", "at", "connected", "heard", "plays", "stage"]
