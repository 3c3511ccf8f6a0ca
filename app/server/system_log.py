"""Where a command of IT leaves its events: the system's log (syslog(3), with systemd the journal). Standard library only.

What such a command changes concerns access, and the server that runs does not see it happen (OWASP ASVS 5, 16.3.1).
"""

from __future__ import annotations

import io
from typing import TextIO

IDENTIFIER = "videoberatung-server"
"""`journalctl --identifier videoberatung-server`."""


def system_log() -> TextIO:
    """A stream that sends each line there. A system without such a log (Windows, a bare container) keeps nothing and is no error."""
    try:
        return _SystemLog()
    except ModuleNotFoundError:
        return io.StringIO()


class _SystemLog(io.StringIO):
    def __init__(self) -> None:
        import syslog  # not on Windows

        super().__init__()
        syslog.openlog(IDENTIFIER, 0, syslog.LOG_AUTH)
        self._send = syslog.syslog

    def write(self, text: str) -> int:
        for line in filter(None, text.splitlines()):
            self._send(line)
        return len(text)
