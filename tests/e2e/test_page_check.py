"""The guided check in real Chromium: every fault that a client can meet, as its table says it is provoked, with what the page says of it and
what the counsellor's program learns; and the whole way through a real relay."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.domain.checks import Fault, FaultTable, Side
from app.paths import RESOURCES
from app.server.hub import Rhythm
from app.texts import read_part
from app.wire.common import IceServer
from tests.e2e.check_page_table import ON_THE_DEVICE, ON_THE_WAY, ROWS, Case
from tests.support.chromium import FAKE_DEVICES, chromium, person
from tests.support.page_client import Appointment, Workstation
from tests.support.rough_line import RoughLine, lossy_line, rough_line
from tests.support.server import RunningServer, running_server
from tests.support.turn import Relay, coturn

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_text("utf-8"))
GERMAN = read_part(RESOURCES / "i18n", "de", "page")
PARTS = ("camera", "microphone", "loudspeaker", "network")


def test_every_fault_of_a_client_is_provoked_here_and_as_the_table_says() -> None:
    assert {row.fault.value: row.provoked_by[Side.CLIENT] for row in TABLE.rows if Side.CLIENT in row.provoked_by} == ROWS


def said(fault: str) -> tuple[str, str]:
    return GERMAN[f"page.fault.{fault}.sentence"], GERMAN[f"page.fault.{fault}.action"]


async def told(work: Workstation, room: Appointment, **expected: str) -> None:
    """Wait until the program was told all of this at once."""

    def known() -> list[dict[str, str]]:
        return [m.get("readiness", {}) for m in work.line.received if m["type"] == "room-state" and m["room"] == room.room]

    try:
        await work.line.until(lambda: any(all(one.get(name) == value for name, value in expected.items()) for one in known()))
    except TimeoutError:
        raise AssertionError(f"never told {expected}, but {known()}") from None


async def begun(browser: Browser, server: RunningServer, room: Appointment, case: Case) -> Page:
    """The first question is asked."""
    page = await (await person(browser, server.url, allowed=case.allowed)).new_page()
    page.set_default_timeout(20_000)
    await page.add_init_script(case.script)
    await page.goto(f"{server.url}/r#{room.token}")
    await page.locator("#rehearse").click()
    await page.locator("#rehearsal-start").click()
    return page


class Walk:
    """One page on its way through the questions."""

    def __init__(self, page: Page, work: Workstation, room: Appointment, faults: list[str]) -> None:
        self._page, self._work, self._room, self._faults = page, work, room, faults

    async def to_the_end(self) -> None:
        for part in PARTS:
            await self._page.locator(f"#page[data-part={part}] :is(#skip, #next)").wait_for()
            met = [fault for fault in self._faults if TABLE.row(Fault(fault)).part.value == part]
            if part == "camera" and "not-measured" in self._faults:
                met = ["not-measured"]
            if met:
                await self._meet(part, met[0])
            await self._go_on(part)
        await self._page.locator("#done").wait_for()
        for fault in self._faults:
            if not fault.startswith("camera-") or TABLE.row(Fault(fault)).outcome.value == "weak":
                await self._sees(f":is(#verdict, .notice li)[data-fault={fault}]", fault)

    async def _meet(self, part: str, fault: str) -> None:
        outcome = TABLE.row(Fault(fault)).outcome.value
        if fault.endswith("-ended"):
            await self._page.locator("#yes").wait_for()
            await self._page.context.clear_permissions()
        if fault in ("mic-wrong", "speaker-none", "speaker-wrong"):
            if part == "loudspeaker":
                await self._page.locator("#play").click()
            await self._page.locator("#no").click()
        await self._sees(f"[data-fault={fault}]", fault)
        await told(self._work, self._room, step=f"check-{part}", reason=fault)
        if await self._page.locator("#yes").is_visible():
            await self._page.locator("#yes").click()
            await told(self._work, self._room, **{part: outcome})
            return
        await told(self._work, self._room, **{part: outcome}, step=f"check-{part}", reason=fault)
        if fault == "camera-ended":
            await self._page.context.grant_permissions(["camera", "microphone"], origin=self._page.url.split("/r#")[0])

    async def _go_on(self, part: str) -> None:
        """On past whatever stands there; a question that was answered is gone already."""
        here = self._page.locator(f"#page[data-part={part}]")
        if await here.locator("#next").is_visible():
            await here.locator("#next").click()
        elif await here.locator("#skip").is_visible():
            await here.locator("#skip").click()

    async def _sees(self, where: str, fault: str) -> None:
        sentence, action = said(fault)
        place = self._page.locator(where)
        await place.get_by_text(sentence).first.wait_for(state="attached")
        if not fault.endswith("-denied"):  # there it is said for this very browser
            assert action in (await self._page.locator("main").text_content() or "")


@contextlib.contextmanager
def naming(case: str) -> object:  # type: ignore[misc]
    try:
        yield
    except Exception as error:
        error.add_note(f"case: {case}")
        raise


async def run(browser: Browser, server: RunningServer, work: Workstation, room: Appointment, case: Case) -> None:
    with naming(case.name):
        page = await begun(browser, server, room, case)
        await Walk(page, work, room, list(case.faults)).to_the_end()
        await page.context.close()


async def test_faults_of_the_device(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, rhythm=Rhythm()) as server,
        chromium(FAKE_DEVICES) as browser,
        chromium() as bare,
    ):
        rooms = {case.name: server.appointment(opens_in=86_400) for case in ON_THE_DEVICE}
        async with server.workstation(*rooms.values()) as work:
            turn = asyncio.Semaphore(3)

            async def one(case: Case) -> None:
                async with turn:
                    await run(browser if case.devices else bare, server, work, rooms[case.name], case)

            async with asyncio.TaskGroup() as group:
                for case in ON_THE_DEVICE:
                    group.create_task(one(case))
