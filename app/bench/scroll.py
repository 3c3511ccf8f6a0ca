"""Measures the calendar's window: how soon a year opens, and how long a step of scrolling takes beside a plain QTableView in the same run.

Real widgets, shown and painted; `app.bench.store` calls it with a real store.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractTableModel, QEvent, QObject, QSize
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from app.bench.figures import percentile
from app.domain.appointments import ZONE
from app.paths import RESOURCES
from app.services.clock import Clock
from app.texts import FIRST_LANGUAGE, Texts
from app.ui.calendar.spans import Mode
from app.ui.calendar.view import CalendarView
from app.ui.calendar.view_model import Book, CalendarViewModel
from app.ui.quiet import Quiet
from app.ui.theme import Theme

SIZE = QSize(1180, 760)
STEP = 60
"""Pixels of one turn of a mouse wheel: three lines."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Layout and paint of single steps, milliseconds by the clock on the wall; `cpu_p99_ms` of processor time on the Qt thread, which
    others on the machine do not lengthen."""

    p50_ms: float | None
    p99_ms: float | None
    worst_ms: float
    cpu_p99_ms: float | None
    steps: int


@dataclass(frozen=True, slots=True)
class Scrolled:
    """Ours and the reference, in one run."""

    list: Steps
    """The list of a year."""
    grid: Steps
    """The work week."""
    whole: Steps
    """The list painted from top to bottom, which a step never is."""
    plain: Steps
    """QTableView over a QStandardItemModel with the same words in as many rows."""
    plain_whole: Steps


class StopWatch:
    """Takes the times of the blocks it is entered for."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self._began = 0.0, 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._wall.append((time.perf_counter() - self._began[0]) * 1000)
        self._cpu.append((time.thread_time() - self._began[1]) * 1000)

    def summed(self) -> Steps:
        """All of them."""
        worst = round(max(self._wall), 1)
        return Steps(percentile(self._wall, 0.5), percentile(self._wall, 0.99), worst, percentile(self._cpu, 0.99), len(self._wall))


class Painted(QObject):
    """Tells when a viewport has been painted."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.times = 0
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count paints."""
        self.times += event.type() is QEvent.Type.Paint
        return False


class Calendar:
    """A shown calendar over some book."""

    def __init__(
        self, book: Book, clock: Clock, theme: Theme, texts: Texts, start: Callable[[str, Coroutine[Any, Any, None]], object]
    ) -> None:
        self.model = CalendarViewModel(book, clock, ZoneInfo(ZONE), start)
        self.view = CalendarView(self.model, texts, Quiet(clock), theme)
        self.view.resize(SIZE)

    def close(self) -> None:
        """Take it away."""
        self.model.close()
        self.view.close()
        self.view.deleteLater()


class Bench:
    """Needs a QApplication; what asks a book needs a running loop whose turns are Qt's (`app.ui.qt_loop`)."""

    def __init__(self, application: QApplication, clock: Clock, theme: Theme | None = None) -> None:
        self._clock = clock
        self._theme = theme or Theme(application, RESOURCES)
        self._texts = Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "app")

    async def open_ms(self, book: Book, mode: Mode, day: date, rounds: int = 5) -> float:
        """From wanting to look in that way until the appointments are painted, in a calendar that stands already; median of some rounds.
        Between the rounds the calendar is made anew."""
        taken = []
        for _ in range(rounds):
            async with asyncio.timeout(60):
                taken.append(await self._open_once(book, mode, day))
        return sorted(taken)[len(taken) // 2]

    async def _open_once(self, book: Book, mode: Mode, day: date) -> float:
        loop = asyncio.get_running_loop()
        running: set[asyncio.Task[None]] = set()

        def start(name: str, work: Coroutine[Any, Any, None]) -> None:
            task = loop.create_task(work, name=name)
            running.add(task)
            task.add_done_callback(running.discard)

        calendar = Calendar(book, self._clock, self._theme, self._texts, start)
        calendar.view.show()
        calendar.model.show(Mode.DAY, date(day.year - 1, 1, 1))
        await _idle(running)
        arrived = asyncio.Event()
        calendar.model.changed.connect(arrived.set)
        page = calendar.view.list if mode is Mode.LIST else calendar.view.month if mode is Mode.MONTH else calendar.view.grid
        painted = Painted(page.viewport())
        began = time.perf_counter()
        calendar.model.show(mode, day)
        await arrived.wait()
        seen = painted.times
        while painted.times == seen:
            page.viewport().update()
            await asyncio.sleep(0)
        taken = (time.perf_counter() - began) * 1000
        await _idle(running)
        calendar.close()
        return taken

    def scroll(self, book: Book, day: date, steps: int = 400) -> Scrolled:
        """Scrolls ours and a plain table by the same steps. `book` must answer without waiting (one in memory)."""
        calendar = Calendar(book, self._clock, self._theme, self._texts, _at_once)
        calendar.model.open()
        calendar.model.show(Mode.LIST, day)
        calendar.view.show()
        ours, plain = calendar.view.list, _plain_table(calendar.view.list.rows)
        plain.show()
        results = _steps(ours, steps), _steps(plain, steps), _whole(ours, steps // 4), _whole(plain, steps // 4)
        plain.close()
        calendar.model.show(Mode.WEEK, day)
        grid = _steps(calendar.view.grid, steps)
        calendar.close()
        return Scrolled(list=results[0], grid=grid, whole=results[2], plain=results[1], plain_whole=results[3])


def as_figures(scrolled: Scrolled) -> dict[str, Any]:
    """For the JSON: `scroll_p99_ms` is the worse of our two, with the rest beside it."""
    worse = max(scrolled.list.p99_ms or 0.0, scrolled.grid.p99_ms or 0.0)
    return {"scroll_p99_ms": worse, "scroll_plain_p99_ms": scrolled.plain.p99_ms, "scroll": asdict(scrolled)}


async def _idle(running: set[asyncio.Task[None]]) -> None:
    while running:
        await asyncio.gather(*running)
    QApplication.processEvents()


def _at_once(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise RuntimeError(f"{name} waits: only a book in memory can be scrolled without a loop")


def _plain_table(rows: QAbstractTableModel) -> QTableView:
    """The reference: the same words in Qt's own items, drawn by Qt's own delegate. The program's style sheet is left out: it slows it."""
    model = QStandardItemModel(rows.rowCount(), rows.columnCount())
    for row in range(rows.rowCount()):
        for column in range(rows.columnCount()):
            model.setItem(row, column, QStandardItem(str(rows.data(rows.index(row, column)))))
    table = QTableView()
    table.setStyleSheet("QTableView { background: palette(base); }")
    table.setModel(model)
    model.setParent(table)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.resize(SIZE)
    return table


def _steps(view: QTableView, count: int) -> Steps:
    """Each step until everything that it asked for is painted; at the end of the table it goes back."""
    bar, way, watch = view.verticalScrollBar(), STEP, StopWatch()
    QApplication.processEvents()
    for _ in range(count):
        if not bar.minimum() <= bar.value() + way <= bar.maximum():
            way = -way
        with watch:
            bar.setValue(bar.value() + way)
            QApplication.processEvents()
    return watch.summed()


def _whole(view: QTableView, count: int) -> Steps:
    watch = StopWatch()
    for number in range(count):
        view.verticalScrollBar().setValue(number * view.viewport().height())
        QApplication.processEvents()
        with watch:
            view.viewport().repaint()
    return watch.summed()
