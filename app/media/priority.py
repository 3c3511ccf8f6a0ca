"""Threads of picture and sound go before others, where the system lets them: a busy computer shall stutter elsewhere first.

Linux lets root and users with a limit set for it (RLIMIT_NICE) do so, Windows everybody; where it is forbidden nothing happens.
"""

from __future__ import annotations

import contextlib
import enum
import os
import sys
import threading


class Urgency(enum.Enum):
    """What waiting costs. The value is Linux' niceness."""

    SOUND = -12
    """A block that is late is a hole."""
    PICTURE = -6
    """A picture that is late is an older picture."""


_WINDOWS_LEVELS = {Urgency.SOUND: 15, Urgency.PICTURE: 1}
"""THREAD_PRIORITY_TIME_CRITICAL and THREAD_PRIORITY_ABOVE_NORMAL (winbase.h)."""


def raise_priority(urgency: Urgency) -> bool:
    """Of the calling thread. False where the system does not allow it."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        return bool(kernel.SetThreadPriority(kernel.GetCurrentThread(), _WINDOWS_LEVELS[urgency]))
    with contextlib.suppress(OSError):
        # On Linux a niceness belongs to a thread, not to a process as POSIX has it.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), urgency.value)
        return True
    return False
