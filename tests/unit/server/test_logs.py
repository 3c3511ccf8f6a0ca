"""No token, name or address in the log, whatever somebody tries to log."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.domain.secrets import new_id, new_token
from app.server import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of a server, and the logging of the tests put back after it."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    logs.configure(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


CANARIES = {
    "token": new_token(),
    "room": new_id(),
    "client": "Erika Mustermann",
    "mail": "erika@example.org",
    "address": "192.0.2.77",
    "address6": "2001:db8::77",
    "phone": "0123 456-0",
    "sdp": "v=0 c=IN IP4 192.0.2.77",
}


def test_canaries_do_not_get_through(written: io.StringIO) -> None:
    log = structlog.get_logger("app.server.test")
    log.info("joined", **CANARIES, count=3)
    log.error("trouble", error=" ".join(CANARIES[name] for name in CANARIES if name not in ("client", "phone", "sdp")))
    text = written.getvalue()
    assert not [name for name, value in CANARIES.items() if value in text]
    first = json.loads(text.splitlines()[0])
    assert (first["event"], first["count"], first["level"]) == ("joined", 3, "info")


def test_nobody_writes_a_line_of_their_own(written: io.StringIO) -> None:
    forged = '\r\n{"event": "ready", "level": "info"}\u2028\x1b[2J'
    structlog.get_logger().warning("refused", detail=forged, code=forged)
    [line] = written.getvalue().splitlines()
    assert json.loads(line)["event"] == "refused"
    assert json.loads(line)["timestamp"].endswith("Z"), "UTC"


def test_an_exception_is_logged_by_type_and_place(written: io.StringIO) -> None:
    try:
        raise ValueError(f"Erika Mustermann {CANARIES['token']}")
    except ValueError as error:
        structlog.get_logger().error("connection-failed", exc_info=error)
        structlog.get_logger().exception("again")
    for line in written.getvalue().splitlines():
        entry = json.loads(line)
        assert entry["error"] == "ValueError"
        assert entry["where"].startswith("test_logs.py:")
    assert "Erika" not in written.getvalue()


def test_an_event_is_told_however_long_its_name_is(written: io.StringIO) -> None:
    structlog.get_logger().info("certificate-ends-soon-enough")
    structlog.get_logger().info(CANARIES["token"])
    assert [json.loads(line)["event"] for line in written.getvalue().splitlines()] == ["certificate-ends-soon-enough", "[hidden]"]


def test_libraries_log_without_their_arguments(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("%s - Invalid request from %s", "192.0.2.77", CANARIES["token"])
    logging.getLogger("uvicorn.error").info("not interesting")
    [line] = written.getvalue().splitlines()
    assert json.loads(line)["event"] == "%s - Invalid request from %s"


@given(st.dictionaries(st.sampled_from(sorted(logs.FIELDS)), st.text() | st.integers() | st.none() | st.lists(st.text())))
def test_tokens_and_ids_are_hidden_in_every_field(fields: dict[str, object]) -> None:
    token = new_token()
    cleaned = logs.redact(None, "", {name: f"{value}{token}" for name, value in fields.items()})
    assert not [value for value in cleaned.values() if token in str(value)]
    assert set(cleaned) == set(fields)


BREAKS = ["\n", "\r\n", "\u2028", "\x85", "\x1b[2J\x1b[31m", "\x00", '"}\n{"event": "ready"', "\u202e", "\ud800"]


@pytest.mark.parametrize("evil", BREAKS, ids=ascii)  # a lone surrogate has no name that could be told to another process
def test_no_sign_that_breaks_lines_gets_through(written: io.StringIO, evil: str) -> None:
    """Whatever a value or a library's message holds, each event is one line of printable ASCII that JSON reads back."""
    structlog.get_logger().warning("one", detail=f"a{evil}b", code=[evil])
    message = f"x{evil}"
    logging.getLogger("library").warning(message)
    text = written.getvalue()
    assert text.count("\n") == 2
    assert text.isascii()
    assert all(character.isprintable() for line in text.split("\n") for character in line)
    first, second = (json.loads(line) for line in text.splitlines())
    assert (first["event"], first["detail"], second["event"]) == ("one", f"a{evil}b", message)


def test_times_are_utc(written: io.StringIO) -> None:
    structlog.get_logger().info("one")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", json.loads(written.getvalue())["timestamp"])
