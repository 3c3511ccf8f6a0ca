"""Brings PostgreSQL's tables to what this version needs, beside servers of the version before that go on serving (docs/decisions/0037).

Alembic is loaded only when there is a step to make. Imports nothing of rooms, surveys and workstations but their tables.
"""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType

import structlog
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.server.enrolment import sql as enrolment
from app.server.ports import StateUnavailable
from app.server.state import steps as our_steps
from app.server.state import tables
from app.server.state.database import unavailable
from app.server.survey import sql as survey

log = structlog.get_logger(__name__)

ONE_AT_A_TIME = 0x5642_0001
"""Advisory lock of PostgreSQL: replicas that start together upgrade one after the other."""
LOCK_WITHIN = "2s"
"""A step waits no longer for a table: while it waits, everybody else would wait behind it."""
TRIES = 5
PAUSE_S = 1.0
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL, appendix A."""

own = MetaData()
VERSION = Table("alembic_version", own, Column("version_num", String(32), primary_key=True))
"""As Alembic makes it: the last step that was made."""
OLDEST = Table("oldest_server", own, Column("step", String(32), primary_key=True))
"""One row: the step that a server must know to run over these tables."""
ALL = (tables.metadata, survey.metadata, enrolment.metadata)
"""What the stores keep."""


def upgrade(engine: Engine, steps: ModuleType = our_steps) -> None:
    """All steps that are missing; none over tables of a newer server. Blocks. Raises StateUnavailable, with a sentence for IT."""
    for tries_left in reversed(range(TRIES)):
        try:
            with engine.connect() as plain:
                connection = plain.execution_options(isolation_level="READ COMMITTED")
                with connection.begin():
                    _upgrade(connection, steps)
            return
        except SQLAlchemyError as error:
            locked = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
            if not (locked and tries_left):
                raise unavailable(error) from None
            log.info("tables-in-use")
            time.sleep(PAUSE_S)


def _upgrade(connection: Connection, steps: ModuleType) -> None:
    if standing_at(connection) == steps.NEWEST:
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WITHIN}'"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    at = standing_at(connection)
    if at == steps.NEWEST:
        return
    if at is None:
        begin(connection, steps)
    elif at > steps.NEWEST:
        _check_newer(connection, steps)
    else:
        step_up(connection, steps)
        _stand_at(connection, OLDEST, steps.FLOOR)
    log.info("tables-upgraded", version=steps.NEWEST)


def begin(connection: Connection, steps: ModuleType = our_steps) -> None:
    """All tables of an empty database at once, as the steps would leave them: that needs no Alembic. Raises StateUnavailable."""
    if set(inspect(connection).get_table_names()) & {name for metadata in ALL for name in metadata.tables}:
        raise StateUnavailable("It holds tables of the same names that no server made: please give the server a database of its own")
    for metadata in (*ALL, own):
        metadata.create_all(connection)
    _stand_at(connection, VERSION, steps.NEWEST)
    _stand_at(connection, OLDEST, steps.FLOOR)


def _stand_at(connection: Connection, table: Table, step: str) -> None:
    connection.execute(table.delete())
    connection.execute(table.insert().values([step]))


def _check_newer(connection: Connection, steps: ModuleType) -> None:
    """A newer server has been here: this one goes on if its tables still serve it. Raises StateUnavailable."""
    oldest = connection.execute(OLDEST.select()).scalar()
    if oldest is None or oldest > steps.NEWEST:
        raise StateUnavailable(
            "A newer server has changed its tables so that this version would spoil them: "
            "please start the newer version again, or restore the backup from before the upgrade"
        )
    log.info("tables-are-newer")


def step_up(connection: Connection, steps: ModuleType = our_steps) -> None:
    """All steps after the one the tables stand at, by Alembic."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory

    folder = Path(str(steps.__file__)).parent.as_posix().replace("%", "%%")
    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("version_locations", folder)
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)

    def to_newest(revision: object, _: MigrationContext) -> list[RevisionStep]:
        return script._upgrade_revs(steps.NEWEST, revision)  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=to_newest) as environment:
        environment.configure(connection=connection, transactional_ddl=False)  # the transaction around it is ours
        environment.run_migrations()


def standing_at(connection: Connection) -> str | None:
    """The last step that was made; None for an empty database."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.execute(VERSION.select()).scalar()
