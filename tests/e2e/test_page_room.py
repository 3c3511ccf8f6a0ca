"""Comfort in the room, in real Chromium with a counsellor in a second tab: a shown screen both ways, a short pause, the line in words."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.support.chromium import DESK, at, enter
from tests.support.page_fixtures import Stage, connected, heard, plays, stage

__all__ = ["stage"]

MEDIA_STATE = "counsellor.heard.filter(m => m.type === 'media-state').at(-1)"
PAINTED_SCREEN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
  const paint = canvas.getContext('2d');
  globalThis.painting = setInterval(() => { paint.fillStyle = `hsl(${Date.now() % 360} 50% 50%)`; paint.fillRect(0, 0, 800, 600); }, 100);
  const stream = canvas.captureStream(10);
  [globalThis.shownTrack] = stream.getVideoTracks();
  return stream;
};"""
"""A shim: headless Chromium has no screen that could be shown."""
SCREEN_IN_USE = """globalThis.fault = { on: true };
const painted = navigator.mediaDevices.getDisplayMedia;
navigator.mediaDevices.getDisplayMedia = () => (fault.on ? Promise.reject(new DOMException('in use', 'NotReadableError')) : painted());"""
NO_WAY_THROUGH = """globalThis.fault = { on: true };
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super(fault.on ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
  }
};"""
"""Only relays may be used, and there is none."""
TWO_CAMERAS = """globalThis.looking = 'user';
const [ask, list] = ['getUserMedia', 'enumerateDevices'].map((name) => navigator.mediaDevices[name].bind(navigator.mediaDevices));
navigator.mediaDevices.getUserMedia = ({ audio, video }) => {
  if (video) globalThis.looking = video.facingMode?.exact ?? video.facingMode ?? 'user';
  return ask({ audio, video: video && { width: video.width, height: video.height } });
};
navigator.mediaDevices.enumerateDevices = async () => [...(await list()), { kind: 'videoinput', deviceId: 'rear', label: 'Rear' }];
const settings = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () {
  return { ...settings.call(this), ...(this.kind === 'video' && { facingMode: looking }) };
};"""
"""A shim: the fake camera looks nowhere, and there is only one."""
CALM_DEVICE = """const getStats = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function (...of) {
  const calm = (report) => ('qualityLimitationReason' in report ? { ...report, qualityLimitationReason: 'none' } : report);
  return new Map([...(await getStats.apply(this, of)).entries()].map(([id, report]) => [id, calm(report)]));
};"""
"""A shim: a busy machine would be the verdict, rightly."""
TAPS_UNTIL_SILENCE = """() => {
  document.querySelector('#hear').click();
  return document.querySelector('#heard').textContent.startsWith('Es kommt gerade kein Ton bei Ihnen an.');
}"""
ZOOM = "Number(document.querySelector('#screen-frame').dataset.zoom)"
SCREEN_BOX = "(({ x, y }) => [x, y])(document.querySelector('#remote-screen').getBoundingClientRect())"


async def told(stage: Stage, condition: str) -> None:
    """Wait until the page's switches, as the counsellor was told them last, are such."""
    await stage.other.tab.wait_for_function(f"() => {{ const m = {MEDIA_STATE}; return m && ({condition}); }}")


async def says(stage: Stage, **message: Any) -> None:
    """The counsellor's program sends something over the channel."""
    await stage.other.tab.evaluate("message => counsellor.say(message)", message)


async def shows(stage: Stage, page: Page) -> None:
    """The counsellor shows a screen; wait until it moves on the page."""
    where = {"room": stage.appointment.room, "seat": stage.other.seats[0]["seat"]}
    await stage.other.tab.evaluate("where => counsellor.share(where)", where)
    await page.wait_for_function("() => document.querySelector('#remote-screen').getVideoPlaybackQuality().totalVideoFrames > 3")


