"""Somebody has every database, log of writes, log and backup of a server, and the appointments of its workstations, but not the key that
seals what waits: can they tell whose answers are whose? Run with `-s` it prints what each way of guessing comes to.

Every sheet here is unlike all others, so that the truth about each row is known. Guesses by chance hit once in a cell (or batch) on
average, however large it is: an alignment of two orders that have nothing to do with each other has one fixed point. More hits than a
chance of 10^-6 allows fail the test. The same ways of guessing are let loose on a store that keeps its rows as they come, and there they
do find the truth.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.secrets import hash_secret, new_id, new_token
from app.domain.survey import NO_ANSWER, Sheet, Spoken, Variant
from app.domain.survey_counts import Cell
from app.server.ports import NewSeat
from app.server.state.sql import SqlRoomStore
from app.server.survey.sql import SqlSurveyStore
from app.server.survey.waiting import ENOUGH, STEP_BYTES
from app.wire.handshake import owner_id
from app.wire.messages import RoomCard
from tests.support.page_client import Appointment, public_key
from tests.support.server import RunningServer, running_server
from tests.support.survey_client import VERSION, Right, body_of, questions

SESSIONS = 160
SITE = "jobcenter"
CERTAIN = 1e-6
LUCK = 0.76
"""Hits for each of two tries of which the better one counts: half of what the larger of two numbers of fixed points is on average."""


@dataclass
class Session:
    """One appointment as its workstation has it, and what only the person knows."""

    number: int
    """Order of the appointments, which is that of their times."""
    cell: tuple[Spoken, Variant]
    about: dict[str, str]
    """The counsellor may know such things of a client."""
    answers: dict[str, str]
    responds: bool
    row: str = ""
    """How the database writes the answers: unlike any other."""


def invented(chance: random.Random) -> list[Session]:
    """Sessions with every attribute, no two with the same answers."""
    questionnaire, seen = questions(), set()
    made: list[Session] = []
    while len(made) < SESSIONS:
        spoken = chance.choices([Spoken.GERMAN, Spoken.OTHER], [7, 3])[0]
        variant = chance.choices([Variant.HELD, Variant.PHONE, Variant.FAILED], [8, 1, 1])[0]
        answers = {question.id: chance.choice([*question.answers, NO_ANSWER]) for question in questionnaire.asked(variant)}
        row = json.dumps(dict(sorted(answers.items())), separators=(",", ":"))
        if row not in seen:
            seen.add(row)
            about = {statement.id: chance.choice([*statement.answers, NO_ANSWER]) for statement in questionnaire.about}
            made.append(Session(len(made), (spoken, variant), about, answers, chance.random() < 0.7, row))
    return made


# ---- the attacker's ways to put rows into an order


def by_key(file: Path) -> list[str]:
    """In the order of the primary key, which is also that of the table's tree."""
    return _select(file, "SELECT answers FROM survey_sheets ORDER BY 1 * id")


def as_they_lie(file: Path) -> list[str]:
    """As the database gives them without being asked for an order."""
    return _select(file, "SELECT answers FROM survey_sheets")


def by_row_number(file: Path) -> list[str]:
    """By the number that SQLite gives rows by itself."""
    try:
        return _select(file, "SELECT answers FROM survey_sheets ORDER BY rowid")
    except sqlite3.OperationalError:
        return []


