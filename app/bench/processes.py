"""CPU time and memory of processes, by psutil. Imports nothing of `app`."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import psutil

MB = 1024 * 1024


def tree(pid: int) -> list[psutil.Process]:
    """The process and all its descendants; empty if it is gone."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_mb(processes: list[psutil.Process]) -> float:
    """Memory of these processes in MB, pages that they share counted once (proportional set size) where the system tells."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            info = process.memory_full_info()
            total += getattr(info, "pss", info.rss)
    return round(total / MB, 1)


def resident_mb(processes: list[psutil.Process]) -> float:
    """What of them lies in memory in MB, shared pages in full for each (resident set size): the most that one may be said to take."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return round(total / MB, 1)


@dataclass(frozen=True, slots=True)
class CpuMark:
    """CPU time used up to a moment."""

    at: float
    used: float

    @classmethod
    def of(cls, processes: list[psutil.Process]) -> CpuMark:
        """Now."""
        used = 0.0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used += times.user + times.system
        return cls(time.monotonic(), used)

    def cores_until(self, later: CpuMark) -> float:
        """Mean number of cores busy between both."""
        return round((later.used - self.used) / max(later.at - self.at, 1e-9), 3)
