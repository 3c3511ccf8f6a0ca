"""The benchmark's side of `app.bench.program`: starts the child, asks it, ends it. Imports nothing of `app`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
"""Where `app` lies."""
ANSWER_S = 60.0
END_S = 20.0


class ChildError(Exception):
    """The child refused a command, or is gone. For us."""


class Child:
    """One program in a temporary profile. Use as an async context manager."""

    def __init__(self, side: str, log: Path) -> None:
        self._side = side
        self._log = log
        self._folder = tempfile.TemporaryDirectory(prefix="videoberatung-bench-")
        self._process: asyncio.subprocess.Process | None = None
        self.start_ms = 0.0
        """From the start of the process to the usable window."""

    async def __aenter__(self) -> Child:
        try:
            began = time.time()
            self._process = await self._spawn()
            ready = await self._answer("start")
            self.start_ms = round((ready["at"] / 1000 - began) * 1000)
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._end()

    @property
    def pid(self) -> int:
        """Of the program."""
        if self._process is None:
            raise ChildError("not started")
        return self._process.pid

    async def ask(self, what: str, **values: Any) -> Any:
        """One command; gives its result. Raises ChildError."""
        if self._process is None or self._process.stdin is None:
            raise ChildError("not started")
        self._process.stdin.write(json.dumps({"do": what, **values}).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # the missing answer says it better
            await self._process.stdin.drain()
        return await self._answer(what)

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app.bench.start", self._side, self._folder.name),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
                limit=16 * 1024 * 1024,
            )

    async def _answer(self, what: str) -> Any:
        if self._process is None or self._process.stdout is None:
            raise ChildError("not started")
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), ANSWER_S)
        except TimeoutError:
            raise ChildError(f"{what}: no answer in {ANSWER_S:.0f} s, see {self._log}") from None
        if not line:
            raise ChildError(f"{what}: the program ended, see {self._log}")
        answer = json.loads(line)
        if "error" in answer:
            raise ChildError(f"{what}: {answer['error']}")
        return answer["ok"]

    async def _end(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), END_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        with contextlib.suppress(OSError):
            self._folder.cleanup()
