"""An old telephone on a poor line (six times slower, 1.6 Mbit/s down, 0.75 up, 150 ms): outcomes are asserted, times reported."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import CDPSession, Page

from tests.support.chromium import at
from tests.support.page_fixtures import Stage, connected, heard, plays, stage

__all__ = ["stage"]

SLOWER = 6
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""Bytes a second, milliseconds."""
HEAVIEST = 150_000
"""Bytes of everything that is loaded from the link to the waiting room, compressed; the headers of some sixty answers come on top."""


class Watch:
    """Prints how long each step took (`pytest -rP` shows it)."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def step(self, name: str) -> None:
        now = time.monotonic()
        print(f"{name}: {now - self._since:.1f} s")
        self._since = now


async def slowed(page: Page, received: list[int]) -> CDPSession:
    """The telephone and its line; what comes in is counted."""
    cdp = await page.context.new_cdp_session(page)
    cdp.on("Network.dataReceived", lambda event: received.append(event["encodedDataLength"]))
    await cdp.send("Network.enable")
    await cdp.send("Network.emulateNetworkConditions", LINE)
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return cdp


@pytest.mark.timeout(240)
async def test_an_old_telephone_on_a_poor_line_gets_into_the_conversation(stage: Stage) -> None:
    page = await stage.page()
    received: list[int] = []
    await slowed(page, received)
    watch = Watch()
    await page.goto(stage.link, wait_until="commit")
    await at(page, "welcome")
    watch.step("welcome")
    await page.locator("#language").select_option("en")
    await page.get_by_text("This is voluntary").wait_for()
    await page.locator("#agree").click()
    await at(page, "preview")
    assert await page.locator("#self-video").is_visible()
    watch.step("preview")
    await page.locator("#saving").check()
    await page.locator("#enter-waiting").click()
    await page.locator("[data-situation=reached]").wait_for()
    watch.step("waiting")
    assert 50_000 < sum(received) <= HEAVIEST
    await page.locator("#knock").click()
    await page.get_by_text("We knocked again.").wait_for()
    await stage.other.admit_next()
    await connected(page)
    await plays(page)
    await heard(stage.other)
    watch.step("room")
    limits = "counsellor.heard.filter(m => m.type === 'limits').map(m => [m.height, m.kbps]).at(-1)"
    assert await stage.other.tab.evaluate(limits) == [360, 400]
    await page.locator("#leave").click()
    await at(page, "left")
