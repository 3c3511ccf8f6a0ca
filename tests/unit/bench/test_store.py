"""The benchmark of the store measures what it says, on little data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from app.bench.store import BUSY_DAY, HEADLINES, YEAR, Measured, Sizes, report_of, year_of_appointments
from app.services.store.drivers import PlainSqlite


def test_a_year_is_spread_over_its_working_days() -> None:
    appointments = year_of_appointments(5000)
    days = Counter(datetime.fromtimestamp(a.starts_at, UTC).date() for a in appointments)
    assert len({a.id for a in appointments}) == 5000
    assert {day.year for day in days} == {YEAR}
    assert {day.weekday() for day in days} == set(range(5))
    assert set(days.values()) == {19, 20}
    assert days[BUSY_DAY.date()]


def test_every_figure_is_there_for_ours_and_for_plain_sqlite(tmp_path: Path) -> None:
    sizes = Sizes(year=300, many=600, writing_s=0.05)
    ours, plain = Measured(tmp_path / "ours", lambda: None, sizes), Measured(tmp_path / "plain", PlainSqlite, sizes)
    report = report_of(ours.figures(), plain.figures())
    assert [*report][:4] == [*HEADLINES]
    assert report["sqlcipher"].keys() == report["plain_sqlite"].keys()
    assert all(value > 0 for kind in ("sqlcipher", "plain_sqlite") for value in report[kind].values())
    assert report["open_year_ms"] == report["sqlcipher"]["open_year_ms"]
    assert report["write_confirmed_per_s"] == report["sqlcipher"]["write_confirmed_per_s"]
