"""Priorities of threads."""

from __future__ import annotations

import os
import threading

from app.media.priority import Urgency, raise_priority


def test_it_holds_for_the_calling_thread_only_and_never_fails() -> None:
    before, seen = os.getpriority(os.PRIO_PROCESS, 0), []

    def work() -> None:
        allowed = raise_priority(Urgency.SOUND)
        seen.append((allowed, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    (allowed, niceness), *_ = seen
    assert niceness == (Urgency.SOUND.value if allowed else before)
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
