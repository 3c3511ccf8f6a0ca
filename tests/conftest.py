"""What holds for every test: no display is touched, and an error in the log is a failure. Fixtures of the parts stand in tests/support."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import settings
from structlog.typing import Processor

from tests.support.memory_folder import put_folders_into_memory
from tests.support.soak import rounds

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.redis_server import RedisServer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("LANG", "C.UTF-8")
put_folders_into_memory()

settings.register_profile("ours", deadline=None, database=None, max_examples=rounds(100))
settings.load_profile("ours")


@pytest.fixture(autouse=True)
def log_stays_clean(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test that leaves an error in the log, ours (structlog) or a library's; `@pytest.mark.logs_errors` is for those that
    cause one on purpose, `structlog.testing.capture_logs` for those that look at it."""
    ours: list[str] = []
    structlog.configure(
        processors=[structlog.processors.add_log_level, noting_errors(ours), structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [record for phase in ("setup", "call") for record in caplog.get_records(phase) if record.levelno >= logging.ERROR]
    assert not errors, [f"{record.name}: {record.getMessage()}" for record in errors]
    assert not ours, ours


def noting_errors(into: list[str]) -> Processor:
    """A structlog processor that keeps the names of errors and passes everything on."""

    def note(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if fields["level"] in ("error", "critical"):
            into.append(str(fields["event"]))
        return fields

    return note


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this process that ask for it."""
    from tests.support.postgres import running_postgres

    with running_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One Redis for all tests of this process that ask for it."""
    from tests.support.redis_server import running_redis

    with running_redis() as server:
        yield server
