"""The waiting room: what the counsellor tells, knocking again; and a telephone whose browser saves data, from the preview into the room."""

from __future__ import annotations

from playwright.async_api import Page

from tests.support.chromium import at
from tests.support.page_fixtures import Stage, connected, heard, stage

__all__ = ["stage"]

OWN_HEIGHT = "() => document.querySelector('#self-video').srcObject.getVideoTracks()[0].getSettings().height"
SEEN_HEIGHT = """async () => [...(await counsellor.pc.getStats()).values()]
  .find((report) => report.type === 'inbound-rtp' && report.kind === 'video')?.frameHeight ?? 0"""
LAMP = """globalThis.locks = [];
Object.defineProperty(Navigator.prototype, 'wakeLock', { value: {
  request: async () => {
    const lock = { released: false, release: async () => void (lock.released = true) };
    locks.push(lock);
    return lock;
  },
} });"""
"""A shim: no screen of this machine goes dark. The browser takes each lock away when the page is hidden."""
LIT = "() => locks.some((lock) => !lock.released)"


async def saving_data(page: Page) -> None:
    """The browser's own data saver is on."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Emulation.setDataSaverOverride", {"dataSaverEnabled": True})


async def test_what_the_counsellor_tells_is_shown_and_a_knock_is_heard(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await page.locator("#enter-waiting").click()
    await page.locator("[data-situation=reached]").wait_for()
    (seat,) = await stage.other.waiting()
    assert (await stage.other.do("notify", seat=seat, notice="ten-minutes"))["type"] == "done"
    await page.get_by_text("Es dauert noch etwa 10 Minuten.").wait_for()
    await page.reload()
    await page.get_by_text("Es dauert noch etwa 10 Minuten.").wait_for()
    await stage.other.do("notify", seat=seat, notice="phone-call")
    await page.get_by_text("Wir rufen Sie gleich an.").wait_for()
    assert not any(one["knocked_at"] for one in stage.other.seats if "knocked_at" in one)
    await page.locator("#knock").click()
    await page.get_by_text("Wir haben noch einmal angeklopft.").wait_for()
    await stage.other.until(lambda seats: any(one.get("knocked_at") for one in seats))
    await page.reload()
    await page.locator("#knock").click()
    await page.get_by_text("Sie haben gerade erst angeklopft.").wait_for()
    assert await page.locator("#knock").get_attribute("aria-disabled") == "true"


async def test_who_saves_data_sends_and_gets_a_small_picture(stage: Stage) -> None:
    page = await stage.page()
    await saving_data(page)
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await at(page, "preview")
    assert await page.locator("#saving").is_checked()
    assert "höchstens 180 Megabyte" in await page.inner_text("main")
    assert await page.evaluate(OWN_HEIGHT) == 360
    await page.locator("#saving").uncheck()
    await page.wait_for_function(f"() => ({OWN_HEIGHT})() > 360")
    await page.locator("#saving").check()
    await page.wait_for_function(f"() => ({OWN_HEIGHT})() === 360")
    await page.locator("#enter-waiting").click()
    await stage.other.admit_next()
    await connected(page)
    await heard(stage.other)
    told = "counsellor.heard.filter(m => m.type === 'limits').at(-1)"
    assert await stage.other.tab.evaluate(told) == {"type": "limits", "height": 360, "kbps": 400}
    while not (seen := await stage.other.tab.evaluate(SEEN_HEIGHT)):
        await stage.other.tab.wait_for_timeout(50)  # no picture has been decoded yet
    assert seen <= 360
    await page.reload()
    await connected(page)
    assert await stage.other.tab.evaluate(told) == {"type": "limits", "height": 360, "kbps": 400}
    assert await page.evaluate(OWN_HEIGHT) == 360


async def test_a_telephone_that_waits_does_not_go_dark(stage: Stage) -> None:
    page = await stage.page()
    await page.add_init_script(LAMP)
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await at(page, "preview")
    assert not await page.evaluate(LIT)
    await page.locator("#enter-waiting").click()
    await at(page, "waiting")
    await page.wait_for_function(LIT)
    await page.evaluate("locks.forEach((lock) => lock.release())")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.wait_for_function(LIT)
    await stage.other.admit_next()
    await connected(page)
    assert await page.evaluate(LIT)
    await page.locator("#leave").click()
    await at(page, "left")
    await page.wait_for_function(f"() => !({LIT})()")
