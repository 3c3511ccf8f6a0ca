"""`videoberatung bench line`: ours and unchanged aiortc against one Chromium page over lines that lose packets, in turn, in one run.

Needs root and iproute2 (`app.bench.poor_line`). The measuring process runs on the client's host, because it steers the browser there.

    python -m app.bench.line SECONDS ADDRESS      one call, from the client's host; its figures as a line of JSON
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from app.bench.chromium_engine import PLAIN_HOSTS
from app.bench.figures import Reading, percentile
from app.bench.poor_line import COUNSELLOR, PoorLine, Quality
from app.demo.browser import Browser
from app.demo.client import PROBE
from app.demo.film import pictures

SIDES = ("ours", "aiortc")
LOSSES = (0.0, 0.02, 0.05)
SETTLE_S = 5.0
"""After the first picture, until both sides have found their rate."""
LOOP_S = 2.0
LOOK_EVERY_S = 1.0
START_S = 30.0
CAMERA = Path(__file__).with_name("camera.js")
Figures = dict[str, float | None]


def run(rounds: int, seconds: float, file: Path) -> int:
    """All lines, all sides; prints a line for each call and writes the medians."""
    report: dict[str, Any] = {"settings": {"rounds": rounds, "seconds": seconds, **asdict(Quality())}}
    for loss in LOSSES:
        done: dict[str, list[Figures]] = {side: [] for side in SIDES}
        for number in range(rounds):
            for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                done[side].append(_one_call(side, seconds, Quality(loss=loss)))
                print(f"{loss:.0%} {side:<7} {done[side][-1]}", flush=True)
        report[f"loss_{loss:.0%}"] = {side: _medians(results) for side, results in done.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0


def _medians(results: Sequence[Figures]) -> Figures:
    known = {name: [value for r in results if (value := r[name]) is not None] for name in results[0]}
    return {name: round(median(values), 4) if values else None for name, values in known.items()}


def _one_call(side: str, seconds: float, quality: Quality) -> Figures:
    with PoorLine(quality) as line:
        host = subprocess.Popen(
            [*line.counsellor, sys.executable, "-m", "app.bench.line_host", side, COUNSELLOR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with host:
            if host.stdin is None or host.stdout is None:
                raise OSError("no pipes")
            port = json.loads(host.stdout.readline())["port"]
            command = [*line.client, sys.executable, "-m", "app.bench.line", str(seconds), f"http://{COUNSELLOR}:{port}"]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            host.stdin.close()
            figures: Figures = json.loads(said.splitlines()[-1])
            return figures


# ---- on the client's host


async def measure(seconds: float, address: str) -> Figures:
    """One call from the page's side; both ends' figures."""
    films = [base64.b64encode(picture).decode("ascii") for picture in await asyncio.to_thread(pictures, LOOP_S)]
    flags = [PLAIN_HOSTS, "--autoplay-policy=no-user-gesture-required", f"--unsafely-treat-insecure-origin-as-secure={address}"]
    async with Browser(flags) as browser:
        page = await browser.new_page([PROBE.read_text("utf-8"), CAMERA.read_text("utf-8")])
        await page.open(f"{address}/")
        await page.wait_for("typeof __begin === 'function'", START_S)
        await page.evaluate(f"__camera.load({json.dumps(films)})")
        began = time.time() * 1000
        await page.evaluate("__begin()")
        await page.wait_for("__probe.clock.first", START_S)
        first = float(await page.evaluate("__probe.clock.first"))
        await asyncio.sleep(SETTLE_S)
        return {"first_picture_ms": round(first - began), **await _figures(page, address, seconds)}


async def _figures(page: Any, address: str, seconds: float) -> Figures:
    before, host_before = await page.evaluate("__probe.figures()"), await asyncio.to_thread(_ask_host, address)
    await page.evaluate("__probe.drain().length")
    readings: list[dict[str, float]] = []
    concealed: list[float] = []
    shown: list[dict[str, float]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(LOOK_EVERY_S)
        readings += await page.evaluate("__probe.drain()")
        host = await asyncio.to_thread(_ask_host, address)
        shown += host["shown"]
        concealed.append(host["concealed"])
    after = await page.evaluate("__probe.figures()")
    forth = [Reading(int(r["value"]), r["at"]).delay_ms for r in readings]
    back = [Reading(int(r["value"]), r["at"]).delay_ms for r in shown if r["value"] >= 0]
    return {
        "delay_p50_ms": percentile(forth, 0.5),
        "delay_p95_ms": percentile(forth, 0.95),
        "freeze_share": _grew(before, after, "picture_in", "totalFreezesDuration") * 1000 / (after["at"] - before["at"]),
        "pictures_per_s": _grew(before, after, "picture_in", "framesDecoded") * 1000 / (after["at"] - before["at"]),
        "width": after["picture_in"].get("frameWidth"),
        "sound_concealed": _grew(before, after, "sound_in", "concealedSamples") / _grew(before, after, "sound_in", "totalSamplesReceived"),
        "sound_delay_ms": _sound_delay(before, after),
        "back_delay_p50_ms": percentile(back, 0.5),
        "back_delay_p95_ms": percentile(back, 0.95),
        "back_freeze_share": freeze_share([r["at"] for r in shown]),
        "back_pictures_per_s": len(shown) * 1000 / (host["at"] - host_before["at"]),
        "back_sound_concealed": sum(concealed) / len(concealed),
        "back_sound_energy_per_s": (host["energy"] - host_before["energy"]) * 1000 / (host["at"] - host_before["at"]),
    }


def freeze_share(times: Sequence[float]) -> float | None:
    """Time in which a picture stood for longer than max(3 x mean, mean + 150 ms), per time (W3C webrtc-stats); `times` in ms."""
    gaps = [late - early for early, late in itertools.pairwise(times)]
    if not gaps:
        return None
    mean = sum(gaps) / len(gaps)
    return sum(gap for gap in gaps if gap > max(3 * mean, mean + 150)) / sum(gaps)


def _grew(before: Any, after: Any, part: str, name: str) -> float:
    return float(after[part].get(name, 0) - before[part].get(name, 0))


def _sound_delay(before: Any, after: Any) -> float | None:
    emitted = _grew(before, after, "sound_in", "jitterBufferEmittedCount")
    return _grew(before, after, "sound_in", "jitterBufferDelay") * 1000 / emitted if emitted else None


def _ask_host(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/figures", timeout=START_S) as answer:  # noqa: S310  our own host
        figures: dict[str, Any] = json.loads(answer.read())
        return figures


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(float(sys.argv[1]), sys.argv[2]))))
