"""A browser as the counsellor's media engine: the bar that the program's own engine is measured against.

Implements `app.media.ports.Engine` by one visible Chromium page, driven by CDP from a thread and asyncio loop of its own.
For benchmarks only: its pictures are seen by the browser, not by the program's window, and `stats` stays empty.
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from app.demo.browser import Browser
from app.demo.page import Page
from app.media.ports import (
    CallError,
    CallListener,
    CallState,
    CallStats,
    DeviceChoice,
    DeviceKind,
    FrameSlot,
    I420Frame,
    PictureLimit,
    ScreenSource,
)
from app.wire.messages import IceServer
from app.wire.safety_words import Fingerprints

_HERE = Path(__file__).parent
_PROBE = _HERE.parent / "demo" / "page_probe.js"
ADDRESS = "https://counsellor.invalid/"
"""Answered by ourselves inside the browser; no request leaves it. A secure context, as picture planes need one."""
PLAIN_HOSTS = "--disable-features=WebRtcHideLocalIpsWithMdns"
"""Both browsers of a benchmark show their loopback address: finding mDNS names is not what is measured."""
START_S = 60.0

_STATES = {
    "connecting": CallState.CONNECTING,
    "connected": CallState.CONNECTED,
    "disconnected": CallState.STALLED,
    "failed": CallState.STALLED,
    "closed": CallState.CLOSED,
}


class ChromiumCall:
    """One conversation, carried out on the engine's page."""

    def __init__(self, engine: ChromiumEngine, listener: CallListener, ice_servers: Sequence[IceServer]) -> None:
        self._engine = engine
        self._listener = listener
        self._ice_servers = list(ice_servers)
        self._talk_open = False
        self._closed = False
        self._remote: FrameSlot[I420Frame] = FrameSlot()
        self._own: FrameSlot[I420Frame] = FrameSlot()
        self._screen: FrameSlot[I420Frame] = FrameSlot()

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        """Stays empty: the browser shows it."""
        return self._remote

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        """Stays empty: the browser shows it."""
        return self._own

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        """Stays empty: no screen is shown in the benchmark."""
        return self._screen

    @property
    def carries_screen(self) -> bool:
        """Not part of the benchmark."""
        return False

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        """See the port."""
        servers = [{"urls": s.urls, "username": s.username, "credential": s.credential} for s in self._ice_servers]
        return self._engine.run(self._answer(f"__counsellor.takeOffer({epoch}, {json.dumps(sdp)}, {json.dumps(servers)})"))

    def add_candidate(self, epoch: int, candidate: str, mid: str | None, line: int | None) -> None:
        """See the port."""
        line_of_sdp = {"candidate": candidate, "sdpMid": mid, "sdpMLineIndex": line}
        self._engine.run(self._engine.page.evaluate(f"__counsellor.addCandidate({epoch}, {json.dumps(line_of_sdp)})"))

    def talk(self, text: str) -> bool:
        """See the port."""
        if self._talk_open:
            self._engine.run(self._engine.page.evaluate(f"__counsellor.talk({json.dumps(text)})"))
        return self._talk_open

    def set_microphone(self, on: bool) -> None:
        """Not part of the benchmark: stays on."""

    def set_camera(self, on: bool) -> None:
        """Not part of the benchmark: stays on."""

    def choose_devices(self, choice: DeviceChoice) -> None:
        """Not part of the benchmark: one camera, one microphone."""

    def share_screen(self, source: ScreenSource | None) -> None:
        """Not part of the benchmark."""

    def limit_picture(self, limit: PictureLimit) -> None:
        """Not part of the benchmark."""

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """See the port."""
        self._ice_servers = list(servers)

    def stats(self) -> CallStats:
        """Empty; the benchmark asks the page."""
        return CallStats()

    def microphone_level(self) -> float:
        """Not known here."""
        return 0.0

    def close(self) -> None:
        """See the port."""
        if not self._closed:
            self._closed = True
            self._engine.run(self._engine.page.evaluate("__counsellor.close()"))

    def take_news(self, news: dict[str, Any]) -> None:
        """What the page tells, on the engine's thread."""
        epoch = news["epoch"]
        if news["news"] == "state" and news["state"] in _STATES:
            self._listener.call_state(epoch, _STATES[news["state"]])
        elif news["news"] == "prints":
            self._listener.call_fingerprints(epoch, Fingerprints(browser=news["browser"], program=news["program"]))
        elif news["news"] == "talk-open":
            self._talk_open = True
            self._listener.call_talk_open(epoch)
        elif news["news"] == "talk":
            self._listener.call_talk(epoch, news["text"])

    async def _answer(self, expression: str) -> str:
        try:
            return str(await self._engine.page.evaluate(expression))
        except Exception as error:
            raise CallError(str(error)) from error


class ChromiumEngine:
    """One browser with one page. `pictures` are the JPEGs of its camera."""

    def __init__(self, pictures: Sequence[bytes]) -> None:
        self._pictures = [base64.b64encode(picture).decode("ascii") for picture in pictures]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chromium-engine", daemon=True)
        self._browser = Browser([PLAIN_HOSTS, "--autoplay-policy=no-user-gesture-required"])
        self._page: Page | None = None
        self._call: ChromiumCall | None = None

    @property
    def page(self) -> Page:
        """The counsellor's page. Raises CallError before the start."""
        if self._page is None:
            raise CallError("the engine has not been started")
        return self._page

    @property
    def pid(self) -> int:
        """The browser's first process."""
        return self._browser.pid

    def start(self) -> None:
        """Start thread and browser; returns when the page stands."""
        self._thread.start()
        self.run(self._open()).result(START_S)

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> ChromiumCall:
        """See the port; one call at a time."""
        self._call = ChromiumCall(self, listener, ice_servers)
        self.run(self.page.evaluate("__counsellor.warm()"))
        return self._call

    def devices_changed(self, kind: DeviceKind) -> None:
        """See the port; the browser looks for itself."""

    def run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Carry out a coroutine on the engine's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """End the browser and the thread."""
        if not self._thread.is_alive():
            return
        self.run(self._browser.close()).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        await self._browser.__aenter__()
        scripts = [path.read_text("utf-8") for path in (_PROBE, _HERE / "camera.js", _HERE / "counsellor.js")]
        page = await self._browser.new_page(scripts)
        await page.send("Runtime.addBinding", {"name": "__tell"})
        page.on("Runtime.bindingCalled", self._take_news)
        await answer_ourselves(page, ADDRESS, (_HERE / "counsellor.html").read_bytes())
        await page.open(ADDRESS)
        await page.evaluate(f"__camera.load({json.dumps(self._pictures)})")
        self._page = page

    def _take_news(self, event: dict[str, Any]) -> None:
        if self._call is not None:
            self._call.take_news(json.loads(event["payload"]))


async def answer_ourselves(page: Page, address: str, document: bytes) -> None:
    """Let the browser find `document` at `address` without a server."""
    answers: set[asyncio.Task[Any]] = set()

    def paused(event: dict[str, Any]) -> None:
        answer = {
            "requestId": event["requestId"],
            "responseCode": 200,
            "responseHeaders": [{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
            "body": base64.b64encode(document).decode("ascii"),
        }
        task = asyncio.ensure_future(page.send("Fetch.fulfillRequest", answer))
        answers.add(task)
        task.add_done_callback(answers.discard)

    page.on("Fetch.requestPaused", paused)
    await page.send("Fetch.enable", {"patterns": [{"urlPattern": f"{address}*"}]})
