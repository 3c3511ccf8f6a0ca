"""Nothing in the calendar holds the Qt thread, also with a year of 5,000 and while holidays are loaded; the benchmark runs to its end."""

from __future__ import annotations

import asyncio
from datetime import date

import qasync
from PySide6.QtWidgets import QApplication

from app.bench.scroll import Bench, as_figures
from app.domain.appointments import Stage
from app.services.fakes import ManualClock
from app.services.fakes.sample_appointments import LookingBook, sample_appointments, sample_year
from app.services.public_holidays import Region, names
from app.ui.calendar.spans import Mode
from app.ui.calendar.view import CalendarView
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.quiet import Quiet
from app.ui.watchdog import Watchdog
from tests.ui.calendar_support import BERLIN, DAY, NOW

ROUNDS, QUICK_ROUNDS = 8, 3


def test_a_year_of_thousands_leaves_the_window_alive(qapp, theme, texts) -> None:
    """Some rounds must stay under the limit: a busy machine makes others long, our own work would make most."""
    year = sample_year(2026, 5000, NOW)
    blocks = []

    async def one_round() -> None:
        tasks = set()

        def start(_name, work) -> None:
            task = asyncio.get_running_loop().create_task(work)
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        async def holidays(years):
            return await asyncio.to_thread(names, Region.BAYERN, years, "de")

        clock = ManualClock(NOW)
        model = CalendarViewModel(LookingBook(year), clock, BERLIN, start, holidays)
        view = CalendarView(model, texts, Quiet(clock), theme)
        view.show()
        await asyncio.sleep(0)
        dog = Watchdog()
        dog.start()
        model.open()
        for mode in Mode:
            model.show(mode, DAY)
            while tasks:
                await asyncio.gather(*tasks)
            await asyncio.sleep(0.02)
        assert view.list.rows.rowCount() == 5000
        assert model.holiday(date(2026, 5, 14)) == "Christi Himmelfahrt"
        blocks.append(dog.worst)
        dog.close()
        model.close()
        view.close()
        view.deleteLater()
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(QApplication.instance())) as runner:
        while blocks.count(None) < QUICK_ROUNDS and len(blocks) < ROUNDS:
            runner.run(one_round())
    assert blocks.count(None) >= QUICK_ROUNDS, [(round(block.own_ms), block.places[-4:]) for block in blocks if block is not None]


def test_the_benchmark_measures_both(qapp, theme) -> None:
    clock = ManualClock(NOW)
    book = LookingBook(sample_appointments(date(2026, 5, 11), 30, 12, NOW))
    bench = Bench(qapp, clock, theme)
    figures = as_figures(bench.scroll(book, DAY, steps=8))
    assert figures["scroll_p99_ms"] > 0
    assert figures["scroll_plain_p99_ms"] > 0
    book.asked.clear()
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(QApplication.instance())) as runner:
        for mode in Mode:
            assert runner.run(bench.open_ms(book, mode, DAY, rounds=1)) > 0
    assert (min(end - start for start, end in book.asked)) == 86_400


def test_samples_are_the_same_each_time_and_honest() -> None:
    year = sample_year(2026, 5000, NOW)
    assert year == sample_year(2026, 5000, NOW)
    assert len({a.id for a in year}) == 5000
    assert {a.stage for a in year} >= {Stage.NOTED, Stage.AGREED, Stage.INVITED, Stage.CLOSED, Stage.CANCELLED}
    assert all(a.agreed for a in year if a.stage in (Stage.INVITED, Stage.WAITING, Stage.IN_SESSION))
