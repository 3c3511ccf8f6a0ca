"""Debian's Chromium for page tests, with fake devices whose permission a test grants or not."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from playwright.async_api import TimeoutError as NotInTime

NOT_WANTED = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"),
    *("LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
"""What Chromium leaves out. It obeys the last such list alone, so Playwright's own (chromiumSwitches.ts) stands here once more; the last
two are pages behind the address bar, which cost each window 0.7 s of a processor although nobody types there."""
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_WANTED)}",
)
FAKE_DEVICES = "--use-fake-device-for-media-stream"
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}


@contextlib.asynccontextmanager
async def chromium(*further: str) -> AsyncIterator[Browser]:
    """A fresh browser with its own profile."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, *further])
        try:
            yield browser
        finally:
            await browser.close()


async def person(browser: Browser, origin: str, *, allowed: bool = True, language: str = "de-DE", **options: object) -> BrowserContext:
    """A person's browser: their language, their screen, their answer to the question about camera and microphone."""
    options.setdefault("viewport", PHONE)
    context = await browser.new_context(locale=language, **options)  # type: ignore[arg-type]
    if allowed:
        await context.grant_permissions(["camera", "microphone"], origin=origin)
    return context


async def at(page: Page, state: str) -> None:
    """Wait until the page shows this screen."""
    await page.locator(f"#page[data-state={state}]").wait_for()


async def enter(page: Page, link: str) -> None:
    """From the link to the waiting room: three taps, the link counted."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(f"{request.method} {request.failure}"))
    await page.goto(link)
    try:
        await page.locator("#agree").click()
    except NotInTime as error:
        shown = await page.locator("body").inner_text()
        raise AssertionError(f"no first screen, but {shown!r}; the browser said {said}") from error
    await page.locator("#enter-waiting").click()
    await at(page, "waiting")
