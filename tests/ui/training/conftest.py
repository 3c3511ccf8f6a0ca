"""The trainer's windows beside a shell over a fake desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.ui.shell import Shell
from app.ui.training.windows import TrainerWindows
from tests.ui.training.support import TrainerBench, trainer_bench


@pytest.fixture
def bench(texts, theme, parts, desk, clock, tasks) -> TrainerBench:
    return trainer_bench(texts, theme, parts.messages, desk, clock, tasks)


@pytest.fixture
def windows(qtbot, shell: Shell, bench: TrainerBench) -> Iterator[TrainerWindows]:
    made = TrainerWindows(shell.main, bench.parts, "030 23125 001")
    made.show()
    made.control.activateWindow()
    qtbot.waitUntil(made.control.isActiveWindow)
    yield made
    made.close()
    bench.parts.theme.enlarge(1.0)
