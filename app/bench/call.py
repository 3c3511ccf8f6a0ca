"""The call benchmark: ours, stock aiortc and Chromium as the counsellor's side against the same client, alternating, in one run.

The client is the real page in Chromium; only its devices are ours: 1280x720 at 30 pictures a second with the picture clock, and a tone.
The far end of every measurement is the same code for each side.
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from app.bench.child import Child
from app.bench.chromium_engine import PLAIN_HOSTS
from app.bench.figures import Reading, Round, entry, percentile
from app.bench.processes import CpuMark, memory_mb, resident_mb, tree
from app.bench.report import SIDES
from app.demo.browser import Browser
from app.demo.client import PROBE, Client
from app.demo.film import pictures
from app.demo.page import Page

CAMERA = Path(__file__).parent / "camera.js"
LOOP_S = 2.0
"""Of the landscape, for the client's camera."""
WINDOW = (1280, 800)
SETTLE_S = 2.0
"""After the first picture, before delay and CPU time count."""
LOOK_EVERY_S = 0.5
LOOK_AT_FIRST_S = 0.1
"""While the call begins, so that the moment of full size is known to a tenth of a second."""
END_S = 5.0
"""The client's width and rate are those of the last seconds."""
HD_WIDTH = 1280
HD_RATE = 20.0
HD_FOR_MS = 1000
"""Full size and rate must last so long to count."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at both ends."""

    at: float
    """Unix ms."""
    sent_width: int
    sent_bytes: int
    frozen_s: float
    """`totalFreezesDuration` at the client."""
    decoded: int
    """Pictures decoded at the client."""
    width: int
    """Of the counsellor's picture at the client."""
    arrived: int
    """Pictures of the client that arrived at the counsellor."""
    arrived_width: int


async def run(rounds: int, seconds: float, log: Path, sides: Sequence[str] = SIDES) -> dict[str, Any]:
    """All rounds; gives the report without figures about the machine. Prints a line for each call. The programs write to `log`."""
    films = [base64.b64encode(picture).decode("ascii") for picture in await asyncio.to_thread(pictures, LOOP_S)]
    done: dict[str, list[Round]] = {side: [] for side in sides}
    for number in range(rounds):
        turn = number % len(sides)
        for side in (*sides[turn:], *sides[:turn]):
            result = await one_call(side, seconds, films, log)
            done[side].append(result)
            print(f"{number + 1}/{rounds} {side:<9} join {result.join_ms} ms, cpu {result.cpu_cores}", flush=True)
    ours = done.get("ours", [])
    return {
        "settings": {"rounds": rounds, "seconds": seconds, "width": HD_WIDTH, "height": 720, "fps": 30},
        **{side: entry(results) for side, results in done.items()},
        "program_start_ms": statistics.median(r.program_start_ms for r in ours) if ours else None,
        "memory_session_mb": statistics.median(r.memory_mb for r in ours) if ours else None,
        "memory_session_resident_mb": statistics.median(r.resident_mb for r in ours) if ours else None,
        "server_idle_mb": statistics.median(r.server_idle_mb for r in ours) if ours else None,
        "server_idle_resident_mb": statistics.median(r.server_idle_resident_mb for r in ours) if ours else None,
    }


async def one_call(side: str, seconds: float, films: Sequence[str], log: Path) -> Round:
    """Start everything afresh, talk for `seconds`, measure, end everything."""
    async with Child(side, log) as child, Browser([PLAIN_HOSTS, "--accept-lang=de"], WINDOW) as browser:
        page = await browser.new_page([PROBE.read_text("utf-8"), CAMERA.read_text("utf-8")])
        pids = await child.ask("pids")
        idle_server = tree(pids["server"])
        server_idle_mb, server_idle_resident_mb = memory_mb(idle_server), resident_mb(idle_server)
        await _enter(Client(page), page, child, films)
        clicked = float((await child.ask("admit"))["at"])
        await page.wait_for("__probe.clock.first", 30.0)
        join_ms = await page.evaluate("__probe.clock.first") - clicked
        settling = await _watch(page, child, SETTLE_S, LOOK_AT_FIRST_S)
        before = _used(pids)
        sights = await _watch(page, child, seconds)
        after = _used(pids)
        forth, back = _delays(await page.evaluate("__probe.drain()")), _delays((await child.ask("arrived"))["readings"])
        cores = {name: before[name].cores_until(mark) for name, mark in after.items()}
        return Round(
            join_ms=round(join_ms, 1),
            delay_p50_ms=percentile(forth, 0.5),
            delay_p95_ms=percentile(forth, 0.95),
            cpu_cores=cores["browser"] if pids["browser"] else cores["program"],
            freeze_share=_freeze_share(sights),
            client_width=sights[-1].sent_width,
            client_kbps=_client_kbps(sights),
            hd_from_client_ms=_hd_after([*settling, *sights], clicked),
            back_p50_ms=percentile(back, 0.5),
            back_p95_ms=percentile(back, 0.95),
            fps_at_client=_per_s(sights[0].decoded, sights[-1].decoded, sights),
            width_at_client=sights[-1].width,
            server_cpu_cores=cores["server"],
            window_cpu_cores=cores["program"] if pids["browser"] else None,
            program_start_ms=child.start_ms,
            memory_mb=memory_mb(_own_side(pids)),
            resident_mb=resident_mb(_own_side(pids)),
            server_idle_mb=server_idle_mb,
            server_idle_resident_mb=server_idle_resident_mb,
        )


