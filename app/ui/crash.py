"""What happens to an error that nobody foresaw: one sentence for the person, a traceback without personal data for us.

Imports Qt, structlog, `app.ui.messages` and the crash files only. An exception's own text may hold a link or a chat line, so it is
not logged.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

import structlog
from PySide6.QtCore import QLoggingCategory, QMessageLogContext, QtMsgType, qInstallMessageHandler

from app.services.crash_files import CrashFiles, places
from app.ui.messages import Messages

_log = structlog.get_logger(__name__)

SAID_WHILE_LOADING = "qt.multimedia.symbolsresolver"
"""A category whose messages come while the system's loader holds its lock. A handler in Python may give up the interpreter there to
a thread that waits for the loader, and then both wait for ever."""


class CrashReports:
    """Takes over the interpreter's hooks while the program runs."""

    def __init__(self, messages: Messages, files: CrashFiles) -> None:
        self._messages = messages
        self._files = files

    def install(self) -> None:
        """From now on errors of the Qt thread, of other threads and Qt's own messages come here."""
        sys.excepthook = lambda _kind, error, trace: self.report("window", error, trace)
        threading.excepthook = lambda args: self.report("thread", args.exc_value, args.exc_traceback)
        QLoggingCategory.setFilterRules(f"{SAID_WHILE_LOADING}=false")
        qInstallMessageHandler(_log_qt)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        QLoggingCategory.setFilterRules("")

    def report(self, where: str, error: BaseException | None, trace: TracebackType | None = None) -> None:
        """Log the places, write them down and tell the person. Leaves alone what only ends the program."""
        if error is None or isinstance(error, (KeyboardInterrupt, SystemExit)):
            return
        _log.error("program.crashed", where=where, error=type(error).__name__, places=places(trace or error.__traceback__))
        self._files.record(where, error, trace)
        self._messages.tell_crash()


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's categories are kept; debug chatter is not."""
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        _log.error("qt.message", category=context.category, text=text)
    elif kind is QtMsgType.QtWarningMsg:
        _log.warning("qt.message", category=context.category, text=text)