async def test_a_shown_screen_is_enlarged_and_pushed_about(stage: Stage) -> None:
    page = await stage.admitted(has_touch=True)
    await shows(stage, page)
    assert await page.locator("#page").get_attribute("data-epoch") == "2"
    await plays(page)
    assert await page.locator("#remote-video").evaluate("video => video.clientWidth") < 110, "the person stands small beside it"
    assert await page.evaluate(ZOOM) == 1
    await page.locator("#zoom-in").click()
    assert await page.evaluate(ZOOM) == 1.5
    await page.locator("#screen-frame").press("+")
    x, _ = await page.evaluate(SCREEN_BOX)
    await page.locator("#screen-frame").press("ArrowRight")
    pushed, y = await page.evaluate(SCREEN_BOX)
    assert pushed < x
    await page.mouse.move(100, 300)
    await page.mouse.down()
    await page.mouse.move(140, 300, steps=4)
    await page.mouse.up()
    assert await page.evaluate(SCREEN_BOX) == [pushed + 40, y]
    await page.locator("#zoom-fit").click()
    assert await page.evaluate(ZOOM) == 1
    await pinch(page)
    assert 2.9 < await page.evaluate(ZOOM) < 3.1
    await page.locator("#zoom-fit").click()
    await page.mouse.dblclick(100, 300)
    assert await page.evaluate(ZOOM) >= 2.5, "text can be read"
    await stage.other.tab.evaluate("counsellor.unshare()")
    await page.locator("#remote-screen").wait_for(state="hidden")
    assert await page.locator("#remote-video").evaluate("video => video.clientWidth") == 320


async def pinch(page: Page) -> None:
    """Two fingers on the shown screen, 40 pixels apart at first, 120 at the end."""
    devtools = await page.context.new_cdp_session(page)
    for kind, half in (("touchStart", 20), ("touchMove", 30), ("touchMove", 45), ("touchMove", 60)):
        points = [{"x": 160 - half, "y": 300, "id": 0}, {"x": 160 + half, "y": 300, "id": 1}]
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_the_own_screen_is_shown_until_somebody_ends_it(stage: Stage) -> None:
    page = await stage.page(viewport=DESK)
    await page.add_init_script(PAINTED_SCREEN)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    await page.locator("#share").click()
    await told(stage, "m.screen")
    await stage.other.tab.wait_for_function("async () => await counsellor.screenFrames() > 3")
    await page.locator("[data-situation=sharing]").wait_for()
    await page.evaluate("shownTrack.dispatchEvent(new Event('ended'))")  # the button of the browser's own bar
    await told(stage, "!m.screen")
    await page.locator("#share").click()
    await told(stage, "m.screen")
    assert await page.locator("#page").get_attribute("data-epoch") == "2", "the line was there already"
    await shows(stage, page)
    await told(stage, "!m.screen")
    assert await page.evaluate("shownTrack.readyState") == "ended", "who begins later replaces the other"


async def test_a_pause_switches_everything_off_and_one_tap_leads_back(stage: Stage) -> None:
    page = await stage.admitted()
    await page.locator("#mic").click()
    await page.evaluate("globalThis.own = document.querySelector('#self-video').srcObject.getTracks()")
    await page.locator("#more").click()
    await page.locator("#pause").click()
    await told(stage, "m.paused && !m.camera && !m.microphone")
    assert await page.evaluate("own.map(track => track.readyState)") == ["ended", "ended"], "the light is out"
    assert await page.evaluate("document.activeElement.id") == "resume"
    await page.reload()
    await connected(page)
    await page.locator("[data-hold=own]").wait_for()
    assert await page.evaluate("document.querySelector('#self-video').srcObject.getTracks().length") == 0, "a reload ends no pause"
    await page.locator("#resume").click()
    await told(stage, "!m.paused && m.camera && !m.microphone")
    await plays(page)
    await says(stage, type="media-state", microphone=False, camera=False, paused=True)
    await page.get_by_text("Die Fachkraft macht eine kurze Pause").wait_for()
    assert await page.get_by_text("Die Kamera der Fachkraft ist aus.").is_hidden()
    await says(stage, type="media-state", microphone=True, camera=True)
    await page.locator("[data-hold='']").wait_for()
    await stage.other.do("end", by_phone=True)
    await at(page, "ended")
    assert await page.get_by_text("Die Fachkraft ruft Sie jetzt an.").is_visible()


