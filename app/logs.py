"""The log of every process of the product: one JSON object a line. A leaf that knows structlog only.

Fields are named in a list; everything else, and everything that looks like a token or an address, is taken out before it is
written. Exceptions are logged by type and place, never by their text; libraries without their arguments, from warnings on.
"""

from __future__ import annotations

import enum
import logging
import re
import sys
import traceback
from collections.abc import Collection, MutableMapping
from typing import Any, Protocol, TextIO, cast

import structlog
from structlog.typing import Processor

_LOOKS_PRIVATE = re.compile(
    r"[A-Za-z0-9_-]{20,}"  # ids, tokens, hashes, keys
    r"|\d{1,3}(?:\.\d{1,3}){3}"  # IPv4
    r"|\b(?:[0-9A-Fa-f]{1,4}:){2,}[0-9A-Fa-f:]*"  # IPv6
    r"|[^\s@]+@[^\s@]+"  # mail
)
_EVENT = re.compile(r"[a-z]+(?:[._-][a-z]+)*")
"""Names of our own events, however long; ids and tokens have digits or capitals."""
_FOLDERS = re.compile(r".*[\\/]")
"""Of a path; a person's name may stand in them."""
HIDDEN = "[hidden]"


class LogLevel(enum.Enum):
    """From there on lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Stream(Protocol):
    """Where lines go."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...


def configure(stream: Stream, fields: Collection[str], level: LogLevel = LogLevel.INFO) -> None:
    """Send every log of this process to `stream`; only `fields` are written. Called once, by whoever begins the process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            place_of_error,
            redaction(fields),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, stream)),  # writes and flushes, no more
        wrapper_class=structlog.make_filtering_bound_logger(level.value),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_ToStructlog()]
    root.setLevel(logging.WARNING)


def redaction(fields: Collection[str]) -> Processor:
    """A structlog processor: these fields only, private-looking text hidden."""

    def redact(_: object, __: str, given: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: value if _is_event(name, value) else _clean(value) for name, value in given.items() if name in fields}

    return redact


def _is_event(name: str, value: Any) -> bool:
    return name == "event" and isinstance(value, str) and _EVENT.fullmatch(value) is not None


def harmless(line: str) -> str:
    """A line that was written once, with everything private-looking hidden again: for who passes it on."""
    return _LOOKS_PRIVATE.sub(HIDDEN, line)


def _clean(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return _LOOKS_PRIVATE.sub(HIDDEN, str(value))


def place_of_error(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: `exc_info` becomes the exception's type and where it was raised; its text may hold anything."""
    given = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        fields["error"] = type(error).__name__
        fields["where"] = " < ".join(f"{_FOLDERS.sub('', frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return fields


class _ToStructlog(logging.Handler):
    """What libraries log, without their arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(record.levelno, str(record.msg), exc_info=record.exc_info)
