"""What the demonstration did, step by step: a record and one printed line for each. Imports `app.texts` only.

A step counts only if the other side saw it; the code inside the `with` block looks there and raises if it does not.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TextIO

from app.texts import Texts

LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it stands in the report."""

    name: str
    """Stable, in English; the catalogue's `demo.step.NAME` is the sentence that a person reads."""
    ok: bool
    ms: int
    """How long it took."""
    why: str = ""
    """What went wrong, for us; empty if nothing did."""


class StepFailed(Exception):
    """A step did not come about; its record says why. Ends the demonstration."""


class Steps:
    """Keeps the records and prints them. `after` is called at the end of every step, failed ones included, for the screenshots."""

    def __init__(self, texts: Texts, after: Callable[[str], Awaitable[None]], out: TextIO = sys.stdout, patience_s: float = 0.0) -> None:
        """With patience the person is told what comes next, and has so long to do it."""
        self._texts = texts
        self._after = after
        self._out = out
        self._patience_s = patience_s
        self.records: list[Step] = []
        if patience_s:
            print(texts("demo.attended", seconds=round(patience_s)), file=out, flush=True)

    @property
    def ok(self) -> bool:
        """True if there are steps and none failed."""
        return bool(self.records) and all(step.ok for step in self.records)

    @asynccontextmanager
    async def step(self, name: str, since: float | None = None) -> AsyncIterator[None]:
        """Time the block (or from `since` on, `time.monotonic()`). Any exception in it makes the step fail and becomes StepFailed."""
        began = time.monotonic() if since is None else since
        if self._patience_s:
            print(self._texts("demo.next", step=self._texts(f"demo.step.{name}")), file=self._out, flush=True)
        try:
            yield
        except Exception as error:
            self._note(Step(name, False, _ms_since(began), f"{type(error).__name__}: {error}"))
            await self._after(name)
            raise StepFailed(name) from error
        self._note(Step(name, True, _ms_since(began)))
        await self._after(name)

    async def unless_done(self, seen: Callable[[], Awaitable[object]], act: Callable[[], Awaitable[object]]) -> None:
        """With patience, leave the act to the person and look for what it brings about; do it if that does not come."""
        end = time.monotonic() + self._patience_s
        while time.monotonic() < end:
            try:
                await asyncio.wait_for(seen(), end - time.monotonic())
                return
            except Exception:  # not done yet by the person, for whatever reason
                await asyncio.sleep(LOOK_EVERY_S)
        await act()

    def _note(self, step: Step) -> None:
        self.records.append(step)
        mark = self._texts("demo.line.ok" if step.ok else "demo.line.failed")
        print(f"{mark} {step.ms:>7} ms  {self._texts(f'demo.step.{step.name}')}", file=self._out, flush=True)
        if step.why:
            print(f"            {step.why}", file=self._out, flush=True)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
