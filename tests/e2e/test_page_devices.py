"""Camera and microphone: sound alone, the choice of one, and the whole way with the keyboard only."""

from __future__ import annotations

from playwright.async_api import Page

from tests.support.chromium import at
from tests.support.page_fixtures import Stage, connected, stage

__all__ = ["stage"]


async def test_sound_alone_flows(stage: Stage) -> None:
    page = await stage.page()
    await page.add_init_script(
        """const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wish) =>
          wish.video ? Promise.reject(new DOMException('in use', 'NotReadableError')) : ask(wish);"""
    )
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await at(page, "preview")
    assert "Ein anderes Programm benutzt gerade" in await page.inner_text("[role=alert]")
    await page.locator("#enter-waiting").click()
    await stage.other.admit_next()
    await connected(page)
    await stage.other.tab.wait_for_function("async () => (await counsellor.received()).audio > 20")
    assert (await stage.other.tab.evaluate("counsellor.received()"))["video"] == 0
    await page.locator("#cam").click()
    await page.get_by_text("Ein anderes Programm benutzt gerade").wait_for()


async def test_the_level_meter_moves_with_the_sound(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await at(page, "preview")
    level = "Number(document.querySelector('.level').style.getPropertyValue('--level'))"
    await page.wait_for_function(f"() => {level} > 0.2")


async def test_microphones_can_be_chosen(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await at(page, "preview")
    choice = page.locator("#microphone-choice")
    await choice.wait_for()
    labels = await choice.evaluate("select => [...select.options].map(option => option.label)")
    assert len(labels) > 1
    await choice.select_option(label=labels[-1])
    await page.wait_for_function(
        "label => document.querySelector('#self-video').srcObject.getAudioTracks()[0]?.label === label", arg=labels[-1]
    )


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus; the focus can be seen on the way."""
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


async def test_the_whole_way_with_the_keyboard_only(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.link)
    await at(page, "welcome")
    await tab_to(page, "#agree")
    await page.keyboard.press("Enter")
    await at(page, "preview")
    assert await page.evaluate("document.activeElement.localName") == "h1"
    await tab_to(page, "#enter-waiting")
    await page.keyboard.press("Space")
    await stage.other.admit_next()
    await connected(page)
    await tab_to(page, "#mic")
    await page.keyboard.press("Space")
    assert await page.locator("#mic").get_attribute("aria-pressed") == "false"
    await tab_to(page, "#chat-toggle")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "chat-text"
    await page.keyboard.type("Guten Tag")
    await page.keyboard.press("Enter")
    await page.get_by_text("Angekommen").wait_for()
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.id") == "chat-toggle"
    await tab_to(page, "#leave")
    await page.keyboard.press("Enter")
    await at(page, "left")
    await tab_to(page, "#return")
    await page.keyboard.press("Enter")
    await connected(page)
    await heard_sound(stage)


async def heard_sound(stage: Stage) -> None:
    """The microphone was off: silence is sent, and the picture moves."""
    await stage.other.tab.wait_for_function("async () => (await counsellor.received()).video > 5")
