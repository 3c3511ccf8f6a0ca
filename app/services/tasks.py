"""The one door for background work on the asyncio loop. Imports nothing of `app` but events.

A bare `create_task` may be collected while it runs, and its exception is heard of late or never. Here each piece of work has a
name, is held until it ends, and ends in one of four ways.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from app.services.events import Event

_log = structlog.get_logger(__name__)


class Refusal(Exception):
    """Base of failures that are foreseen: the other side said no, or cannot be reached. Everything else that is raised is a crash."""


class Outcome(enum.Enum):
    """How a piece of work ended."""

    OK = "ok"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Finished:
    """One piece of work that ended."""

    name: str
    outcome: Outcome
    error: BaseException | None = None
    """Of a refusal or a crash."""


class Tasks:
    """Starts work, keeps it, tells how it ended."""

    def __init__(self, crashed: Callable[[str, BaseException], None]) -> None:
        """`crashed` hears the name and exception of what nobody foresaw; in the program that is the crash report."""
        self.finished: Event[Finished] = Event()
        self._crashed = crashed
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def names(self) -> list[str]:
        """What runs at the moment."""
        return sorted(task.get_name() for task in self._running)

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` on the running loop. Raises RuntimeError after `close`."""
        if self._closed:
            work.close()
            raise RuntimeError(f"no work is started after closing: {name}")
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def report(self, name: str, error: BaseException) -> None:
        """A crash that the work itself survived: one message of many that could not be carried out."""
        _log.error("task.crashed", task=name, error=type(error).__name__)
        self._crashed(name, error)

    async def close(self) -> None:
        """Cancel everything and wait until it has ended. Whoever closes from within a piece of work is spared."""
        self._closed = True
        others = self._running - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        finished = _finished(task)
        if finished.outcome is Outcome.CRASHED and finished.error is not None:
            self.report(finished.name, finished.error)
        self.finished.announce(finished)


def _finished(task: asyncio.Task[Any]) -> Finished:
    if task.cancelled():
        return Finished(task.get_name(), Outcome.CANCELLED)
    error = task.exception()
    if error is None:
        return Finished(task.get_name(), Outcome.OK)
    return Finished(task.get_name(), Outcome.REFUSED if isinstance(error, Refusal) else Outcome.CRASHED, error)
