"""What holds for every test: no display is touched, and an error in the log is a failure. Fixtures of the parts stand in tests/support."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.soak import rounds

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("LANG", "C.UTF-8")

settings.register_profile("ours", deadline=None, database=None, max_examples=rounds(100))
settings.load_profile("ours")


@pytest.fixture(autouse=True)
def log_stays_clean(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test that leaves an error in the log; `@pytest.mark.logs_errors` is for those that cause one on purpose."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [record for phase in ("setup", "call") for record in caplog.get_records(phase) if record.levelno >= logging.ERROR]
    assert not errors, [f"{record.name}: {record.getMessage()}" for record in errors]
