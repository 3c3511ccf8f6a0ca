"""`videoberatung bench store`: how soon a year and a day stand there, and how many appointments a second are confirmed on the disk.

Each figure of the encrypted store stands beside the same code over plain SQLite in the same run; the window's half is
`app.bench.store_window`. The databases are made in a new folder under the system's folder for temporary files, or where
`--folder` says, and deleted.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from app.bench.figures import percentile
from app.bench.store_window import can_measure, window_figures
from app.demo.display import some_display
from app.domain.appointments import Access, Agreement, Appointment, Client, Stage
from app.domain.secrets import new_id, new_token
from app.services.appointments.ports import Write
from app.services.store import keyfile
from app.services.store.drivers import Driver, PlainSqlite
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore

YEAR = 2027
BUSY_DAY = datetime(YEAR, 4, 12, tzinfo=UTC)
"""A Monday."""
DAY_S = 86_400
ROUNDS = 15
_AT_ONCE = 1_000
HEADLINES = ("open_year_ms", "day_view_100k_ms", "scroll_p99_ms", "write_confirmed_per_s")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    year: int = 5_000
    many: int = 100_000
    """Whole years of them."""
    writing_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of database. Milliseconds are medians."""

    open_year_ms: float
    """From the files to the 5,000 appointments of a year: lock, key, tables, reading."""
    read_year_ms: float
    """The reading alone."""
    day_view_ms: float
    """A day, with 5,000 appointments stored."""
    day_view_100k_ms: float
    """A day, with 100,000 stored."""
    open_100k_ms: float
    """From the files to that day."""
    search_100k_ms: float
    """A word that stands in one appointment."""
    write_confirmed_per_s: float
    """One appointment after the other, each on the disk before the next (WAL, synchronous=FULL)."""
    write_confirmed_p99_ms: float
    forget_100k_ms: float
    """One appointment for good, out of 100,000: the whole file is built anew (once a day at most)."""
    size_100k_mb: float


