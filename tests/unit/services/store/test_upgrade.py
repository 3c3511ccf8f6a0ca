"""The steps lead to the tables that the code speaks of, and are taken whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from app.services.store import steps
from app.services.store.database import Database
from app.services.store.drivers import SqlCipher
from app.services.store.tables import metadata
from app.services.store.upgrade import standing_at, step_up, upgrade
from tests.support.stores import KEY


@pytest.mark.parametrize("way", [upgrade, lambda connection: step_up(connection, None)], ids=["at once", "by steps"])
def test_both_ways_lead_to_the_tables(tmp_path: Path, way: Callable[[Connection], object]) -> None:
    database = Database(tmp_path / "x.db", SqlCipher(KEY))
    with database.transaction() as connection:
        assert standing_at(connection) is None
        way(connection)
        assert standing_at(connection) == steps.NEWEST
        assert not upgrade(connection)
    with database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_the_newest_step_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(steps.__file__).parent))
    config.set_main_option("version_locations", str(Path(steps.__file__).parent))
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_heads() == [steps.NEWEST]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", SqlCipher(KEY))
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE notes (x)"))
    with pytest.raises(Exception, match="already exists"), database.transaction() as connection:
        upgrade(connection)
    with database.transaction() as connection:
        assert inspect(connection).get_table_names() == ["notes"]
    database.close()
