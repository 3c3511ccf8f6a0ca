"""What the server may write into its log; how it is written stands in `app.logs`."""

from __future__ import annotations

from typing import TextIO

from app.logs import configure as configure_logs
from app.logs import redaction

_ABOUT = {"count", "language", "error", "where", "port", "version", "code", "status", "detail", "days", "delay", "file"}
FIELDS = frozenset({"event", "level", "timestamp", "logger"} | _ABOUT)
"""What may stand in a log line."""
redact = redaction(FIELDS)


def configure(stream: TextIO) -> None:
    """Send every log of this process to `stream`. Called once, by the command line."""
    configure_logs(stream, FIELDS)
