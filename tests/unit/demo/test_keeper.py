"""Nothing outlives whoever asked, however it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

import app.demo.keeper


def kept() -> tuple[subprocess.Popen[bytes], psutil.Process]:
    """A keeper in a group of its own, and the program that it keeps."""
    command = [sys.executable, app.demo.keeper.__file__, "sleep", "60"]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert keeper.stdout is not None
    return keeper, psutil.Process(int(keeper.stdout.readline()))


def gone(keeper: subprocess.Popen[bytes], program: psutil.Process) -> bool:
    """After the keeper's stdin has ended."""
    keeper.communicate(timeout=20)
    return not psutil.wait_procs([program], 20)[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_leaves_no_program(number: signal.Signals) -> None:
    keeper, program = kept()
    os.killpg(keeper.pid, number)
    assert gone(keeper, program)


def test_the_end_of_stdin_ends_the_program() -> None:
    keeper, program = kept()
    assert program.is_running()
    assert gone(keeper, program)
