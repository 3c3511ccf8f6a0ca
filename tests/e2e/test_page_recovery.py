"""What comes back by itself: a reloaded page, a lost server link, a lost peer connection, a program that asks."""

from __future__ import annotations

from playwright.async_api import Page

from tests.support.chromium import at
from tests.support.page_fixtures import Stage, connected, heard, plays, stage

__all__ = ["stage"]

KEEP_SOCKETS = """
globalThis.sockets = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(...all) { super(...all); sockets.push(this); }
};
globalThis.peers = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  createDataChannel(...all) { peers.push(this); return super.createDataChannel(...all); }
};"""


async def observed(stage: Stage) -> Page:
    """An admitted page whose connections a test can see and cut."""
    page = await stage.page()
    await page.add_init_script(KEEP_SOCKETS)
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await page.locator("#enter-waiting").click()
    await stage.other.admit_next()
    await connected(page)
    return page


async def epoch(page: Page, number: int) -> None:
    """Wait until media flows in this epoch."""
    await page.locator(f"#page[data-state=room][data-connection=connected][data-epoch='{number}']").wait_for()


async def test_a_reloaded_page_is_back_in_the_same_seat_without_a_tap(stage: Stage) -> None:
    page = await observed(stage)
    (before,) = [s["seat"] for s in stage.other.seats]
    await page.reload()
    await epoch(page, 2)
    await plays(page)
    await heard(stage.other)
    assert [s["seat"] for s in stage.other.seats] == [before]
    await page.locator("#words-panel[data-words=again]").wait_for(state="attached")


async def test_a_reloaded_page_is_back_in_the_waiting_room(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.link)
    await page.locator("#agree").click()
    await page.locator("#enter-waiting").click()
    (before,) = await stage.other.waiting()
    await page.reload()
    await at(page, "waiting")
    assert await stage.other.waiting() == [before]


async def test_a_lost_server_link_comes_back_and_leaves_media_untouched(stage: Stage) -> None:
    page = await observed(stage)
    await page.evaluate("sockets.at(-1).close(4999)")
    await page.wait_for_function("() => sockets.length === 2 && sockets[1].readyState === 1")
    await page.locator("#page[data-server=online]").wait_for()
    await plays(page)
    assert await page.evaluate("peers.length") == 1
    assert await page.locator("#page").get_attribute("data-epoch") == "1"


async def test_need_offer_makes_a_new_epoch_before_the_old_one_goes(stage: Stage) -> None:
    page = await observed(stage)
    words = await page.locator(".words li").evaluate_all("items => items.map(item => item.dataset.index)")
    (seat,) = [s["seat"] for s in stage.other.seats]
    await stage.other.work.line.send("need-offer", room=stage.appointment.room, epoch=1, reason="failed", to=seat)
    await epoch(page, 2)
    await plays(page)
    await heard(stage.other)
    assert await page.evaluate("peers.map(peer => peer.connectionState)") == ["closed", "connected"]
    kept = "() => counsellor.heard.some(m => m.type === 'words-keep' && m.epoch === 2)"
    await stage.other.tab.wait_for_function(kept)
    await page.locator("#words-panel[data-words=fresh] .words li").nth(3).wait_for(state="attached")
    assert await page.locator(".words li").evaluate_all("items => items.map(item => item.dataset.index)") == words


async def test_a_line_written_while_nobody_listens_arrives_in_the_next_epoch(stage: Stage) -> None:
    page = await observed(stage)
    await page.locator("#chat-toggle").click()
    await page.locator("#chat-text").fill("Hören Sie mich?")
    await stage.other.tab.evaluate("counsellor.pc.close()")
    await page.evaluate("document.querySelector('#chat-send').click()")
    await page.locator("#page:not([data-epoch='1'])[data-connection=connected]").wait_for()
    await page.locator("#chat li.own .state").get_by_text("Angekommen").wait_for()
    said = await stage.other.tab.evaluate("counsellor.heard.filter(m => m.type === 'chat').map(m => m.text)")
    assert said == ["Hören Sie mich?"]


async def test_the_same_tab_twice_tells_the_first(stage: Stage) -> None:
    page = await observed(stage)
    copy = await page.context.new_page()
    await copy.goto(f"{stage.server.url}/info")
    await copy.evaluate(
        "seats => { for (const [name, text] of seats) sessionStorage.setItem(name, text); }",
        await page.evaluate("Object.entries(sessionStorage)"),
    )
    await copy.goto(stage.link)
    await connected(copy)
    await at(page, "taken-over")


USED = "Number(/[0-9]+/.exec(document.querySelector('#data-used')?.textContent ?? '')?.[0] ?? 0)"


async def test_what_was_used_is_counted_on_after_a_reload(stage: Stage) -> None:
    page = await stage.admitted()
    await page.wait_for_function(f"() => {USED} >= 2")
    before = await page.evaluate(USED)
    await page.reload()
    await at(page, "room")
    assert await page.evaluate(USED) >= before
    await page.wait_for_function(f"before => {USED} > before", arg=before)
