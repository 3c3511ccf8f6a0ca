"""The demonstration's own browser driver and the probe in the page, on a page made for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

import app.demo
from app.bench.chromium_engine import answer_ourselves
from app.demo.browser import Browser
from app.demo.film import FILM_S, write_film
from app.demo.page import ENTER, Page, PageError

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://page.test/"
PROBE = (Path(app.demo.__file__).parent / "page_probe.js").read_text("utf-8")
DOCUMENT = """<!doctype html><title>page</title>
<form onsubmit="told.textContent += '[' + field.value + ']'; return false"><input id="field"></form>
<button id="button" onclick="told.textContent += event.isTrusted ? 'trusted' : 'script'">Button</button>
<button id="off" disabled>Off</button><button id="hidden" hidden>Hidden</button>
<div style="position: relative"><button id="under">Under</button><div style="position: absolute; inset: 0">Cover</div></div>
<p id="told"></p><video id="remote-video" autoplay muted playsinline></video>"""
CALL_ONESELF = """(async () => {
  const own = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const there = new MediaStream();
  far.ontrack = ({ track }) => { there.addTrack(track); document.getElementById("remote-video").srcObject = there; };
  for (const track of own.getTracks()) near.addTrack(track, own);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
})()"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("film") / "camera.mjpeg"
    write_film(file)
    return file


@pytest.fixture
async def page(film: Path) -> AsyncIterator[Page]:
    async with Browser([f"--use-file-for-fake-video-capture={film}"]) as browser:
        page = await browser.new_page([PROBE])
        await answer_ourselves(page, ADDRESS, DOCUMENT.encode())
        await page.open(ADDRESS)
        yield page


async def test_clicks_and_keys_are_real_input(page: Page) -> None:
    await page.click("#button")
    await page.click("#field")
    await page.type("Grüße, ß")
    await page.press(ENTER)
    assert await page.text("#told") == "trusted[Grüße, ß]"


@pytest.mark.parametrize(
    ("selector", "why"), [("#off", "disabled"), ("#hidden", "not shown"), ("#under", "lies over"), ("#missing", "no such element")]
)
async def test_what_a_person_could_not_click_is_not_clicked(page: Page, selector: str, why: str) -> None:
    with pytest.raises(PageError, match=why):
        await page.click(selector)
    with pytest.raises(PageError, match="not within"):
        await page.wait_shown(selector, seconds=0.2)


async def test_errors_of_the_page_and_dead_addresses_are_told(page: Page) -> None:
    with pytest.raises(PageError, match="out of order"):
        await page.evaluate("(() => { throw new Error('out of order') })()")
    with pytest.raises(PageError, match="did not open"):
        await page.open("http://127.0.0.1:9/")


async def test_probe_reads_clock_and_figures_of_a_call(page: Page) -> None:
    assert await page.evaluate("__probe.figures()") is None, "no connection yet"
    await page.evaluate(CALL_ONESELF)
    await page.wait_for("__probe.clock.samples.length >= 20")
    readings = await page.evaluate("__probe.drain()")
    length = FILM_S * 1000
    steps = [((later["value"] - earlier["value"]) % length, later["at"] - earlier["at"]) for earlier, later in pairwise(readings)]
    assert all(reading["value"] < length for reading in readings), "the film's own time"
    assert sum(shown for shown, _ in steps) == pytest.approx(sum(passed for _, passed in steps), rel=0.5)
    figures = await page.evaluate("__probe.figures()")
    assert figures["picture_in"]["framesDecoded"] > 20
    assert figures["picture_in"]["frameWidth"] > 0
    assert figures["sound_in"]["bytesReceived"] > 0


async def test_without_network_nothing_arrives_and_afterwards_it_does(film: Path) -> None:
    async with Browser([f"--use-file-for-fake-video-capture={film}"]) as browser:
        page = await browser.new_page([PROBE])
        await answer_ourselves(page, ADDRESS, DOCUMENT.encode())
        await page.open(ADDRESS)
        await page.evaluate(CALL_ONESELF)
        received = "__probe.figures().then((figures) => figures?.picture_in?.packetsReceived ?? 0)"
        await page.wait_for(f"{received}.then((packets) => packets > 20)")
        with browser.without_network():
            await page.wait_for("new Promise((done) => setTimeout(done, 300, true))")  # what was under way in the browser
            cut = await page.evaluate(received)
            await page.wait_for("new Promise((done) => setTimeout(done, 1000, true))")  # as long as thirty pictures take
            assert await page.evaluate(received) == cut
        await page.wait_for(f"{received}.then((packets) => packets > {cut} + 20)")


async def test_no_process_is_left() -> None:
    async with Browser() as browser:
        assert (await (await browser.new_page()).screenshot()).startswith(b"\x89PNG")
        processes = [psutil.Process(browser.pid), *psutil.Process(browser.pid).children(recursive=True)]
        assert len(processes) > 3

    _, left = await asyncio.to_thread(psutil.wait_procs, processes, 10)
    assert not left


async def test_a_killed_program_leaves_no_browser() -> None:
    program = (
        "import asyncio, sys\n"
        "from app.demo.browser import Browser\n"
        "async def main():\n"
        "    async with Browser() as browser:\n"
        "        print(browser.pid, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert started.stdout is not None
    browser = psutil.Process(int(await asyncio.wait_for(started.stdout.readline(), 60)))
    processes = [browser, *browser.children(recursive=True)]
    started.kill()
    await started.wait()
    _, left = await asyncio.to_thread(psutil.wait_procs, processes, 10)
    assert not left
