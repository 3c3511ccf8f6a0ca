"""Take-up figures at the server: sums that arrive whole, and an attacker with everything but the key who finds no workstation in them."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.domain.evaluation import TAKE_UP
from app.domain.secrets import b64url, hash_secret, new_token
from app.domain.survey import NO_ANSWER, quarter_before, quarter_of
from app.server.ports import Refusal
from app.server.survey.keys import SURVEY, QuarterKeys
from app.server.survey.keys import TAKE_UP as TAKE_UP_KEYS
from app.server.survey.memory import MemorySurveyStore
from app.server.survey.sql import SqlSurveyStore
from app.server.survey.take_up import MOST_RIGHTS, TakeUpDesk
from app.server.survey.waiting import STEP_BYTES, Seal
from app.services.take_up.blinding import blind
from app.wire.codes import Code
from app.wire.survey import RIGHT_CONTEXT, TAKE_UP_CONTEXT, HandedIn
from tests.support.server import START, HandClock, running_server, take_up_desk

QUARTER = quarter_of(START)
WORKSTATIONS, DAYS = 6, 12


async def right(desk: TakeUpDesk, workstation: str, nonce: str, context: bytes = TAKE_UP_CONTEXT) -> str:
    from app.domain.secrets import from_b64url

    [key] = [key for key in json.loads(await desk.card())["keys"] if key["quarter"] == QUARTER]
    made = blind(int.from_bytes(from_b64url(key["n"]), "big"), context + from_b64url(nonce))
    return b64url(made.finalize(from_b64url(await desk.sign(workstation, QUARTER, b64url(made.blinded)))))


async def handed(desk: TakeUpDesk, workstation: str, counts: dict[str, dict[str, int]], **changes: Any) -> HandedIn:
    nonce = new_token()
    values = {"quarter": QUARTER, "counts": counts, "nonce": nonce, "signature": await right(desk, workstation, nonce)}
    return HandedIn(**values | changes)


async def refused(work: object) -> Code:
    with pytest.raises(Refusal) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


async def test_sums_are_told_when_their_quarter_is_closed(tmp_path: Path) -> None:
    clock = HandClock()
    desk = take_up_desk(tmp_path, clock)
    await desk.count(await handed(desk, "one", {"asked": {"agreed": 2, "declined.privacy": 1}}))
    await desk.count(await handed(desk, "two", {"asked": {"agreed": 3}, "outcome": {NO_ANSWER: 1}}))
    await desk.count(await handed(desk, "two", {}))
    assert await refused(desk.sums(QUARTER)) is Code.PERIOD_OPEN
    clock.now += 120 * 86_400
    assert await desk.sums(QUARTER) == {"asked": {"agreed": 5, "declined.privacy": 1}, "outcome": {NO_ANSWER: 1}}
    assert await desk.sums(quarter_before(QUARTER)) == {}


async def test_bad_input_changes_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    store = MemorySurveyStore()
    desk = take_up_desk(tmp_path, clock, store)
    one = await handed(desk, "one", {"asked": {"agreed": 1}})
    await desk.count(one)
    before = await store.waiting("jobcenter")
    assert await refused(desk.count(one)) is Code.RIGHT_SPENT
    for counts in ({"asked": {"unknown": 1}}, {"unknown": {"agreed": 1}}, {"device": {"agreed": 1}}):
        assert await refused(desk.count(await handed(desk, "one", counts))) is Code.MALFORMED
    forged = await handed(desk, "one", {}, signature=b64url(b"\x01" * 256))
    assert await refused(desk.count(forged)) is Code.RIGHT_INVALID
    old = await handed(desk, "one", {}, quarter="2020-Q1")
    assert await refused(desk.count(old)) is Code.PERIOD_CLOSED
    assert await store.waiting("jobcenter") == before


async def test_a_clients_right_does_not_hold_for_a_workstations_and_the_other_way_round(tmp_path: Path) -> None:
    """Nobody sees what is signed, so the keys differ."""
    clock = HandClock()
    desk = take_up_desk(tmp_path, clock)
    signer = await QuarterKeys(tmp_path, "jobcenter", clock, SURVEY).signer(QUARTER)
    own = await QuarterKeys(tmp_path, "jobcenter", clock, TAKE_UP_KEYS).signer(QUARTER)
    assert signer is not None
    assert own is not None
    nonce = new_token()
    made = blind(int.from_bytes(signer.modulus, "big"), TAKE_UP_CONTEXT + b"n" * 32)
    clients = HandedIn(quarter=QUARTER, counts={}, nonce=nonce, signature=b64url(made.finalize(signer.blind_sign(made.blinded))))
    assert await refused(desk.count(clients)) is Code.RIGHT_INVALID
    assert not signer.holds(RIGHT_CONTEXT, b"\x01" * 256)
    assert own.modulus != signer.modulus


async def test_rights_have_a_bound_for_each_workstation_and_day(tmp_path: Path) -> None:
    clock = HandClock()
    desk = take_up_desk(tmp_path, clock)
    for _ in range(MOST_RIGHTS):
        await desk.sign("one", QUARTER, b64url(bytes(255) + b"\x02"))
    assert await refused(desk.sign("one", QUARTER, b64url(bytes(255) + b"\x02"))) is Code.TOO_MANY
    await desk.sign("two", QUARTER, b64url(bytes(255) + b"\x02"))
    clock.now += 86_400
    await desk.sign("one", QUARTER, b64url(bytes(255) + b"\x02"))


# ---- the attack


class Played:
    """Workstations that hand in each day, in an order of chance, and a backup after each batch."""

    def __init__(self, folder: Path) -> None:
        self.data, self.backups = folder / "data", folder / "backups"
        self.batches: list[tuple[int, str, int]] = []
        """Workstation, hash of its nonce, how many events, in the order in which they came."""
        self.sums: Counter[tuple[str, str]] = Counter()

    async def run(self) -> None:
        self.data.mkdir()
        self.backups.mkdir()
        clock, chance = HandClock(), random.Random(5)
        store = await SqlSurveyStore.open(f"sqlite:///{self.data / 'survey.sqlite3'}")
        keys = QuarterKeys(self.data / "keys", "jobcenter", clock, TAKE_UP_KEYS)
        (self.data / "keys").mkdir()
        desk = TakeUpDesk("jobcenter", keys, Seal(b"k" * 32), store)
        for day in range(DAYS):
            for workstation in chance.sample(range(WORKSTATIONS), WORKSTATIONS):
                counts = self._counts(chance, workstation)
                one = await handed(desk, str(workstation), counts)
                await desk.count(one)
                events = sum(sum(of.values()) for of in counts.values())
                self.batches.append((workstation, hash_secret(one.nonce), events))
                await asyncio.to_thread(shutil.copy, self.data / "survey.sqlite3", self.backups / f"{len(self.batches):04}")
            clock.now += 86_400 if day < DAYS - 1 else 0
        clock.now += 120 * 86_400
        self.told = await desk.sums(QUARTER)
        await store.close()

    def _counts(self, chance: random.Random, workstation: int) -> dict[str, dict[str, int]]:
        """One of them never counts anything, one very much."""
        counts: dict[str, dict[str, int]] = {}
        for _ in range(workstation * 2):
            table = chance.choice(list(TAKE_UP))
            counter = chance.choice(TAKE_UP[table])
            counts.setdefault(table, {})[counter] = counts.get(table, {}).get(counter, 0) + 1
            self.sums[table, counter] += 1
        return counts


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    made = Played(tmp_path_factory.mktemp("take-up"))
    asyncio.run(made.run())
    return made


def select(file: Path, statement: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


def test_nothing_was_lost_and_nothing_counted_twice(played: Played) -> None:
    assert {(table, counter): count for table, of in played.told.items() for counter, count in of.items()} == dict(played.sums)


def test_no_state_of_the_database_says_what_a_batch_held(played: Played) -> None:
    """Each adds one used right and another blob of the same size, whether it held nothing or a day's work."""
    before: set[str] = set()
    for number, (_, nonce, _) in enumerate(played.batches, 1):
        file = played.backups / f"{number:04}"
        spent = {row[0] for row in select(file, "SELECT nonce_hash FROM survey_spent")}
        assert spent - before == {nonce}
        before = spent
        assert [len(row[0]) for row in select(file, "SELECT sealed FROM survey_waiting")] == [STEP_BYTES]
        assert select(file, "SELECT count(*) FROM survey_sheets") == select(file, "SELECT count(*) FROM survey_about") == [(0,)]
        content = file.read_bytes()
        words = {table for table in TAKE_UP if len(table) > 6} | {counter for of in TAKE_UP.values() for counter in of if "." in counter}
        assert not any(word.encode() in content for word in words)
    sizes = {(played.backups / f"{number:04}").stat().st_size // 4096 for number in range(1, len(played.batches) + 1)}
    assert max(sizes) - min(sizes) <= 4  # the used rights, and nothing of the events


def test_used_rights_have_no_order_and_no_workstation(played: Played) -> None:
    """As the rows lie, and by key: neither that of their arrival nor groups of one workstation."""
    of = {nonce: (place, workstation) for place, (workstation, nonce, _) in enumerate(played.batches)}
    for statement in ("SELECT nonce_hash FROM survey_spent", "SELECT nonce_hash FROM survey_spent ORDER BY nonce_hash DESC"):
        rows = [row[0] for row in select(played.data / "survey.sqlite3", statement)]
        places = [of[row][0] for row in rows]
        sigmas = abs(correlation(places)) * math.sqrt(len(places) - 1)
        neighbours = sum(of[one][1] == of[other][1] for one, other in itertools.pairwise(rows))
        by_chance = (len(rows) - 1) / WORKSTATIONS
        print(f"\norder {sigmas:.1f} sigma, {neighbours} neighbours of one workstation (chance: {by_chance:.0f})")
        assert sigmas < 5.3
        assert neighbours < by_chance + 5.3 * math.sqrt(by_chance)
    with pytest.raises(sqlite3.OperationalError):
        select(played.data / "survey.sqlite3", "SELECT rowid FROM survey_spent")


def correlation(numbers: list[int]) -> float:
    """Between the numbers and their places."""
    middle = (len(numbers) - 1) / 2
    return sum((place - middle) * (number - middle) for place, number in enumerate(numbers)) / sum(
        (place - middle) ** 2 for place in range(len(numbers))
    )


async def test_nothing_is_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async with running_server(tmp_path) as server, server.workstation() as work:
        card = await server.http("GET", "/take-up.json")
        assert card.headers["cache-control"] == "public, max-age=3600"
        assert "etag" not in card.headers
        signed = await work.command("take-up-right", quarter=QUARTER, blinded=b64url(bytes(255) + b"\x02"))
        assert signed["type"] == "take-up-signed"
        late = await work.command("take-up-right", quarter="2020-Q1", blinded=b64url(bytes(255) + b"\x02"))
        assert (late["type"], late["code"]) == ("refused", "period-closed")
        capfd.readouterr()
        answer = await server.http("POST", "/api/take-up", b"{}")
        assert (answer.status, len(answer.body)) == (200, 64)
    said = capfd.readouterr()
    assert "take-up" not in said.out + said.err