class Measured:
    """One kind of database in a folder of its own."""

    def __init__(self, folder: Path, driver: Callable[[], Driver | None], sizes: Sizes = Sizes()) -> None:
        self._folder = folder
        self._driver = driver
        self._sizes = sizes
        self._key = StoreKey.new()

    def figures(self) -> Figures:
        """Takes a minute or two."""
        small, large = self._begun("small"), self._begun("large")
        sizes, begin, end = self._sizes, *_year()
        with_year = self._filled(small, year_of_appointments(sizes.year))
        day_small = _median_ms(lambda: _busy_day(with_year))
        read_year = _median_ms(lambda: with_year.between(begin, end))
        with_year.close()
        open_year = _median_ms(lambda: self._opened(small, lambda store: store.between(begin, end)))
        per_s, p99 = self._opened(small, self._writing)
        years = range(sizes.many // sizes.year)
        with_many = self._filled(large, [a for later in years for a in year_of_appointments(sizes.year, -later)])
        day_large = _median_ms(lambda: _busy_day(with_many))
        search = _median_ms(lambda: with_many.search("person 11 "))
        forget = _median_ms(lambda: with_many.forget_person([_busy_day(with_many)[0].id]), rounds=1)
        with_many.close()
        return Figures(
            open_year_ms=open_year,
            read_year_ms=read_year,
            day_view_ms=day_small,
            day_view_100k_ms=day_large,
            open_100k_ms=_median_ms(lambda: self._opened(large, _busy_day)),
            search_100k_ms=search,
            write_confirmed_per_s=per_s,
            write_confirmed_p99_ms=p99,
            forget_100k_ms=forget,
            size_100k_mb=round(large.database.stat().st_size / 1e6, 2),
        )

    def open_small(self) -> SqlStore:
        """A year, after `figures`."""
        return self._open(StorePlace.of(self._folder / "small"))

    def open_large(self) -> SqlStore:
        """Many years, after `figures`."""
        return self._open(StorePlace.of(self._folder / "large"))

    def _begun(self, name: str) -> StorePlace:
        place = StorePlace.of(self._folder / name)
        keyfile.save(KeyFile.of(self._key), place.keys)
        return place

    def _open(self, place: StorePlace) -> SqlStore:
        return open_store(place, self._key, self._driver())

    def _filled(self, place: StorePlace, appointments: Sequence[Appointment]) -> SqlStore:
        store = self._open(place)
        for first in range(0, len(appointments), _AT_ONCE):
            store.write(Write(appointments=appointments[first : first + _AT_ONCE]))
        return store

    def _opened(self, place: StorePlace, work: Callable[[SqlStore], T]) -> T:
        store = self._open(place)
        try:
            return work(store)
        finally:
            store.close()

    def _writing(self, store: SqlStore) -> tuple[float, float]:
        """Confirmed a second, and the 99th percentile of one write in ms."""
        later = [_appointment(number, _year()[1] + number * 1800) for number in range(20_000)]
        taken: list[float] = []
        began = time.perf_counter()
        for appointment in later:
            start = time.perf_counter()
            store.write(Write(appointments=[appointment]))
            taken.append((time.perf_counter() - start) * 1000)
            if time.perf_counter() - began > self._sizes.writing_s:
                break
        return round(len(taken) / (time.perf_counter() - began), 1), percentile(taken, 0.99) or 0.0


def year_of_appointments(count: int, years_later: int = 0) -> list[Appointment]:
    """Spread over the working days of YEAR, or of another one, as a counsellor's book holds them."""
    first = datetime(YEAR + years_later, 1, 1, 8, tzinfo=UTC)
    days = [day for day in (first + timedelta(days=number) for number in range(365)) if day.weekday() < 5]
    return [_appointment(n, int(days[n % len(days)].timestamp()) + n // len(days) * 1500) for n in range(count)]


def _appointment(number: int, starts_at: int) -> Appointment:
    return Appointment(
        id=new_id(),
        starts_at=starts_at,
        minutes=25,
        topic="Beratung zur Weiterbildung",
        client=Client(name=f"Person {number} Mustermann", email=f"person{number}@example.org", phone=f"030 {number:07d}"),
        stage=Stage.INVITED,
        agreement=Agreement(text_version="1", agreed_at=starts_at - 7 * DAY_S),
        access=Access(room=new_id(), token=new_token(), code=f"{number:09d}"),
        made_at=starts_at - 8 * DAY_S,
    )


def _year() -> tuple[int, int]:
    return int(datetime(YEAR, 1, 1, tzinfo=UTC).timestamp()), int(datetime(YEAR + 1, 1, 1, tzinfo=UTC).timestamp())


def _busy_day(store: SqlStore) -> Sequence[Appointment]:
    start = int(BUSY_DAY.timestamp())
    return store.between(start, start + DAY_S)


def _median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 2)


def report_of(ours: Figures, plain: Figures) -> dict[str, Any]:
    """The headline figures as far as the store knows them, and all of ours and of plain SQLite. How soon a person *sees* a year and a
    day takes their place where the window is measured too."""
    headlines = {name: getattr(ours, name, None) for name in HEADLINES}
    return {**headlines, "sqlcipher": asdict(ours), "plain_sqlite": asdict(plain)}


def run(file: Path, folder: Path | None = None) -> int:
    """Measure and write the report to `file`. Raises DisplayMissing where the window is to be measured and cannot be shown."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        measured = Measured(Path(made) / "sqlcipher", lambda: None)
        report = report_of(measured.figures(), Measured(Path(made) / "sqlite", PlainSqlite).figures())
        if can_measure():
            with some_display(virtual=True):
                report |= window_figures(measured.open_small, measured.open_large, year_of_appointments(Sizes().year), BUSY_DAY)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name in HEADLINES:
        print(f"{name}: {report[name]}")
    return 0
