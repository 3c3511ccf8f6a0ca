"""What an enrolment leaves in the log: events, and nothing that could be used or that names anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app.domain.enrolment import EnrolmentCode
from app.domain.secrets import b64url
from app.server import logs
from app.server.rate_limits import Rates
from app.services.agency.enrolling import enrol
from app.services.agency.ports import NotEnrolled
from app.services.keys import WorkstationKey
from tests.support.enrolments import enrolling_server
from tests.support.page_client import Workstation

KEY = WorkstationKey(b"k" * 32)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of server and program, and the logging of the tests put back after it."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    logs.configure(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


async def test_an_enrolment_from_the_offer_to_the_end_is_told_in_events_without_secrets(tmp_path: Path, written: io.StringIO) -> None:
    async with enrolling_server(tmp_path, rates=Rates(enrolments="2/minute")) as agency:
        code = await agency.code("canarystadt", "Jobcenter Canary")
        await enrol(agency.url, code.text, KEY)
        for _ in range(3):
            with pytest.raises(NotEnrolled):
                await enrol(agency.url, EnrolmentCode.new(agency.server.ready.server_key).text, KEY)
        with pytest.raises(NotEnrolled):
            await enrol(agency.url, code.text[:-1] + ("A" if code.text[-1] != "A" else "B"), KEY)
        await agency.desk.revoke(KEY.public)
        async with Workstation(agency.server.ready.control_port, agency.server.key).connected() as work:
            await work.prove()
            await work.line.expect("welcome")
    events = [(line["event"], line.get("code")) for line in map(json.loads, written.getvalue().splitlines())]
    assert [event for event in events if event[0].startswith(("enrol", "workstation"))] == [
        ("enrolment-offered", None),
        ("workstation-known", None),
        ("enrolment-refused", "unknown-code"),
        ("enrolment-refused", "unknown-code"),
        ("enrolments-guessed", None),
        ("workstation-revoked", None),
    ]
    canaries = [
        code.text,
        *code.text.split("-")[1:],
        code.offer,
        code.verifier,
        b64url(code.secret),
        KEY.public,
        "Canary",
        "canarystadt",
        "127.0.0.1",
    ]
    assert not [canary for canary in canaries if canary in written.getvalue()]