async def _enter(client: Client, page: Page, child: Child, films: Sequence[str]) -> None:
    """From the link into the waiting room, until the counsellor's window shows it."""
    await client.open(await child.ask("appointment"))
    await page.evaluate(f"__camera.load({json.dumps(films)})")
    await client.see_look()
    await client.agree()
    await client.see_preview()
    await client.enter()
    await child.ask("see_waiting")


async def _watch(page: Page, child: Child, seconds: float, pause_s: float = LOOK_EVERY_S) -> list[Sight]:
    """Look at both ends again and again; readings of the clock begin anew."""
    await page.evaluate("__probe.drain().length")
    await child.ask("arrived")
    sights = [await _look(page, child)]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(pause_s)
        sights.append(await _look(page, child))
    return sights


async def _look(page: Page, child: Child) -> Sight:
    figures, arrived = await page.evaluate("__probe.figures()"), await child.ask("count")
    picture_in, picture_out = figures["picture_in"], figures["picture_out"]
    return Sight(
        at=figures["at"],
        sent_width=picture_out.get("frameWidth", 0),
        sent_bytes=picture_out.get("bytesSent", 0),
        frozen_s=picture_in.get("totalFreezesDuration", 0.0),
        decoded=picture_in.get("framesDecoded", 0),
        width=picture_in.get("frameWidth", 0),
        arrived=arrived["pictures"],
        arrived_width=arrived["width"],
    )


def _processes(pids: dict[str, int | None]) -> dict[str, list[psutil.Process]]:
    """The program alone, without its children; the server child; the browser that stands in, with all its processes."""
    return {
        "program": [p for p in tree(pids["program"] or 0) if p.pid == pids["program"]],
        "server": tree(pids["server"] or 0),
        "browser": tree(pids["browser"]) if pids["browser"] else [],
    }


def _own_side(pids: dict[str, int | None]) -> list[psutil.Process]:
    return _processes(pids)["browser" if pids["browser"] else "program"]


def _used(pids: dict[str, int | None]) -> dict[str, CpuMark]:
    return {name: CpuMark.of(processes) for name, processes in _processes(pids).items()}


def _delays(readings: Sequence[dict[str, Any]]) -> list[float]:
    return [Reading(int(r["value"]), float(r["at"])).delay_ms for r in readings]


def _per_s(first: float, last: float, sights: Sequence[Sight]) -> float:
    return round((last - first) / max(sights[-1].at - sights[0].at, 1.0) * 1000, 2)


def _freeze_share(sights: Sequence[Sight]) -> float:
    return round(_per_s(sights[0].frozen_s, sights[-1].frozen_s, sights), 4)


def _client_kbps(sights: Sequence[Sight]) -> float:
    late = [s for s in sights if sights[-1].at - s.at <= END_S * 1000]
    return round(_per_s(late[0].sent_bytes, late[-1].sent_bytes, late) * 8 / 1000, 1)


def _hd_after(sights: Sequence[Sight], clicked: float) -> float | None:
    """When a stretch of at least one second with full width and rate had arrived."""
    full: list[Sight] = []
    for sight in sights:
        if sight.arrived_width < HD_WIDTH:
            full = []
            continue
        full.append(sight)
        stretch = [s for s in full if sight.at - s.at >= HD_FOR_MS]
        if stretch and _per_s(stretch[-1].arrived, sight.arrived, [stretch[-1], sight]) >= HD_RATE:
            return round(sight.at - clicked)
    return None
