"""The calendar file for Outlook: what stands in it, when it is written, and that it goes when it is switched off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.domain.appointments import Appointment, Client, Stage
from app.domain.readiness import Readiness, Wish
from app.paths import RESOURCES
from app.services.appointments.ports import BookError, Draft, Tell
from app.services.exchange.feed_file import DEBOUNCE_S, RENEW_S, CalendarFeed
from app.services.exchange.feed_settings import FeedSettings
from app.services.exchange.ics_feed import feed_of
from app.services.exchange.ics_import import read_calendar
from app.services.fakes.appointments import SampleBook
from app.services.fakes.clock import ManualClock
from app.services.tasks import Tasks
from app.texts import Texts

BERLIN = ZoneInfo("Europe/Berlin")
TEXTS = Texts.load(RESOURCES / "i18n", "de", "app")
WEBER = Client(name="Jonas Weber", email="weber@example.org", phone="0911 555")
NOW = int(datetime(2026, 10, 1, 8, tzinfo=BERLIN).timestamp())


def appointment(starts: datetime, number: int = 1, **more: object) -> Appointment:
    return Appointment(id=f"{number:022d}", starts_at=int(starts.timestamp()), minutes=30, client=WEBER, made_at=NOW, **more)


def test_neutral_unless_names_are_wanted() -> None:
    one = appointment(datetime(2026, 10, 5, 9, tzinfo=BERLIN), topic="Schulden", readiness=Readiness(wish=Wish.CALL_ME, opened_at=1))
    quiet, named = feed_of([one], TEXTS, names=False).decode(), feed_of([one], TEXTS, names=True).decode()
    assert "SUMMARY:Gespräch per Video\r\n" in quiet
    assert "Weber" not in quiet
    assert "SUMMARY:Gespräch per Video: Jonas Weber\r\n" in named
    for text in (quiet, named):
        assert "CLASS:PRIVATE" in text
        assert not any(word in text for word in ("Schulden", "example.org", "0911", "call-me"))


@pytest.mark.parametrize(
    "starts",
    [
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        datetime(2026, 10, 25, 1, 45, tzinfo=BERLIN),
        datetime(2027, 3, 28, 1, 45, tzinfo=BERLIN),
        datetime(2026, 12, 31, 23, 45, tzinfo=BERLIN),
    ],
)
def test_every_moment_is_read_as_it_was_meant(starts: datetime) -> None:
    data = feed_of([appointment(starts)], TEXTS, names=False)
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event.decoded("DTSTART").astimezone(UTC) == starts.astimezone(UTC)
    assert (event.decoded("DTEND").astimezone(UTC) - starts.astimezone(UTC)).total_seconds() == 1800
    (foreign,) = read_calendar(data, NOW).appointments
    assert (foreign.id, foreign.draft.starts_at) == (f"{1:022d}", int(starts.timestamp()))


def test_cancelled_ones_are_left_out_and_the_bytes_are_the_same_each_time() -> None:
    some = [appointment(datetime(2026, 10, day, 9, tzinfo=BERLIN), day) for day in (7, 6)]
    gone = appointment(datetime(2026, 10, 8, 9, tzinfo=BERLIN), 8, stage=Stage.CANCELLED)
    assert feed_of([*some, gone], TEXTS, names=False) == feed_of(list(reversed(some)), TEXTS, names=False)


async def turn() -> None:
    await asyncio.sleep(0.001)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


class Table:
    """A book, its feed and what was kept of the choice."""

    def __init__(self, **choices: object) -> None:
        self.clock = ManualClock(NOW)
        self.book = SampleBook(self.clock)
        self.kept: list[FeedSettings] = []
        self.crashes: list[BaseException] = []
        self.tasks = Tasks(lambda _name, error: self.crashes.append(error))
        self.feed = CalendarFeed(self.book, self.clock, self.tasks, TEXTS, FeedSettings(), self.kept.append, **choices)
        self.feed.open()

    async def note(self) -> str:
        draft = Draft(starts_at=self.clock.unix() + 86_400, minutes=30, client=WEBER)
        return (await self.book.note(draft))[0].id

    async def after(self, seconds: float) -> None:
        self.clock.advance(seconds)
        while self.tasks.names:
            await turn()


@pytest.fixture
async def make() -> AsyncIterator[Callable[..., Table]]:
    made: list[Table] = []

    def new(**choices: object) -> Table:
        made.append(Table(**choices))
        return made[-1]

    yield new
    for table in made:
        table.feed.close()
        await table.tasks.close()
        assert not table.crashes


async def test_off_by_default_on_by_choice_and_gone_when_switched_off(make: Callable[..., Table], tmp_path: Path) -> None:
    table = make()
    await table.note()
    await table.after(RENEW_S)
    assert table.feed.written_at is None
    on = FeedSettings(on=True, folder=str(tmp_path))
    await table.feed.choose(on)
    assert table.kept == [on]
    (file,) = files(tmp_path)
    assert file.read_bytes().count(b"BEGIN:VEVENT") == 1
    await table.feed.choose(FeedSettings(folder=str(tmp_path)))
    assert not files(tmp_path)


async def test_changes_close_together_are_one_file(make: Callable[..., Table], tmp_path: Path) -> None:
    table = make()
    await table.feed.choose(FeedSettings(on=True, folder=str(tmp_path)))
    (file,) = files(tmp_path)
    written: list[None] = []
    table.feed.changed.subscribe(written.append)
    first = await table.note()
    await table.after(DEBOUNCE_S / 2)
    await table.note()
    assert b"VEVENT" not in file.read_bytes()
    await table.after(DEBOUNCE_S / 2)
    assert len(written) == 1
    assert file.read_bytes().count(b"BEGIN:VEVENT") == 2
    await table.book.cancel(first, by_client=True, tell=Tell.NOBODY)
    await table.after(DEBOUNCE_S)
    assert file.read_bytes().count(b"BEGIN:VEVENT") == 1
    assert not [left for left in files(tmp_path) if left != file]


async def test_another_folder_takes_the_file_along_and_a_wrong_one_changes_nothing(make: Callable[..., Table], tmp_path: Path) -> None:
    table = make()
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    await table.feed.choose(FeedSettings(on=True, folder=str(here)))
    await table.feed.choose(FeedSettings(on=True, folder=str(there)))
    assert not files(here)
    with pytest.raises(BookError):
        await table.feed.choose(FeedSettings(on=True, folder=str(tmp_path / "nowhere")))
    assert table.feed.settings.folder == table.kept[-1].folder == str(there)
    assert files(there)


async def test_a_folder_that_went_away_is_told_and_mended_by_the_next_change(make: Callable[..., Table], tmp_path: Path) -> None:
    table = make()
    folder = tmp_path / "share"
    folder.mkdir()
    await table.feed.choose(FeedSettings(on=True, folder=str(folder)))
    (file,) = files(folder)
    file.unlink()
    folder.rmdir()
    await table.note()
    await table.after(DEBOUNCE_S)
    assert table.feed.trouble is not None
    assert table.feed.trouble.key == "app.exchange.not-written"
    folder.mkdir()
    await table.after(RENEW_S)
    assert table.feed.trouble is None
    assert file.exists()


async def test_names_only_where_the_agency_allows_them(make: Callable[..., Table], tmp_path: Path) -> None:
    for allowed in (True, False):
        table = make(names_allowed=allowed)
        await table.note()
        await table.feed.choose(FeedSettings(on=True, folder=str(tmp_path), names=True))
        (file,) = files(tmp_path)
        assert (b"Weber" in file.read_bytes()) is allowed
