"""Brings the tables to what this version of the program needs: Alembic, in this process, in one transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.services.appointments.ports import StoreError
from app.services.store import steps
from app.services.store.tables import metadata

_STEPS = Path(steps.__file__).parent


def upgrade(connection: Connection) -> bool:
    """True if there was anything to do. Raises StoreError for tables of a newer version."""
    at = standing_at(connection)
    if at == steps.NEWEST:
        return False
    if at is None and not inspect(connection).get_table_names():
        begin(connection)
    else:
        step_up(connection, at)
    return True


def begin(connection: Connection) -> None:
    """The tables of a new store at once, as all steps would leave them: loading Alembic takes longer than that."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": steps.NEWEST})


def step_up(connection: Connection, at: str | None) -> None:
    """All steps after `at`, by Alembic. Raises StoreError if it is none of them."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", _STEPS.as_posix().replace("%", "%%"))
    config.set_main_option("version_locations", _STEPS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    if at is not None and at not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreError("app.store.newer")

    def to_newest(revision: object, _: MigrationContext) -> list[RevisionStep]:
        return script._upgrade_revs(steps.NEWEST, revision)  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=to_newest) as environment:
        environment.configure(connection=connection, transactional_ddl=False)  # the transaction around it is the caller's
        environment.run_migrations()


def standing_at(connection: Connection) -> str | None:
    """The last step that was made; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
