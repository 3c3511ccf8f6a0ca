"""File descriptors: each connection is one, and most systems begin a process with 1,024. Imports the standard library only."""

from __future__ import annotations

import sys


def allow_files(count: int) -> int | None:
    """Let this process open so many files, as far as the system's hard limit goes (setrlimit(2), systemd's `LimitNOFILE`).

    Gives how many it may; None where the system counts none.
    """
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return soft
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
