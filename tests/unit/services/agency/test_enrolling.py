"""The program enrols at a real server with a one-time code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.enrolment import EnrolmentCode
from app.domain.secrets import new_token
from app.server.rate_limits import Rates
from app.services.agency.enrolling import enrol
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.keys import WorkstationKey
from tests.support.enrolments import EnrollingServer, enrolling_server

KEY, OTHER = WorkstationKey(b"k" * 32), WorkstationKey(b"o" * 32)


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncIterator[EnrollingServer]:
    async with enrolling_server(tmp_path) as running:
        yield running


async def trouble(agency: EnrollingServer, code: str, key: WorkstationKey = KEY) -> Trouble:
    with pytest.raises(NotEnrolled) as caught:
        await enrol(agency.url, code, key)
    return caught.value.trouble


async def test_a_code_makes_a_workstation_known(agency: EnrollingServer) -> None:
    code = await agency.code()
    server = await enrol(agency.url, code.text.lower(), KEY)
    assert (server.site, server.label, server.server_key) == ("musterstadt", "Jobcenter Musterstadt", agency.server.ready.server_key)
    assert server.public_url == agency.server.url
    known = await agency.store.find(KEY.public)
    assert known is not None
    assert (known.site, known.label, known.since, known.until) == ("musterstadt", "Jobcenter Musterstadt", int(agency.server.clock()), None)


async def test_an_answer_that_was_lost_is_given_again_to_the_same_key_and_to_no_other(agency: EnrollingServer) -> None:
    code = (await agency.code()).text
    assert await enrol(agency.url, code, KEY) == await enrol(agency.url, code, KEY)
    assert await trouble(agency, code, OTHER) is Trouble.CODE_USED
    assert await agency.store.find(OTHER.public) is None


async def test_of_several_at_once_one_wins(agency: EnrollingServer) -> None:
    code = (await agency.code()).text
    keys = [WorkstationKey(bytes([n]) * 32) for n in range(8)]
    results = await asyncio.gather(*(enrol(agency.url, code, key) for key in keys), return_exceptions=True)
    assert [r.trouble for r in results if isinstance(r, NotEnrolled)] == [Trouble.CODE_USED] * 7
    assert len(await agency.store.workstations()) == 1


async def test_a_code_is_good_for_a_day(agency: EnrollingServer) -> None:
    early, late = await agency.code(), await agency.code()
    agency.server.clock.now += 24 * 3600 - 1
    await enrol(agency.url, early.text, KEY)
    agency.server.clock.now += 1
    assert await trouble(agency, late.text) is Trouble.CODE_EXPIRED


async def test_a_code_of_another_server_is_shown_to_nobody(agency: EnrollingServer) -> None:
    assert await trouble(agency, EnrolmentCode.new(new_token()).text) is Trouble.OTHER_SERVER


async def test_a_revoked_key_never_comes_back_and_the_code_is_still_good(agency: EnrollingServer) -> None:
    await enrol(agency.url, (await agency.code()).text, KEY)
    await agency.desk.revoke(KEY.public)
    again = (await agency.code()).text
    assert await trouble(agency, again) is Trouble.REVOKED_KEY
    await enrol(agency.url, again, OTHER)


async def test_guesses_are_stopped_while_nobody_else_is(tmp_path: Path) -> None:
    async with enrolling_server(tmp_path, rates=Rates(enrolments="3/minute")) as agency:
        guess = EnrolmentCode.new(agency.server.ready.server_key).text
        assert [await trouble(agency, guess) for _ in range(4)] == [Trouble.CODE_UNKNOWN] * 3 + [Trouble.TOO_MANY]
        async with agency.server.workstation():
            pass


@pytest.mark.parametrize(
    ("text", "expected", "group"),
    [
        ("", Trouble.CODE_EMPTY, None),
        ("12345", Trouble.CODE_OTHER, None),
        ("VB2-AAAAA", Trouble.CODE_VERSION, None),
        ("VB1-AAAAA", Trouble.CODE_LENGTH, None),
        ("VB1" + "-AAAAA" * 13, Trouble.CODE_GROUP, 1),
    ],
)
async def test_what_is_no_code_never_gets_as_far_as_the_server(text: str, expected: Trouble, group: int | None) -> None:
    with pytest.raises(NotEnrolled) as caught:
        await enrol("ws://127.0.0.1:1/ws/control", text, KEY)
    assert caught.value.trouble is expected
    assert caught.value.values["group"] == group


async def test_nobody_there_and_somebody_else_there_are_two_things(agency: EnrollingServer) -> None:
    code = (await agency.code()).text
    for url, expected in (("ws://127.0.0.1:1/ws/control", Trouble.AWAY), (agency.server.url.replace("http", "ws"), Trouble.NO_SERVER)):
        with pytest.raises(NotEnrolled) as caught:
            await enrol(url, code, KEY)
        assert caught.value.trouble is expected
