"""How long the window's thread waited for a processor, where the system does not say."""

from __future__ import annotations

import os
import time

import pytest

from app.ui.watchdog import RunDelay


def test_linux_says_it() -> None:
    delay = RunDelay()
    try:
        before = delay.seconds()
        time.sleep(0)
        assert delay.seconds() >= before >= 0
    finally:
        delay.close()


def test_windows_has_no_such_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread")
    delay = RunDelay()
    assert delay.seconds() == 0
    delay.close()
