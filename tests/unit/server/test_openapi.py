"""The HTTP interface as it is described, and schemathesis over it: whatever is sent, the answer is one of those that are written down.

schemathesis is asked here, without its pytest plug-in. OWASP ASVS 5, 2.2.1, 4.1.1, 13.4, 16.5.1.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.server.api import Api
from app.server.exchange import Exchange
from app.server.pages import Pages, Site
from app.server.rate_limits import Rates
from app.server.readiness import Readiness
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from app.server.survey.api import SurveyApi
from tests.support.server import HandClock, RunningServer, exchange_over, running_server
from tests.support.soak import rounds
from tools import openapi

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
EXAMPLES = 12
"""For each address, well-formed and broken ones."""
ENDLESS = Rates(*["1000000/second"] * len(Rates.__dataclass_fields__))


def test_the_file_is_that_of_the_types() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(), "python -m tools.openapi"


def test_every_route_is_described_and_nothing_else(tmp_path: Path) -> None:
    clock = HandClock()
    exchange: Exchange = exchange_over(MemoryRoomStore(), MemoryFanout(clock), clock)
    routes = [*Pages(Site("", "", {}, {}), tmp_path).routes(), *Api(exchange).routes(), *SurveyApi(exchange).routes()]
    routes += Readiness(exchange).public_routes()
    served = {(route.path.replace(":path", ""), method.lower()) for route in routes for method in route.methods or () if method != "HEAD"}
    assert served == {(path, method) for path, ways in openapi.described()["paths"].items() for method in ways}


async def test_nobody_is_served_the_description(server: RunningServer) -> None:
    for path in ("/openapi.json", "/docs", "/redoc", "/static/openapi.json", "/docs/openapi.json", "/metrics", "/debug"):
        assert (await server.http("GET", path)).status == 404


@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")  # the server draws meanwhile, on another thread
async def test_whatever_is_sent_the_answer_is_one_that_is_written_down(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=ENDLESS) as server:
        room = server.appointment()
        async with server.workstation(room) as work:
            await asyncio.to_thread(_ask_all, server.url)
            await work.line.sign_of_life()
            assert json.loads((await server.look(room.look)).body)["state"] == "open"


def _ask_all(url: str) -> None:
    schema = schemathesis.openapi.from_dict(openapi.described())
    asked = []
    with requests.Session() as session:
        session.trust_env = False
        for operation in (result.ok() for result in schema.get_all_operations()):
            for mode in GenerationMode:
                _ask(operation, mode, url, session)
            asked.append(operation.label)
    assert len(asked) == len(openapi.GETS) + len(openapi.POSTS)


def _ask(operation: Any, mode: GenerationMode, url: str, session: requests.Session) -> None:
    if mode is GenerationMode.NEGATIVE and operation.method.upper() != "POST":
        return  # of an address without anything in it there is no broken kind

    @settings(max_examples=rounds(EXAMPLES), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def examples(case: Any) -> None:
        case.validate_response(case.call(base_url=url, session=session), checks=CHECKS)

    examples()