def by_place(file: Path) -> list[str]:
    """By where they stand in the file's bytes: cells of a page grow from its end, so later ones stand before."""
    content, page = file.read_bytes(), 4096
    rows = as_they_lie(file)
    places = {row: content.find(row.encode()) for row in rows}
    return sorted(rows, key=lambda row: (places[row] // page, -(places[row] % page)))


def by_log_of_writes(file: Path) -> list[str]:
    """By when they first stand in the write-ahead log."""
    log = file.with_name(f"{file.name}-wal")
    content = log.read_bytes() if log.exists() else b""
    return sorted((row for row in as_they_lie(file) if row.encode() in content), key=lambda row: content.find(row.encode()))


WAYS: tuple[Callable[[Path], list[str]], ...] = (by_key, as_they_lie, by_row_number, by_place, by_log_of_writes)


def _select(file: Path, statement: str) -> list[str]:
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as connection:
        found = [str(row[0]) for row in connection.execute(statement)]
    connection.close()
    return found


# ---- guessing, and what chance gives


@dataclass
class Tries:
    """How often guesses were right, beside how often chance would be."""

    hits: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    order: dict[str, float] = field(default_factory=dict)

    def align(self, way: str, rows: Sequence[str], candidates: Sequence[Session]) -> None:
        """Rows of one cell in the attacker's order against the sessions it may belong to in the order of their times, both ways round."""
        if not rows:
            return
        best = 0
        for guess in (rows, list(reversed(rows))):
            spread = [candidates[place * len(candidates) // len(guess)] for place in range(len(guess))]
            best = max(best, sum(session.row == row for session, row in zip(spread, guess, strict=True)))
        self.hits[way] = self.hits.get(way, 0) + best
        self.groups[way] = self.groups.get(way, 0) + 2
        self.rows[way] = self.rows.get(way, 0) + len(rows)
        truth = {session.row: session.number for session in candidates}
        numbers = [truth[row] for row in rows if row in truth]
        self.order[way] = max(self.order.get(way, 0), abs(_correlation(numbers)) * math.sqrt(max(1, len(numbers) - 1)))

    def better_than_chance(self) -> list[str]:
        """Ways that came out better than chance may."""
        too_many = [way for way, hits in self.hits.items() if hits > 0 and _poisson_tail(hits, self.groups[way]) < CERTAIN]
        return too_many + [way for way, sigmas in self.order.items() if sigmas > 5.3]

    def __str__(self) -> str:
        lines = (
            f"  {way:<34} {self.hits[way]:4} of {self.rows[way]:4} rows found (chance: {LUCK * self.groups[way]:5.1f}),"
            f" order {self.order[way]:4.1f} sigma"
            for way in self.hits
        )
        return "\n".join(lines)


def _poisson_tail(hits: int, mean: float) -> float:
    """The chance of so many or more."""
    return 1 - sum(math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) for count in range(hits))


def _correlation(numbers: Sequence[int]) -> float:
    """Spearman's, between the numbers' ranks and their places."""
    if len(numbers) < 5:
        return 0.0
    ranks = {number: rank for rank, number in enumerate(sorted(numbers))}
    middle = (len(numbers) - 1) / 2
    products = [(place - middle) * (ranks[number] - middle) for place, number in enumerate(numbers)]
    return sum(products) / sum((place - middle) ** 2 for place in range(len(numbers)))


def in_cell(sessions: Sequence[Session], cell: tuple[Spoken, Variant]) -> list[Session]:
    return [session for session in sessions if session.cell == cell]


def guess(file: Path, sessions: Sequence[Session], named: str = "") -> Tries:
    """Every way over one state of the database: rows of each cell against the appointments with its language, period and variant."""
    tries = Tries()
    for way in WAYS:
        ordered = way(file)
        for cell in itertools.product(Spoken, Variant):
            candidates = in_cell(sessions, cell)
            known = {session.row for session in candidates}
            tries.align(f"{named}{way.__name__}", [row for row in ordered if row in known], candidates)
    return tries


# ---- the server, with its whole life


class Played:
    """A server that lives through all sessions, copied by its nightly (here: hourly) backup after each answer."""

    def __init__(self, folder: Path, sessions: Sequence[Session]) -> None:
        self.data = folder / "data"
        self.backups = folder / "backups"
        self._sessions = sessions
        self._chance = random.Random(2)
        self._late: list[tuple[Session, Right]] = []

    async def run(self) -> None:
        self.data.mkdir()
        self.backups.mkdir()
        rooms = await SqlRoomStore.open(f"sqlite:///{self.data / 'rooms.sqlite3'}")
        survey = await SqlSurveyStore.open(f"sqlite:///{self.data / 'survey.sqlite3'}")
        async with running_server(self.data, store=rooms, survey_store=survey) as server:
            for session in self._sessions:
                await self._play(server, rooms, session)
            while self._late:
                await self._answer(server, *self._late.pop(0))

    async def _play(self, server: RunningServer, rooms: SqlRoomStore, session: Session) -> None:
        """A room, a seat, a conversation, a right; the answer now, or after those of others."""
        server.clock.now += 600
        room, owner = server.appointment(), owner_id(public_key(server.key))
        seat, secret = new_id(), new_token()
        await rooms.publish(owner, [RoomCard(**_card(room, session))], room.now)
        await rooms.take_seat(room.room, NewSeat(seat, hash_secret(secret), "de"), room.now)
        await rooms.admit(owner, room.room, seat)
        await rooms.end(owner, room.room, by_phone=session.cell[1] is Variant.PHONE)
        right = Right.under((await server.http("GET", "/survey.json")).body)
        answer = await server.post("/api/survey/right", **right.asked, room=room.room, seat=seat, secret=secret)
        right.read(json.loads(answer.body)["signature"])
        if session.responds:
            self._late.append((session, right))
        if len(self._late) > self._chance.randrange(3):
            await self._answer(server, *self._late.pop(0))

    async def _answer(self, server: RunningServer, session: Session, right: Right) -> None:
        spoken, variant = session.cell
        sheet = right.sheet(variant, spoken.value, answers=session.answers, about=session.about)
        reply = await server.http("POST", "/api/survey", body_of(sheet))
        assert b'"counted"' in reply.body
        copy = self.backups / f"{len(list(self.backups.iterdir())):04}"
        await asyncio.to_thread(_back_up, self.data, copy)


def _back_up(data: Path, copy: Path) -> None:
    copy.mkdir()
    for file in data.glob("survey.sqlite3*"):
        shutil.copy(file, copy)


def _card(room: Appointment, session: Session) -> dict[str, object]:
    return {**room.card(), "language": "de" if session.cell[0] is Spoken.GERMAN else "en"}


def states(played: Played) -> Iterator[Path]:
    """Every backup, in order."""
    for folder in sorted(played.backups.iterdir()):
        yield folder / "survey.sqlite3"


def rows_cannot_be_put_into_the_order_of_the_sessions(played: Played, sessions: list[Session]) -> None:
    tries = guess(played.data / "survey.sqlite3", sessions)
    counted = as_they_lie(played.data / "survey.sqlite3")
    print(f"\n{sum(s.responds for s in sessions)} of {len(sessions)} answered, {len(counted)} rows are written, the others wait\n{tries}")
    assert len(counted) >= 60
    assert by_row_number(played.data / "survey.sqlite3") == []
    assert tries.better_than_chance() == []


def a_backup_after_each_answer_narrows_it_to_ten_and_no_further(played: Played, sessions: list[Session]) -> None:
    """New rows since the backup before are of people who came since their cell was emptied: at least ten, and which of them is whose
    stays chance."""
    tries, before, emptied = Tries(), set[str](), dict[tuple[Spoken, Variant], int]()
    of = {session.row: session for session in sessions}
    fewest = SESSIONS
    for file in states(played):
        new = {row for row in as_they_lie(file) if row not in before}
        before |= new
        for cell in {of[row].cell for row in new}:
            batch = [row for row in new if of[row].cell == cell]
            latest = max(of[row].number for row in batch)
            candidates = [s for s in in_cell(sessions, cell) if emptied.get(cell, -1) - 4 <= s.number <= latest and s.responds]
            emptied[cell] = latest
            fewest = min(fewest, len(batch))
            for way in WAYS:
                tries.align(f"backups, {way.__name__}", [row for row in way(file) if row in batch], candidates)
    print(f"\nsmallest batch: {fewest} rows\n{tries}")
    assert fewest >= ENOUGH
    assert tries.better_than_chance() == []


def no_file_holds_what_waits_nor_a_row_twice(played: Played, sessions: list[Session]) -> None:
    """Free pages, slack and the log of writes: each counted sheet stands once in all bytes, the others nowhere, and the sealed blob has
    one size."""
    file = played.data / "survey.sqlite3"
    everything = b"".join(one.read_bytes() for one in played.data.rglob("*") if one.is_file() and one.name != "survey-seal")
    counted = set(as_they_lie(file))
    copies = {session.row: everything.count(session.row.encode()) for session in sessions}
    waiting = sum(session.responds and session.row not in counted for session in sessions)
    print(f"\n{len(counted)} sheets stand once each, {waiting} wait unseen")
    assert all(count == (1 if row in counted else 0) for row, count in copies.items())
    assert waiting > 0
    sizes = {len(_blob(state)) for state in states(played)}
    assert sizes == {STEP_BYTES}
    for state in states(played):
        assert (state.with_name("survey.sqlite3-wal")).stat().st_size == 0
        with sqlite3.connect(f"file:{state}?mode=ro&immutable=1", uri=True) as connection:
            assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        connection.close()


def _blob(file: Path) -> bytes:
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as connection:
        (sealed,) = connection.execute("SELECT sealed FROM survey_waiting").fetchone()
    connection.close()
    return bytes(sealed)


def the_two_databases_have_nothing_in_common_that_joins_them(played: Played) -> None:
    """No value long enough to be somebody's stands in both, whole or as a part."""
    rooms, survey = (_values(played.data / name) for name in ("rooms.sqlite3", "survey.sqlite3"))
    common = {value for value in rooms & survey if len(value) > 10}
    print(f"\n{len(rooms)} and {len(survey)} values, {len(common)} long ones in common")
    assert common == set()


def _values(file: Path) -> set[str]:
    found: set[str] = set()
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of our own tables
                found |= {str(value) for value in row if isinstance(value, str | int)}
    connection.close()
    return found


def self_descriptions_are_sums_that_never_grow_by_one_person(played: Played, sessions: list[Session]) -> None:
    """Between any two backups the sums of a statement grow by nothing or by at least ten people, and no row has two statements."""
    steps: set[int] = set()
    before: dict[str, int] = {}
    for state in states(played):
        with sqlite3.connect(f"file:{state}?mode=ro&immutable=1", uri=True) as connection:
            rows = connection.execute("SELECT statement, SUM(count) FROM survey_about GROUP BY statement").fetchall()
        connection.close()
        now = dict(rows)
        steps |= {count - before.get(statement, 0) for statement, count in now.items()}
        before = now
    print(f"\nsums of a statement grew by {sorted(steps)}")
    assert steps - {0} == {ENOUGH}
    columns = {"site", "quarter", "version", "statement", "answer", "count"}
    with sqlite3.connect(f"file:{played.data / 'survey.sqlite3'}?mode=ro", uri=True) as connection:
        assert {row[1] for row in connection.execute("PRAGMA table_info(survey_about)")} == columns
        kept = {row[1] for row in connection.execute("PRAGMA table_info(survey_sheets)")}
    connection.close()
    assert kept == {"id", "version", "site", "quarter", "spoken", "variant", "answers"}


async def test_whose_answers_are_whose_cannot_be_told(tmp_path: Path) -> None:
    """One life of a server, attacked in every way."""
    sessions = invented(random.Random(1))
    played = Played(tmp_path, sessions)
    await played.run()
    rows_cannot_be_put_into_the_order_of_the_sessions(played, sessions)
    a_backup_after_each_answer_narrows_it_to_ten_and_no_further(played, sessions)
    no_file_holds_what_waits_nor_a_row_twice(played, sessions)
    the_two_databases_have_nothing_in_common_that_joins_them(played)
    self_descriptions_are_sums_that_never_grow_by_one_person(played, sessions)


async def test_answers_are_not_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sessions = invented(random.Random(3))[:6]
    await Played(tmp_path, sessions).run()
    said = capfd.readouterr()
    print(f"\nthe server wrote {len(said.out) + len(said.err)} characters")
    assert "survey" not in said.out + said.err
    assert not any(session.row in said.out + said.err for session in sessions)


def test_a_store_that_keeps_its_rows_as_they_come_is_found_out(tmp_path: Path) -> None:
    """The attack itself works: against the usual table, without waiting and shuffling."""
    file, sessions = tmp_path / "survey.sqlite3", invented(random.Random(1))
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE survey_sheets (id INTEGER PRIMARY KEY, answers TEXT)")
        for session in sessions:
            connection.execute("INSERT INTO survey_sheets (answers) VALUES (?)", (session.row,))
    connection.close()
    tries = guess(file, sessions, "naive, ")
    print(f"\n{tries}")
    assert {"naive, by_key", "naive, as_they_lie", "naive, by_row_number", "naive, by_place"} <= set(tries.better_than_chance())
    assert tries.hits["naive, by_key"] == len(sessions)


def test_cells_are_the_attributes_that_an_attacker_knows() -> None:
    """Whatever stands in a row beside the answers decides with whom it waits: nobody stands alone by language, variant, version, site or
    period."""
    sheet = Sheet(VERSION, SITE, "2026-Q4", Spoken.OTHER, Variant.FAILED, {})
    assert Cell.of(sheet) == Cell(VERSION, SITE, "2026-Q4", Spoken.OTHER, Variant.FAILED)
    assert set(Sheet.__dataclass_fields__) - set(Cell.__dataclass_fields__) == {"answers"}
