"""What a load may take of this machine: sources, file descriptors, time. Imports nothing of `app`."""

from __future__ import annotations

import contextlib
import resource

MAX_CLIENTS = 20_000
"""More than that one machine with two cores says nothing about."""
SPARE_FILES = 512
"""Descriptors besides those of the clients: workstations, HTTP, log files, the database."""
CLIENTS_OF_AN_ADDRESS = 8
"""Clients that share an address, as behind a carrier's network address translation."""


def allow_files(count: int) -> int:
    """Let this process, and whom it starts, open so many files if the system allows it; gives how many it may."""
    wanted = count + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # only root may go beyond the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def source(number: int) -> str:
    """The address that client `number` comes from, within 127.0.0.0/8 and never 127.0.0.1."""
    group = number // CLIENTS_OF_AN_ADDRESS
    return f"127.{1 + group // 62_500}.{group // 250 % 250}.{1 + group % 250}"
