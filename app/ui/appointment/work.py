"""What a window asks of the book, one act after the other. Imports `app.services` and `app.ui.messages` only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from app.services.appointments.ports import BookError, StoreError
from app.services.tasks import Tasks
from app.ui.messages import Messages

T = TypeVar("T")
Foreseen = BookError | StoreError
"""What the book says no with; a person hears it."""


class Work:
    """One for each window. The same act is not begun a second time while it runs, so that two clicks do one thing."""

    def __init__(self, tasks: Tasks, messages: Messages) -> None:
        self._tasks = tasks
        self._messages = messages
        self._running: set[str] = set()
        self._turn = asyncio.Lock()
        self._open = True

    def do(
        self,
        name: str,
        act: Callable[[], Coroutine[Any, Any, T]],
        done: Callable[[T], object],
        refused: Callable[[Foreseen], object] | None = None,
    ) -> None:
        """Begin `act` once those before it have ended. `done` hears the result while the window is open; `refused` what the person has to
        hear, which is told as a note where the window shows it nowhere or has been closed."""
        if name not in self._running:
            self._running.add(name)
            self._tasks.start(f"appointment.{name}", self._run(name, act, done, refused))

    def close(self) -> None:
        """What runs goes on to its end; nothing is shown in the window any more."""
        self._open = False

    async def _run(
        self,
        name: str,
        act: Callable[[], Coroutine[Any, Any, T]],
        done: Callable[[T], object],
        refused: Callable[[Foreseen], object] | None,
    ) -> None:
        try:
            async with self._turn:
                result = await act()
        except (BookError, StoreError) as error:
            self._running.discard(name)
            if refused is not None and self._open:
                refused(error)
            else:
                self._messages.tell(error.key, **error.values)
        else:
            self._running.discard(name)
            if self._open:
                done(result)
        finally:
            self._running.discard(name)
