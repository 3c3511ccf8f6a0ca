"""One conversation as the load plays it: admitted, described, back in the waiting room; some answer the survey.

Sending back keeps the number of those who wait, and lets the same page be admitted again.
"""

from __future__ import annotations

import asyncio
import time

from app.bench.load.page import Page
from app.bench.load.tally import Tally
from app.bench.load.workstation import Workstation

STEP_S = 30.0
"""A step that takes longer is an error."""
OFFER = "v=0\r\n" + "a=candidate:842163049 1 udp 2122260223 192.0.2.1 54400 typ host generation 0\r\n" * 40
"""About as long as a browser's: 3 KiB."""
ANSWER = OFFER[: len(OFFER) * 3 // 4]
CANDIDATE = "candidate:842163049 1 udp 1677729535 198.51.100.7 54400 typ srflx raddr 0.0.0.0 rport 0 generation 0"
CANDIDATES = 4
"""That each side sends."""
MESSAGES = 1 + 2 + 2 * CANDIDATES
"""From one side to the other in one session: the admission, offer and answer, candidates."""


async def play(page: Page, work: Workstation, tally: Tally) -> None:
    """The whole of it. What does not come in time is an error in the tally."""
    try:
        async with asyncio.timeout(STEP_S):
            await _admit(page, work, tally)
            await _describe(page, work, tally)
            await work.send("send-back", room=page.door.room, seat=page.seat)
            await page.waiting
    except TimeoutError:
        tally.failed("session-too-slow")
    finally:
        work.heard_from.pop(page.door.room, None)


async def _admit(page: Page, work: Workstation, tally: Tally) -> None:
    page.expect()
    work.heard_from[page.door.room] = asyncio.Queue()
    began = time.perf_counter()
    await work.send("admit", room=page.door.room, seat=page.seat)
    tally.admitted.add(await page.admitted - began)


async def _describe(page: Page, work: Workstation, tally: Tally) -> None:
    """Offer, answer, candidates both ways."""
    room, heard = page.door.room, work.heard_from[page.door.room]
    page.epoch += 1
    there = {"epoch": page.epoch}
    back = {"room": room, "to": page.seat, "epoch": page.epoch}
    candidate = {"candidate": CANDIDATE, "mid": "0"}
    began = time.perf_counter()
    await page.send("offer", sdp=OFFER, **there)
    tally.signal((await heard.get())[1] - began, offer=True)
    began = time.perf_counter()
    await work.send("answer", sdp=ANSWER, **back)
    tally.signal((await page.heard.get())[1] - began)
    for _ in range(CANDIDATES):
        began = time.perf_counter()
        await page.send("candidate", **candidate, **there)
        await work.send("candidate", **candidate, **back)
        for _, at in (await heard.get(), await page.heard.get()):
            tally.signal(at - began)