async def test_the_line_in_words_and_help_with_the_sound(stage: Stage) -> None:
    page = await stage.page()
    await page.add_init_script(CALM_DEVICE)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    await stage.other.tab.wait_for_function("() => counsellor.heard.some(m => m.type === 'line-report' && m.server_ms >= 0)")
    await stage.other.tab.evaluate(
        "setInterval(() => counsellor.say({type: 'line-report', loss: 0, server_ms: 9000, limited: 'network'}), 500)"
    )
    await page.locator("[data-situation=counsellor-network]").wait_for()
    assert "Sie müssen nichts tun" in await page.inner_text("#room-news")
    await page.locator("#more").click()
    assert "Netz der Fachkraft" in await page.inner_text("#line")
    await page.locator("#hear").click()
    await page.locator("#heard").get_by_text("Der Ton kommt bei Ihnen an").wait_for()
    await plays(page)
    assert await page.locator("#data-used").inner_text() != ""
    await stage.other.tab.evaluate("counsellor.pc.getSenders()[0].replaceTrack(null)")
    await page.wait_for_function(TAPS_UNTIL_SILENCE, polling=500)
    await page.locator("#heard").get_by_text("Die Verbindung ist neu").wait_for()
    assert await page.locator("#page").get_attribute("data-epoch") == "2"
    await heard(stage.other)


async def test_a_screen_that_cannot_be_shown_is_told_until_one_can(stage: Stage) -> None:
    page = await stage.page(viewport=DESK)
    await page.add_init_script(PAINTED_SCREEN + SCREEN_IN_USE)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    await page.locator("#share").click()
    await page.locator("#share-failed").get_by_text("Ihr Bildschirm ließ sich nicht zeigen.").wait_for()
    assert "Bildschirm zeigen" in await page.inner_text("#share")
    await page.evaluate("fault.on = false")
    await page.locator("#share").click()
    await told(stage, "m.screen")
    await page.locator("#share-failed:empty").wait_for(state="attached")


async def test_the_whole_screen_and_back(stage: Stage) -> None:
    page = await stage.admitted(viewport=DESK)
    await page.locator("#more").click()
    await page.locator("#full").click()
    await page.locator("#full").get_by_text("Ganzen Bildschirm verlassen").wait_for()
    assert await page.evaluate("document.fullscreenElement === document.documentElement")
    await page.locator("#full").click()
    await page.locator("#full").get_by_text("Ganzer Bildschirm").wait_for()
    assert await page.evaluate("document.fullscreenElement === null")


async def test_the_other_camera_of_a_telephone_shows_no_mirror(stage: Stage) -> None:
    page = await stage.page(has_touch=True, is_mobile=True)
    await page.add_init_script(TWO_CAMERAS)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await connected(page)
    own = page.locator("#self-video")
    assert await own.get_attribute("class") == "mirror"
    await page.locator("#more").click()
    assert await page.locator("#camera-choice").is_hidden()
    await page.locator("#turn-camera").click()
    await page.locator("#self-video:not(.mirror)").wait_for()
    assert await page.evaluate("looking") == "environment"
    await heard(stage.other)
    await page.locator("#turn-camera").click()
    await page.locator("#self-video.mirror").wait_for()
    assert await page.evaluate("looking") == "user"


async def test_a_network_that_lets_nothing_through_is_named_with_the_telephone_as_way_out(stage: Stage) -> None:
    page = await stage.page()
    await page.add_init_script(NO_WAY_THROUGH)
    await enter(page, stage.link)
    await stage.other.admit_next()
    await page.locator("[data-situation=connecting]").wait_for()
    await page.locator("[data-situation=stuck]").get_by_text("Es kommt keine Verbindung zustande.").wait_for()
    await page.locator("#room-news a[href^='tel:']").click(trial=True)
    await page.evaluate("fault.on = false")
    await connected(page)
    await page.locator("[data-situation='']").wait_for(state="attached")
    assert await page.locator("#room-news a").count() == 0
