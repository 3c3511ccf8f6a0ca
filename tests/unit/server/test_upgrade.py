"""The steps of PostgreSQL's tables: what they end in, who may run over them, and that nobody notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, text

from app.domain.secrets import hash_secret, new_id
from app.server.ports import NewSeat, StateUnavailable
from app.server.state import steps
from app.server.state.engines import engine_for
from app.server.state.sql import SqlRoomStore
from app.server.state.upgrade import ALL, begin, own, standing_at, step_up, upgrade
from tests.support.postgres import Postgres
from tests.support.room_stores import NOW, OWNER, make_card

AFTER = f"{int(steps.NEWEST) + 1:04}"
"""The step that comes after those of today."""
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "{AFTER}"
down_revision = "{steps.NEWEST}"


def upgrade():
    op.add_column("rooms", sa.Column("colour", sa.String(16), nullable=False, server_default="blue"))
    op.add_column("seats", sa.Column("mood", sa.String(16)))
"""


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """Over an empty database."""
    with postgres.database() as url:
        engine = engine_for(url)
        yield engine
        engine.dispose()


def next_version(folder: Path, floor: str) -> ModuleType:
    """The steps of the server's next version."""
    module = ModuleType("steps")
    module.__file__ = str(folder / "__init__.py")
    for step in Path(str(steps.__file__)).parent.glob("step_*.py"):
        (folder / step.name).write_text(step.read_text("utf-8"), "utf-8")
    (folder / f"step_{AFTER}.py").write_text(NEXT, "utf-8")
    module.NEWEST, module.FLOOR = AFTER, floor  # type: ignore[attr-defined]
    return module


def all_tables() -> MetaData:
    together = MetaData()
    for metadata in (*ALL, own):
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


@pytest.mark.parametrize("by_steps", [False, True])
def test_steps_and_the_short_way_end_in_the_tables_of_the_program(engine: Engine, by_steps: bool) -> None:
    with engine.begin() as connection:
        (step_up if by_steps else begin)(connection)
        assert standing_at(connection) == steps.NEWEST
        assert compare_metadata(MigrationContext.configure(connection), all_tables()) == []


def test_the_tables_of_each_step_become_those_of_the_next(engine: Engine, tmp_path: Path) -> None:
    first = ModuleType("steps")
    first.__file__ = str(tmp_path / "__init__.py")
    first.NEWEST = first.FLOOR = "0001"  # type: ignore[attr-defined]
    (tmp_path / "step_0001.py").write_text((Path(str(steps.__file__)).parent / "step_0001.py").read_text("utf-8"), "utf-8")
    with engine.begin() as connection:
        step_up(connection, first)
        assert standing_at(connection) == "0001"
    upgrade(engine)
    with engine.begin() as connection:
        assert standing_at(connection) == steps.NEWEST
        assert compare_metadata(MigrationContext.configure(connection), all_tables()) == []


def test_a_database_with_foreign_tables_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seats (number int)"))
    with pytest.raises(StateUnavailable, match="database of its own"):
        upgrade(engine)
    with engine.begin() as connection:
        assert standing_at(connection) is None


async def test_servers_that_start_together_make_the_tables_once(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    stores = await asyncio.gather(*(SqlRoomStore.open(url) for _ in range(4)))
    card = make_card()
    await stores[0].publish(OWNER, [card], NOW)
    assert await stores[3].find(card.room)
    for store in stores:
        await store.close()


async def test_a_step_beside_a_serving_server_is_not_noticed(engine: Engine, tmp_path: Path) -> None:
    store = await SqlRoomStore.open(engine.url.render_as_string(hide_password=False))
    stepped = asyncio.Event()

    async def busy() -> int:
        done = 0
        while not stepped.is_set() or done < 20:
            card, seat = make_card(), new_id()
            await store.publish(OWNER, [card], NOW)
            await store.take_seat(card.room, NewSeat(seat, hash_secret("a"), "de"), NOW)
            row = await store.admit(OWNER, card.room, seat)
            assert await store.find(card.room) == row
            done += 1
        return done

    working = asyncio.create_task(busy())
    await asyncio.to_thread(upgrade, engine, next_version(tmp_path, floor="0001"))
    stepped.set()
    assert await working >= 20
    with engine.begin() as connection:
        assert standing_at(connection) == AFTER
        assert connection.execute(text("SELECT DISTINCT colour FROM rooms")).scalars().all() == ["blue"]
    await store.close()


async def test_a_server_of_the_version_before_starts_over_newer_tables_that_still_serve_it(engine: Engine, tmp_path: Path) -> None:
    upgrade(engine)
    upgrade(engine, next_version(tmp_path, floor="0001"))
    store = await SqlRoomStore.open(engine.url.render_as_string(hide_password=False))
    card = make_card()
    [row] = (await store.publish(OWNER, [card], NOW)).rooms
    assert await store.find(card.room) == row
    await store.close()


async def test_going_back_too_far_is_refused_with_a_sentence_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    upgrade(engine)
    upgrade(engine, next_version(tmp_path, floor=AFTER))
    with pytest.raises(StateUnavailable, match="start the newer version again"):
        await SqlRoomStore.open(engine.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        assert standing_at(connection) == AFTER


def test_a_step_waits_for_no_table_longer_than_others_can_bear(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.server.state.upgrade.LOCK_WITHIN", "50ms")
    monkeypatch.setattr("app.server.state.upgrade.PAUSE_S", 0.0)
    upgrade(engine)
    with engine.connect() as blocking, contextlib.ExitStack() as stack:
        stack.callback(blocking.rollback)
        blocking.execute(text("SELECT * FROM rooms"))
        with pytest.raises(StateUnavailable):
            upgrade(engine, next_version(tmp_path, floor="0001"))
    upgrade(engine, next_version(tmp_path, floor="0001"))
    with engine.begin() as connection:
        assert standing_at(connection) == AFTER
