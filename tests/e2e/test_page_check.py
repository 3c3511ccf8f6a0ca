"""The guided check in real Chromium: every fault that a client can meet, provoked as its table says, with what the page says of it and what
the counsellor's program learns; and the whole way through a real relay."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

from app.domain.checks import Fault, FaultTable, Side
from app.paths import RESOURCES
from app.server.hub import Rhythm
from app.texts import read_part
from app.wire.common import IceServer
from tests.e2e.check_page_table import ON_THE_DEVICE, ROWS, Case
from tests.support.chromium import FAKE_DEVICES, chromium, person
from tests.support.page_client import Appointment, Workstation
from tests.support.rough_line import RoughLine, lossy_line, rough_line
from tests.support.server import RunningServer, running_server
from tests.support.turn import coturn

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_text("utf-8"))
GERMAN = read_part(RESOURCES / "i18n", "de", "page")
AT_ONCE = 4
"""Pages that run at the same time."""
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
            if not met or not await self._meet(part, met[0]):
                await self._page.locator(f"#page[data-part={part}] :is(#skip, #next)").click()
        await self._page.locator("#done").wait_for()
        for fault in self._faults:
            if not fault.startswith("camera-") or TABLE.row(Fault(fault)).outcome.value == "weak":
                await self._sees(f":is(#verdict, .notice li)[data-fault={fault}]", fault)

    async def _meet(self, part: str, fault: str) -> bool:
        """Whether the question is answered and the next one comes."""
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
            return True
        await told(self._work, self._room, **{part: outcome}, step=f"check-{part}", reason=fault)
        if fault == "camera-ended":
            await self._page.context.grant_permissions(["camera", "microphone"], origin=self._page.url.split("/r#")[0])
        return False

    async def _sees(self, where: str, fault: str) -> None:
        sentence, action = said(fault)
        place = self._page.locator(where)
        await place.get_by_text(sentence).first.wait_for(state="attached")
        if not fault.endswith("-denied"):  # there it is said for this very browser
            assert action in (await self._page.locator("main").text_content() or "")


@contextlib.contextmanager
def naming(case: str) -> Iterator[None]:
    """Whatever fails inside names the case."""
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
            turn = asyncio.Semaphore(AT_ONCE)

            async def one(case: Case) -> None:
                async with turn:
                    await run(browser if case.devices else bare, server, work, rooms[case.name], case)

            async with asyncio.TaskGroup() as group:
                for case in sorted(ON_THE_DEVICE, key=lambda case: "mic-quiet" not in case.faults and "mic-silent" not in case.faults):
                    group.create_task(one(case))  # what takes longest begins first


# ---- the way


@dataclass(frozen=True)
class Place:
    """A server behind a line that can be made bad, one appointment on it, and a page at the question before the network."""

    line: RoughLine
    work: Workstation
    room: Appointment
    page: Page

    async def measured(self) -> None:
        """On to the network, and what comes out stands there."""
        await self.page.locator("#skip").click()
        await self.page.locator("#page[data-part=network] #next").wait_for()


@contextlib.asynccontextmanager
async def place(folder: Path, browser: Browser, *relays: IceServer) -> AsyncIterator[Place]:
    async with (
        rough_line() as line,
        running_server(folder, rhythm=Rhythm(), public_url=line.url, ice_servers=relays) as server,
    ):
        line.target = server.ready.public_port
        room = server.appointment(opens_in=86_400)
        async with server.workstation(room) as work:
            page = await begun(browser, server, room, Case("", {}))
            for part in ("camera", "microphone"):
                await page.locator(f"#page[data-part={part}] #skip").click()
            await page.locator("#page[data-part=loudspeaker] #skip").wait_for()
            yield Place(line, work, room, page)
            await page.context.close()


async def finds(here: Place, fault: str) -> None:
    """The page says it at the end, and the program learns of it. A machine that is busy may make the line unsteady besides."""
    sentence, action = said(fault)
    outcome = TABLE.row(Fault(fault)).outcome.value
    here.line.cut = False
    await here.page.locator("#next").click()
    place = here.page.locator(f":is(#verdict, .notice li)[data-fault={fault}]")
    await place.wait_for(state="attached")
    text = await place.text_content() or ""
    assert sentence in text
    assert action in text
    await here.page.locator(f"[data-part=network][data-outcome={outcome}]").wait_for()
    first = await here.page.locator("#verdict").get_attribute("data-fault")
    assert first is not None
    await told(here.work, here.room, network=outcome, step="check-done", reason=first)


async def test_a_line_that_is_cut_blocked_narrow_long_or_unsteady(tmp_path: Path) -> None:
    async with chromium(FAKE_DEVICES) as browser, asyncio.TaskGroup() as group:

        async def one(fault: str, worsen: Callable[[RoughLine], None]) -> None:
            with naming(fault):
                async with place(tmp_path / fault, browser) as here:
                    worsen(here.line)
                    await here.measured()
                    await here.page.locator(f".caution[data-fault={fault}]").wait_for()
                    await finds(here, fault)

        group.create_task(one("server-unreachable", lambda line: line.cut_off()))
        group.create_task(one("websocket-blocked", lambda line: setattr(line, "blocks_websockets", True)))
        group.create_task(one("bandwidth-small", lambda line: setattr(line, "bytes_per_s", 50_000)))
        group.create_task(one("delay-high", lambda line: setattr(line, "delays", itertools.repeat(0.4))))
        group.create_task(one("jitter-high", lambda line: setattr(line, "delays", itertools.cycle((0.0, 0.2)))))


async def test_through_a_real_relay(tmp_path: Path) -> None:
    """Well, with every seventh packet lost, with UDP blocked, and with a password that is not right any more."""

    def every_seventh(_: bytes, count: Iterator[int] = itertools.count()) -> bool:  # noqa: B008  one line, one count
        return next(count) % 7 == 6

    async with (
        chromium(FAKE_DEVICES) as browser,
        coturn(tmp_path) as relay,
        lossy_line(relay.port, every_seventh) as lossy,
        lossy_line(relay.port, lambda _: True) as blocked,
        asyncio.TaskGroup() as group,
    ):

        async def one(fault: str, *relays: IceServer) -> None:
            with naming(fault or "well"):
                async with place(tmp_path / (fault or "well"), browser, *relays) as here:
                    await here.measured()
                    if fault:
                        await finds(here, fault)
                    else:
                        await here.page.locator("[data-part=network] [data-outcome=ok]").wait_for()
                        await told(here.work, here.room, network="ok", step="check-network")

        group.create_task(one("", relay.server("udp"), relay.server("tcp")))
        group.create_task(one("loss-high", relay.server("udp", lossy), relay.server("tcp")))
        group.create_task(one("udp-blocked", relay.server("udp", blocked), relay.server("tcp")))
        group.create_task(one("relay-refused", relay.server("udp", password="former"), relay.server("tcp", password="former")))
