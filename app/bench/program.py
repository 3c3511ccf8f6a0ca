"""The counsellor's program as a child of the benchmark: the real window on a chosen engine, used by real mouse and key events.

    python -m app.bench.start {ours,aiortc,chromium} PROFILE_FOLDER

Says one line of JSON when its window is usable, then answers each command line on stdin with one line on stdout; ends when stdin
ends. A process of its own, because the product's changes to aiortc hold for a whole process, and so that its CPU time can be told apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

from PySide6.QtWidgets import QApplication

from app.application import Options, Program, configure_logs, make_application, program_running
from app.bench.arrivals import Arrivals, AtTheBrowser, InTheWindow
from app.demo.desk import Counsellor
from app.demo.hands import Hands
from app.media.ports import Engine
from app.paths import RESOURCES
from app.services.keys import KeysOfAFolder
from app.texts import FIRST_LANGUAGE, Texts
from app.ui import qt_loop

LOOP_S = 2.0
"""Of the landscape, for a browser's camera."""


class Commands:
    """What the benchmark may ask; each method is a command and gives a JSON value."""

    def __init__(self, program: Program, engine: Engine | None, counsellor: Counsellor) -> None:
        self._program = program
        self._engine = engine
        self._counsellor = counsellor
        self._arrivals: Arrivals | None = None

    async def pids(self) -> dict[str, int | None]:
        """This program, its server, the browser that stands in (or None)."""
        return {"program": os.getpid(), "server": self._program.services.server.pid, "browser": getattr(self._engine, "pid", None)}

    async def appointment(self) -> str:
        """A room that is open now; its link."""
        return self._program.services.desk.create_now("Beratung 1", FIRST_LANGUAGE, 30).link

    async def see_waiting(self) -> None:
        """The window shows that somebody waits."""
        await self._counsellor.see_waiting()

    async def admit(self) -> dict[str, float]:
        """Click; the time of it in Unix ms."""
        return {"at": await self._counsellor.admit() * 1000}

    async def count(self) -> dict[str, int]:
        """Pictures of the client so far, and the newest one's width."""
        return await (await self._looking()).count()

    async def arrived(self) -> dict[str, Any]:
        """Clock readings since the last call."""
        return {"readings": await (await self._looking()).drain()}

    async def _looking(self) -> Arrivals:
        if self._arrivals is None:
            page = getattr(self._engine, "page", None)
            if page is not None:
                self._arrivals = AtTheBrowser(self._engine)  # type: ignore[arg-type]
            else:
                await self._counsellor.see_running()
                self._arrivals = InTheWindow(self._counsellor.surface())
        return self._arrivals


def make_engine(side: str) -> Engine | None:
    """The engine of that name; None is the program's own choice."""
    if side == "chromium":
        from app.bench.chromium_engine import ChromiumEngine
        from app.demo.film import pictures

        return ChromiumEngine(pictures(LOOP_S))
    if side == "aiortc":
        from app.bench.stock_aiortc import StockEngine

        return StockEngine()
    return None


async def _serve(application: QApplication, side: str, folder: Path, early_server: Popen[bytes] | None) -> int:
    engine = make_engine(side)
    options = Options(profile=folder, simulated_devices=True, language=FIRST_LANGUAGE)
    async with program_running(application, options, engine, KeysOfAFolder(), early_server) as program:
        counsellor = Counsellor(Hands(), Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "app"))
        await counsellor.see_program()
        _say({"ok": {"at": time.time() * 1000}})
        commands = Commands(program, engine, counsellor)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await _answer(commands, json.loads(line))
    return 0


async def _answer(commands: Commands, message: dict[str, Any]) -> None:
    command: Callable[..., Awaitable[Any]] = getattr(commands, message.pop("do"))
    try:
        _say({"ok": await command(**message)})
    except Exception as error:
        _say({"error": f"{type(error).__name__}: {error}"})


def _say(answer: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(answer), flush=True)


def main(early_server: Popen[bytes] | None) -> int:
    """Run until stdin ends."""
    configure_logs()
    application = make_application()
    return qt_loop.run(application, lambda: _serve(application, sys.argv[1], Path(sys.argv[2]), early_server))
