"""The window's half of `bench store`: the calendar over the stores that were filled, where `app.bench.scroll` is there to measure it.

Needs a display (`app.demo.display`), which is why nothing of Qt is imported before it stands.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from app.domain.appointments import Appointment
from app.domain.mails import Mail
from app.services.appointments.ports import AppointmentStore, OpenStore, Write
from app.services.events import Event
from app.services.fakes.store import MemoryStore
from app.services.store.thread import StoreThread

_MODULE = f"{__package__}.scroll"

T = TypeVar("T")


class StoredBook:
    """What the calendar looks into, over a store on its own thread as in the program."""

    def __init__(self, thread: StoreThread) -> None:
        self.changed: Event[Sequence[str]] = Event()
        self._thread = thread

    async def find(self, appointment: str) -> Appointment | None:
        return await self._ask(lambda store: store.find(appointment))

    async def between(self, start: int, end: int) -> Sequence[Appointment]:
        return await self._ask(lambda store: store.between(start, end))

    async def search(self, text: str) -> Sequence[Appointment]:
        return await self._ask(lambda store: store.search(text))

    async def mails(self, appointment: str) -> Sequence[Mail]:
        return await self._ask(lambda store: store.mails_of(appointment))

    async def to_call_again(self) -> Sequence[Appointment]:
        """Nobody."""
        return ()

    async def _ask(self, work: Callable[[AppointmentStore], T]) -> T:
        return await self._thread.run(work)


class MemoryBook(StoredBook):
    """The same without a thread: it answers at once, so that nothing but layout and paint is measured."""

    def __init__(self, appointments: Sequence[Appointment]) -> None:
        self._store = MemoryStore()
        self._store.write(Write(appointments=appointments))
        super().__init__(StoreThread(lambda: self._store))

    async def _ask(self, work: Callable[[AppointmentStore], T]) -> T:
        return work(self._store)


def can_measure() -> bool:
    """Whether the calendar's half is part of this program."""
    return importlib.util.find_spec(_MODULE) is not None


def window_figures(year: OpenStore, many: OpenStore, in_year: Sequence[Appointment], day: datetime) -> dict[str, Any]:
    """Headline figures as a person meets them, and how ours scrolls beside a plain QTableView."""
    from PySide6.QtWidgets import QApplication

    from app.services.clock import LoopClock
    from app.ui.qt_loop import run

    scroll = importlib.import_module(_MODULE)
    application = QApplication([])
    figures: dict[str, Any] = {}

    async def main() -> int:
        bench = scroll.Bench(application, LoopClock(asyncio.get_running_loop()))
        for name, store, mode in (
            ("open_year_ms", year, scroll.Mode.LIST),
            ("day_view_100k_ms", many, scroll.Mode.DAY),
            ("day_view_ms", year, scroll.Mode.DAY),
        ):
            figures[name] = round(await _open_ms(bench, store, mode, day), 1)
        figures.update(scroll.as_figures(bench.scroll(MemoryBook(in_year), day.date())))
        return 0

    run(application, main)
    return figures


async def _open_ms(bench: Any, open_store: OpenStore, mode: Any, day: datetime) -> float:
    thread = StoreThread(open_store)
    await thread.open()
    try:
        return float(await bench.open_ms(StoredBook(thread), mode, day.date()))
    finally:
        await thread.close()
