"""One client floods the server's signalling with 1000 messages a second; how long the others' questions take meanwhile (STANDARDS.md,
item 13: at 95 of 100 less than 200 ms).

The server is a process of its own, so is the one who floods, from another address. It comes back whenever it was thrown out. Not in a test,
because it measures times; what the server takes in of a flood is counted in `tests/unit/server/test_guarded_signalling.py`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import websockets
from websockets.typing import Origin, Subprotocol

from app.bench.figures import percentile
from app.wire.messages import CLIENT_SUBPROTOCOL

GOAL_MS = 200.0
"""Of p95 under the flood."""
CLIENTS = 100
SECONDS = 10.0
RATE = 1000
"""Messages of the flood in a second."""
PAUSE_S = 1.1
"""Between two questions of a client; the server passes over those that come within a second (PROTOCOL.md, section 2)."""
FLOODS_FROM = "127.0.0.2"
ROOT = Path(__file__).resolve().parents[2]


def run(file: Path, clients: int = CLIENTS, seconds: float = SECONDS) -> int:
    """Measure, print, and write the figures to `file`; 1 if the goal is missed."""
    report = asyncio.run(measured(clients, seconds))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, value in report.items():
        print(f"{name}: {value}")
    return 0 if report["flooded_p95_ms"] < GOAL_MS else 1


async def measured(clients: int, seconds: float) -> dict[str, Any]:
    """In milliseconds, quiet and then beside the flood."""
    async with _server() as url, contextlib.AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(_line(url)) for _ in range(clients)]
        quiet = await _round_trips(lines, seconds)
        async with _child(("-m", "app.bench.flood", url)) as flood:
            await _told(flood)
            flooded = await _round_trips(lines, seconds)
            flood.terminate()
            told = await _told(flood)
    return {
        "clients": clients,
        "questions": len(flooded),
        "flood_messages_per_s": told["sent"] // seconds,
        "flood_thrown_out": told["thrown_out"],
        **_figures("quiet", quiet),
        **_figures("flooded", flooded),
    }


def _figures(name: str, taken: list[float]) -> dict[str, Any]:
    return {f"{name}_p50_ms": percentile(taken, 0.5), f"{name}_p95_ms": percentile(taken, 0.95), f"{name}_max_ms": round(max(taken), 1)}


# ---- the others


async def _round_trips(lines: list[websockets.ClientConnection], seconds: float) -> list[float]:
    """Of all clients' questions in this time, their beginnings spread evenly."""
    ends_at = time.monotonic() + seconds
    each = await asyncio.gather(*(_asked(line, PAUSE_S * place / len(lines), ends_at) for place, line in enumerate(lines)))
    return [took for one in each for took in one]


async def _asked(line: websockets.ClientConnection, first: float, ends_at: float) -> list[float]:
    await asyncio.sleep(first)
    taken = []
    while (began := time.monotonic()) < ends_at:
        await _say(line, "ping")
        while json.loads(await line.recv())["type"] != "pong":
            await _say(line, "beat")
        taken.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(PAUSE_S)
    return taken


async def _say(line: websockets.ClientConnection, type_: str) -> None:
    """The clock is a number that rises."""
    await line.send(json.dumps({"type": type_, "seq": time.monotonic_ns() // 1000, "n": 1}))


def _line(url: str, address: str = "127.0.0.1") -> websockets.connect:
    place = (address, 0)
    words = [Subprotocol(CLIENT_SUBPROTOCOL)]
    return websockets.connect(
        f"ws{url.removeprefix('http')}/ws/client", origin=Origin(url), subprotocols=words, proxy=None, local_addr=place
    )


# ---- the processes


@contextlib.asynccontextmanager
async def _child(command: tuple[str, ...], **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, cwd=ROOT, env={**os.environ, **environment}
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        await child.wait()


@contextlib.asynccontextmanager
async def _server() -> AsyncIterator[str]:
    """A server as it is set up by default, over memory; gives its URL."""
    nobody = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    with tempfile.TemporaryDirectory(prefix="videoberatung-bench-") as folder:
        values = {"VB_DATA_DIR": folder, "VB_DATABASE": "memory", "VB_WORKSTATION_KEYS": nobody}
        async with _child(("-m", "app.server", "serve"), **values) as server:
            yield str((await _told(server))["ready"]["public_url"])


async def _told(child: asyncio.subprocess.Process) -> dict[str, Any]:
    """Its next line."""
    line = await child.stdout.readline() if child.stdout else b""
    return dict(json.loads(line))


# ---- the flood


async def _flood(url: str) -> None:
    """Until it is ended: RATE messages a second, over a new connection whenever the old one was closed."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(15, stopped.set)
    sent = thrown_out = 0
    print("{}", flush=True)
    began = time.monotonic()
    while not stopped.is_set():
        try:
            async with _line(url, FLOODS_FROM) as line:
                while not stopped.is_set():
                    await _say(line, "beat")
                    sent += 1
                    await asyncio.sleep(max(0.0, began + sent / RATE - time.monotonic()))
        except websockets.ConnectionClosed:
            thrown_out += 1
    print(json.dumps({"sent": sent, "thrown_out": thrown_out}), flush=True)


if __name__ == "__main__":
    asyncio.run(_flood(sys.argv[1]))
