"""A server that cannot start is no silent failure: the window says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import sys

import pytest

from app.services.embedded_server import EmbeddedServer, ServerPlan
from app.services.fakes import FakeLink
from app.services.server_port import ServerState
from app.ui.messages import Messages
from app.ui.server_notice import server_sentence, tell_of_delay, tell_of_server

PLAN = ServerPlan("key", "127.0.0.1", 1, 2, "http://localhost:1", "nowhere", "Jobcenter", "", ["de"])


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


async def test_servers_that_hear_late_of_each_other_are_told_and_so_is_the_end_of_it(qapp, texts) -> None:
    link, messages, told = FakeLink(), Messages(texts), []
    messages.told.connect(told.append)
    tell_of_delay(link, messages)
    link.delayed.announce(True)
    link.delayed.announce(False)
    assert told == [texts("app.servers.delayed"), texts("app.servers.prompt")]
    assert all(sentence.endswith(".") for sentence in told)
