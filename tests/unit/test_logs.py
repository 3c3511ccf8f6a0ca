"""The program's log: the same redaction as the server's, for libraries, too."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs
from app.application import LOGGED
from app.domain.secrets import new_id, new_token
from app.media.feeds import Feed
from app.services.embedded_server import _first_line


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The program's log, and the logging of the tests put back after it."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    logs.configure(stream, LOGGED)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def entries(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


PRIVATE = {"token": new_token(), "room": new_id(), "client": "Erika Mustermann", "mail": "erika@example.org", "address": "192.0.2.77"}


def test_what_is_private_does_not_get_through(written: io.StringIO) -> None:
    looks_private = [PRIVATE[name] for name in ("token", "room", "mail", "address")]
    structlog.get_logger().info("call_state", **PRIVATE, epoch=3)
    structlog.get_logger().warning("window.blocked", places=looks_private, text=" ".join(looks_private))
    assert not [value for value in PRIVATE.values() if value in written.getvalue()]
    assert [(e["event"], e.get("epoch")) for e in entries(written)] == [("call_state", 3), ("window.blocked", None)]


def test_why_the_server_refuses_to_start_is_said(written: io.StringIO) -> None:
    said = _first_line(b'{"failed": {"code": "settings", "detail": "Expected `int`, got `str` - at `$.public_port`"}}')
    assert said == "settings"
    [entry] = entries(written)
    assert (entry["code"], entry["detail"]) == ("settings", "Expected `int`, got `str` - at `$.public_port`")


def test_libraries_are_heard_from_warnings_on_and_without_arguments(written: io.StringIO) -> None:
    library = logging.getLogger("aioice.ice")
    library.warning("%s talks to %s as %s", PRIVATE["client"], PRIVATE["address"], PRIVATE["token"])
    library.warning(f"Connection to {PRIVATE['address']} as {PRIVATE['token']} failed")
    library.info("not interesting")
    assert [e["event"] for e in entries(written)] == ["%s talks to %s as %s", "Connection to [hidden] as [hidden] failed"]


class Crashing(Feed):
    def _warm_up(self) -> None:
        raise ValueError(PRIVATE["client"])


def test_a_feed_that_crashed_says_where(written: io.StringIO) -> None:
    Crashing("picture-feed")._run()
    [entry] = entries(written)
    assert (entry["event"], entry["feed"], entry["error"]) == ("feed_crashed", "picture-feed", "ValueError")
    assert str(entry["where"]).startswith("test_logs.py:")
    assert PRIVATE["client"] not in written.getvalue()
