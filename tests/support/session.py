"""A whole session for end-to-end tests: a counsellor without a window, the real server, the real page in Chromium, both ends measured."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

import app.demo
from tests.support.chromium import FAKE_DEVICES, FLAGS, enter
from tests.support.desk_host import DeskProcess
from tests.support.netns import Hosts

CHROMIUM = "/usr/bin/chromium"
PROBE = (Path(app.demo.__file__).parent / "page_probe.js").read_text("utf-8")
LOOK_EVERY_S = 0.05


def on_this_machine(seconds: float) -> float:
    """A time for a machine that does little else: longer in proportion where more than two programs wait for each core."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1) / 2)


class NotObserved(Exception):
    """What a test waited for did not come; the text says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What has arrived at one end so far."""

    pictures: int
    energy: float
    """Of the sound that was played."""

    def grew(self, before: Flow, only_sound: bool = False) -> bool:
        """Picture and sound (or sound at least) went on. A browser's new connection counts its sound from nothing."""
        sounded = self.energy > before.energy or 0 < self.energy < before.energy
        return sounded and (only_sound or self.pictures > before.pictures)


class Guest:
    """A client's tab with the probe in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def arrive(cls, browser: Browser, link: str | None = None) -> Guest:
        """A new tab of a new person; with a link, in its waiting room."""
        context = await browser.new_context(locale="de-DE", viewport={"width": 412, "height": 860})
        page = await context.new_page()
        await page.add_init_script(PROBE)
        if link is not None:
            await enter(page, link)
        return cls(page)

    async def standing(self) -> dict[str, str]:
        """`data-*` of the page: state, connection, server, epoch; and `news`, the key of the banner's sentence."""
        standing: dict[str, str] = await self.page.evaluate(
            "() => ({ ...document.querySelector('#page').dataset, news: document.querySelector('#room-news')?.dataset.situation ?? '' })"
        )
        return standing

    async def flow(self) -> Flow:
        """Of the counsellor's picture and sound."""
        seen = await self.page.evaluate("async () => ({ pictures: __probe.clock.pictures, figures: await __probe.figures() })")
        return Flow(seen["pictures"], ((seen["figures"] or {}).get("sound_in") or {}).get("totalAudioEnergy", 0.0))

    async def words(self) -> list[str]:
        """The safety words; waits until four stand there."""
        words = self.page.locator("#words-panel .words li")
        await words.nth(3).wait_for(state="attached")
        return [word.strip() for word in await words.all_text_contents()]


class Session:
    """One appointment with one guest."""

    def __init__(self, desk: DeskProcess, browser: Browser, room: str, link: str) -> None:
        self.desk = desk
        self.browser = browser
        self.room = room
        self.link = link

    async def seats(self) -> list[dict[str, Any]]:
        """Client seats that are not over."""
        seats: list[dict[str, Any]] = await self.desk.ask("seats", room=self.room)
        return seats

    async def admitted(self) -> Guest:
        """A guest who went through the waiting room; picture and sound flow both ways."""
        guest = await Guest.arrive(self.browser, self.link)
        (seat,) = await self.desk.until("seats", lambda seats: seats and seats[0]["present"], room=self.room)
        await self.desk.ask("admit", room=self.room, seat=seat["seat"])
        await self.flowing(guest)
        return guest

    async def standing(self) -> dict[str, Any]:
        """The session as the counsellor sees it."""
        standing = await self.desk.ask("session", room=self.room)
        if standing is None:
            raise NotObserved("no session is running")
        return dict(standing)

    async def flow(self) -> Flow:
        """Of the client's picture and sound."""
        standing = await self.standing()
        return Flow(standing["picture"]["number"], standing["energy"])

    async def flowing(self, guest: Guest, seconds: float = 20.0, only_sound: bool = False) -> None:
        """Wait until picture and sound (or sound at least) arrive at both ends."""
        here, there = await self.flow(), await guest.flow()
        await until(lambda: self._lacks(guest, here, there, only_sound), seconds)

    async def _lacks(self, guest: Guest, here: Flow, there: Flow, only_sound: bool) -> str:
        now_here, now_there = await self.flow(), await guest.flow()
        if now_here.grew(here, only_sound) and now_there.grew(there, only_sound):
            return ""
        return f"counsellor {here} -> {now_here}, client {there} -> {now_there}, {await guest.standing()}"


async def until(lacks: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until the coroutine function gives an empty text; else NotObserved with the last one."""
    end = time.monotonic() + seconds
    while missing := await lacks():
        if time.monotonic() > end:
            raise NotObserved(f"not within {seconds:.0f} s: {missing}")
        await asyncio.sleep(LOOK_EVERY_S)


@contextlib.asynccontextmanager
async def session_on(
    folder: Path, line: Hosts | None = None, with_window: bool = False, settings: Mapping[str, Any] | None = None
) -> AsyncIterator[Session]:
    """Everything up to the link, on those hosts; without any, on this machine. With a window it is the whole program. `settings` are
    further ones of its profile."""
    flags = [*FLAGS, FAKE_DEVICES, "--use-fake-ui-for-media-stream"]
    executable, options, prefix = CHROMIUM, [], ()
    if line is not None:
        executable = str(wrapper(folder / "chromium", line.client.prefix))
        options, prefix = ["--bind", line.bind, "--public", line.public], line.counsellor.prefix
    if with_window:
        options = [*options, "--window"]
    if settings is not None:
        options = [*options, "--settings", json.dumps(settings)]
    async with DeskProcess(folder / "profile", prefix, options) as desk, async_playwright() as play:
        made = await desk.ask("create")
        if line is not None:
            origin = made["link"].split("/r#")[0]
            flags.append(f"--unsafely-treat-insecure-origin-as-secure={origin}")
        browser = await play.chromium.launch(executable_path=executable, args=flags)
        try:
            yield Session(desk, browser, made["room"], made["link"])
        finally:
            await browser.close()


def wrapper(file: Path, prefix: tuple[str, ...]) -> Path:
    """A program that starts Chromium on another host of the line."""
    file.write_text(f'#!/bin/sh\nexec {" ".join(prefix)} {CHROMIUM} "$@"\n')
    file.chmod(0o755)
    return file
