"""Keeps the calendar file for Outlook up to date while the program runs: written after each change of the book, gone when switched off.

No Qt, no SQL. It is off until a person chooses a folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from app.domain.appointments import Appointment
from app.services.appointments.ports import AppointmentBook, BookError, StoreError
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.exchange.feed_settings import FeedSettings
from app.services.exchange.files import write_whole
from app.services.exchange.ics_feed import AHEAD_S, BEHIND_S, feed_of
from app.services.tasks import Tasks
from app.texts import Texts

DEBOUNCE_S = 2.0
"""Changes that come closer together are one file."""
RENEW_S = 6 * 3600
"""Without any change: the year ahead moves on."""
_log = structlog.get_logger(__name__)


class CalendarFeed:
    """One for the program. `open` it once, `close` it before the book; `choose` is the switch."""

    def __init__(
        self,
        book: AppointmentBook,
        clock: Clock,
        tasks: Tasks,
        texts: Texts,
        settings: FeedSettings,
        keep: Callable[[FeedSettings], object],
        names_allowed: bool = True,
    ) -> None:
        """`keep` writes the choice down; `names_allowed` is the agency's policy."""
        self.changed: Event[None] = Event()
        """Of `settings`, `trouble` or `written_at`."""
        self.settings = settings
        self.names_allowed = names_allowed
        self.trouble: BookError | StoreError | None = None
        """Why the file is not up to date."""
        self.written_at: int | None = None
        """When it was found or made up to date in this run, Unix seconds."""
        self._book = book
        self._clock = clock
        self._tasks = tasks
        self._texts = texts
        self._keep = keep
        self._turn = asyncio.Lock()
        self._planned: Cancellable | None = None
        self._due = math.inf
        self._last = b""
        self._unsubscribe: Callable[[], None] = lambda: None
        self._closed = False

    def open(self) -> None:
        """Write the file, if it is on, and after each change from now on."""
        self._unsubscribe = self._book.changed.subscribe(lambda _ids: self._plan(DEBOUNCE_S))
        self._plan(DEBOUNCE_S)

    def close(self) -> None:
        """Nothing is written any more."""
        self._closed = True
        self._unsubscribe()
        if self._planned is not None:
            self._planned.cancel()

    async def choose(self, settings: FeedSettings) -> None:
        """Another choice. A file that is not wanted any more is deleted. Raises BookError or StoreError where the new one cannot be
        written; then nothing has changed."""
        async with self._turn:
            before = self.settings.file
            if settings.file is not None:
                self._last = await self._write(settings, b"")
            if before is not None and before != settings.file:
                await asyncio.to_thread(_remove, before)
            self.settings, self.trouble = settings, None
            self.written_at = None if settings.file is None else self._clock.unix()
        self._keep(settings)
        self._plan(RENEW_S)
        self.changed.announce(None)

    # ---- inside

    def _plan(self, seconds: float) -> None:
        """In that time, unless it is to be written sooner anyhow: changes that follow must not hold up the first."""
        due = self._clock.unix() + seconds
        if self._closed or self.settings.file is None or due >= self._due:
            return
        if self._planned is not None:
            self._planned.cancel()
        self._due = due
        self._planned = self._clock.call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._planned, self._due = None, math.inf
        if not self._closed:
            self._tasks.start("calendar feed", self._renew())

    async def _renew(self) -> None:
        async with self._turn:
            if self.settings.file is None:
                return
            try:
                self._last = await self._write(self.settings, self._last)
            except (BookError, StoreError) as error:
                self.trouble = error
                _log.warning("exchange.feed_unwritten", error=error.key)
            else:
                self.trouble, self.written_at = None, self._clock.unix()
        self._plan(RENEW_S)
        self.changed.announce(None)

    async def _write(self, settings: FeedSettings, last: bytes) -> bytes:
        """Gives what stands in the file; it is not touched where that is `last` already."""
        file, now = settings.file, self._clock.unix()
        if file is None:
            return b""
        appointments: Sequence[Appointment] = await self._book.between(now - BEHIND_S, now + AHEAD_S)
        names = settings.names and self.names_allowed
        return await asyncio.to_thread(_written, file, appointments, self._texts, names, last)


def _written(file: Path, appointments: Sequence[Appointment], texts: Texts, names: bool, last: bytes) -> bytes:
    content = feed_of(appointments, texts, names)
    if content != last or not file.exists():
        write_whole(file, content)
    return content


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
