"""The client's page in training, in a browser without any device: drawn picture, made voice, a mark; and none of it elsewhere."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.support.chromium import at, chromium, person
from tests.support.server import QUICK, running_server

MOVES = """async () => {
  const video = document.querySelector('#self-video');
  const pen = Object.assign(document.createElement('canvas'), { width: 64, height: 36 }).getContext('2d');
  const look = () => { pen.drawImage(video, 0, 0, 64, 36); return pen.getImageData(0, 0, 64, 36).data.join(); };
  const first = look();
  for (let n = 0; n < 100 && look() === first; n += 1) await new Promise((again) => setTimeout(again, 50));
  return look() !== first;
}"""
HEARD = """async () => {
  const [track] = document.querySelector('#self-video').srcObject.getAudioTracks();
  const context = new AudioContext();
  const meter = new AnalyserNode(context);
  context.createMediaStreamSource(new MediaStream([track])).connect(meter);
  const wave = new Float32Array(meter.fftSize);
  const level = () => { meter.getFloatTimeDomainData(wave); return Math.max(...wave.map(Math.abs)); };
  for (let n = 0; n < 100; n += 1) {
    if (level() > 0.01) return true;
    await new Promise((again) => setTimeout(again, 50));
  }
  return false;
}"""


async def opened(page: Page, link: str) -> None:
    await page.goto(link)
    await page.locator("#agree").click()


async def test_page_draws_its_camera_in_training_alone(tmp_path: Path) -> None:
    async with chromium() as browser:
        async with running_server(tmp_path / "training", rhythm=QUICK, training=True) as server:
            room = server.appointment()
            async with server.workstation(room):
                page = await (await person(browser, server.url, allowed=False)).new_page()
                await opened(page, f"{server.url}/r#{room.token}")
                await at(page, "preview")
                assert "alles hier ist erfunden" in await page.locator("#training").inner_text()
                await page.wait_for_function("document.querySelector('#self-video').videoWidth === 640")
                assert await page.evaluate(MOVES)
                assert await page.evaluate(HEARD)
        async with running_server(tmp_path / "real", rhythm=QUICK) as server:
            room = server.appointment()
            async with server.workstation(room):
                page = await (await person(browser, server.url, allowed=False)).new_page()
                await opened(page, f"{server.url}/r#{room.token}")
                await page.locator("[data-trouble]").wait_for()
                assert await page.locator("#training").count() == 0
                assert (await server.http("GET", "/static/training.js")).status == 404
