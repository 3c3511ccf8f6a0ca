"""A server that cannot start is no silent failure: the window says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import sys

import pytest

from app.services.agency.remote_server import NEEDS_ENROLMENT
from app.services.embedded_server import EmbeddedServer, ServerPlan
from app.services.fakes import FakeLink
from app.services.fakes.agency import FakeAgencyDoor, FakeServer, sample_agency
from app.services.link_port import LinkTrouble
from app.services.server_port import ServerState
from app.ui.messages import Messages
from app.ui.server_notice import server_sentence, tell_of_delay, tell_of_place, tell_of_server

PLAN = ServerPlan("key", "127.0.0.1", 1, 2, "http://localhost:1", "nowhere", "Jobcenter", "", ["de"])

PROBLEMS = [*(trouble.value for trouble in LinkTrouble if trouble is not LinkTrouble.NOT_ACCEPTED), *sorted(NEEDS_ENROLMENT)]


@pytest.mark.parametrize(("code", "end"), [("port-taken", "port-taken"), ("settings", "wrong-settings"), ("database", "database")])
def test_every_problem_has_its_sentence(code, end, texts) -> None:
    assert server_sentence(code) == f"app.server.{end}"
    assert texts(server_sentence(code)).endswith(".")


def test_unknown_problems_have_a_sentence_too(texts) -> None:
    assert texts("app.server.other").endswith(".")
    assert server_sentence(None) == server_sentence("something-new") == "app.server.other"


@pytest.mark.logs_errors
async def test_told_once_when_the_child_gives_up(qapp, texts) -> None:
    gives_up = 'print(\'{"failed": {"code": "port-taken", "detail": ""}}\')'
    server = EmbeddedServer(PLAN, [sys.executable, "-c", gives_up])
    messages = Messages(texts)
    told: list[str] = []
    messages.told.connect(told.append)
    failing = asyncio.Event()
    tell_of_server(server, messages)
    server.changed.subscribe(lambda state: failing.set() if state is ServerState.FAILING else None)
    server.start()
    async with asyncio.timeout(30):
        await failing.wait()
    await server.close()
    assert told == [texts("app.server.port-taken")]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_with_the_agencys_server_has_its_sentence_and_a_way_out(texts, problem) -> None:
    assert server_sentence(problem) == f"app.agency.notice.{problem}"
    assert len(texts(server_sentence(problem)).split(".")) > 2


def test_the_agencys_server_is_told_away_and_back_and_a_problem_of_the_start_too(qapp, texts) -> None:
    server, messages, told = FakeServer(), Messages(texts), []
    messages.told.connect(told.append)
    server.stand(ServerState.FAILING, "not-enrolled")
    tell_of_server(server, messages)
    for state, problem in (
        (ServerState.READY, None),
        (ServerState.FAILING, "away"),
        (ServerState.READY, None),
        (ServerState.RESTARTING, None),
        (ServerState.READY, None),
        (ServerState.FAILING, "revoked"),
        (ServerState.READY, None),
    ):
        server.stand(state, problem)
    assert told == [texts(f"app.agency.notice.{end}") for end in ("not-enrolled", "away", "back", "revoked")]


def test_what_the_agencys_server_says_anew_is_told(qapp, texts) -> None:
    door, messages, told = FakeAgencyDoor(), Messages(texts), []
    messages.told.connect(told.append)
    tell_of_place(door, messages)
    door.moved.announce(sample_agency())
    assert told == [texts("app.agency.notice.moved")]


async def test_servers_that_hear_late_of_each_other_are_told_and_so_is_the_end_of_it(qapp, texts) -> None:
    link, messages, told = FakeLink(), Messages(texts), []
    messages.told.connect(told.append)
    tell_of_delay(link, messages)
    link.delayed.announce(True)
    link.delayed.announce(False)
    assert told == [texts("app.servers.delayed"), texts("app.servers.prompt")]
    assert all(sentence.endswith(".") for sentence in told)
