"""From the waiting room to the goodbye in real Chromium, with a counsellor in a second tab: both directions are measured there."""

from __future__ import annotations

from playwright.async_api import Page

from tests.support.chromium import at, enter
from tests.support.page_fixtures import Stage, connected, heard, plays, stage

__all__ = ["stage"]


async def words_of(page: Page) -> list[int]:
    """The indices that the page shows."""
    await page.locator(".words li").first.wait_for(state="attached")
    return [int(index) for index in await page.locator(".words li").evaluate_all("items => items.map(item => item.dataset.index)")]


async def test_the_waiting_room_says_only_what_is_true(stage: Stage) -> None:
    page = await stage.page()
    stage.other.acknowledges = False
    await enter(page, stage.link)
    news = page.locator(".status")
    await page.locator("[data-situation=unreached]").wait_for()
    assert "noch nicht erreicht" in await news.inner_text()
    assert "0123 456-0" in await news.inner_text()
    (seat,) = await stage.other.waiting()
    await stage.other.work.line.send("reached", room=stage.appointment.room, seat=seat)
    await page.locator("[data-situation=reached]").wait_for()
    assert "weiß, dass Sie da sind" in await news.inner_text()
    await stage.other.work.line.close()
    await page.locator("[data-situation=unreached]").wait_for()
    assert await page.evaluate("document.activeElement.localName") == "h1"


async def test_picture_sound_and_chat_go_both_ways(stage: Stage) -> None:
    page = await stage.admitted()
    await plays(page)
    await heard(stage.other)
    assert await page.locator("#page").get_attribute("data-epoch") == "1"
    await stage.other.tab.evaluate("counsellor.say({type: 'chat', id: 'aaaaaaaa', text: '<b>Guten Tag</b>'})")
    await page.locator("#chat li.other").get_by_text("<b>Guten Tag</b>").wait_for()
    await page.locator("#chat-text").fill("Hallo 👋")
    await page.locator("#chat-text").press("Enter")
    await page.locator("#chat li.own .state").get_by_text("Angekommen").wait_for()
    said = await stage.other.tab.evaluate("counsellor.heard.filter(m => m.type === 'chat').map(m => m.text)")
    assert said == ["Hallo 👋"]


async def test_switches_are_told_and_the_camera_is_freed(stage: Stage) -> None:
    page = await stage.admitted()
    await page.locator("#mic").click()
    await page.locator("#cam").click()
    told = "counsellor.heard.filter(m => m.type === 'media-state').at(-1)"
    await stage.other.tab.wait_for_function(f"() => {{ const m = {told}; return m && !m.microphone && !m.camera; }}")
    assert await page.locator("#mic").get_attribute("aria-pressed") == "false"
    assert await page.locator("#self-video").is_hidden()
    await stage.other.tab.evaluate("counsellor.say({type: 'media-state', microphone: false, camera: false})")
    await page.locator("[data-situation=peer-muted]").wait_for()
    await page.get_by_text("Die Kamera der Fachkraft ist aus.").wait_for()
    await page.locator("#cam").click()
    await stage.other.tab.wait_for_function(f"() => {told}.camera")
    await page.reload()
    await connected(page)
    assert await page.locator("#mic").get_attribute("aria-pressed") == "false", "who was silent stays silent"


async def test_safety_words_are_the_same_on_both_sides(stage: Stage) -> None:
    page = await stage.admitted()
    await stage.other.tab.wait_for_function("() => counsellor.words?.length === 4")
    assert await words_of(page) == await stage.other.tab.evaluate("counsellor.words")
    await page.locator("#more").click()
    await page.locator("#words").click()
    assert all(len(word) > 2 for word in await page.locator(".words li").all_inner_texts())


async def test_safety_words_differ_for_somebody_in_between(stage: Stage) -> None:
    """The counsellor's side believes in another certificate of the page, as it would with a listener in between."""
    other = ":".join(["AB"] * 32)
    await stage.other.tab.evaluate(f"counsellor.prints = () => ({{browser: '{other}', program: '{other}'}})")
    page = await stage.admitted()
    await stage.other.tab.wait_for_function("() => counsellor.words?.length === 4")
    assert await words_of(page) != await stage.other.tab.evaluate("counsellor.words")


async def test_leaving_frees_the_devices_and_one_tap_leads_back(stage: Stage) -> None:
    page = await stage.admitted()
    await page.evaluate("globalThis.own = document.querySelector('#self-video').srcObject.getTracks()")
    await page.locator("#leave").click()
    await at(page, "left")
    assert await page.evaluate("own.map(track => track.readyState)") == ["ended", "ended"]
    await page.reload()
    await at(page, "left")
    await page.locator("#return").click()
    await connected(page)
    await heard(stage.other)
    assert len(stage.other.seats) == 1


async def test_sent_back_frees_the_devices_and_admission_takes_them_again(stage: Stage) -> None:
    page = await stage.admitted()
    await page.evaluate("globalThis.own = document.querySelector('#self-video').srcObject.getTracks()")
    (seat,) = stage.other.seats
    await stage.other.do("send-back", seat=seat["seat"])
    await at(page, "waiting")
    assert await page.get_by_text("noch einmal in den Warteraum gebeten").is_visible()
    assert await page.evaluate("own.map(track => track.readyState)") == ["ended", "ended"]
    await stage.other.admit_next()
    await connected(page)
    await heard(stage.other)


async def test_removed_waits_again_with_a_new_seat(stage: Stage) -> None:
    page = await stage.admitted()
    (seat,) = stage.other.seats
    await stage.other.do("remove", seat=seat["seat"])
    await at(page, "removed")
    await page.locator("#return").click()
    await at(page, "waiting")
    (new,) = await stage.other.waiting()
    assert new != seat["seat"]


async def test_the_end_is_told_and_nothing_is_kept(stage: Stage) -> None:
    page = await stage.admitted()
    await page.evaluate("globalThis.own = document.querySelector('#self-video').srcObject.getTracks()")
    await stage.other.do("end")
    await at(page, "ended")
    assert await page.evaluate("own.map(track => track.readyState)") == ["ended", "ended"]
    await page.locator("#survey-form").wait_for()
    kept = await page.evaluate("Object.entries(sessionStorage).map(entry => entry.join(': '))")
    assert not [line for line in kept if line.startswith("seat/") or '"secret"' in line or '"seat"' in line]
    await page.reload()
    await at(page, "over")


async def test_another_device_waits_and_only_a_yes_replaces_the_first(stage: Stage) -> None:
    first = await stage.admitted()
    second = await stage.page()
    await enter(second, stage.link)
    (waiting,) = await stage.other.waiting()
    await plays(first)
    assert await second.evaluate("document.querySelector('#remote-video')") is None
    (old,) = [s["seat"] for s in stage.other.seats if s["state"] == "admitted"]
    await stage.other.do("admit", seat=waiting, replaces=old)
    await at(first, "replaced")
    await connected(second)
    await heard(stage.other)
