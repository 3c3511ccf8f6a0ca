"""A running server for tests: in this process on real sockets, with a clock that stands still until the test moves it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.paths import RESOURCES
from app.server.code_door import CodeDoor, CodeKey
from app.server.enrolment.desk import EnrolmentDesk, Home
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import WorkstationStore
from app.server.exchange import Exchange
from app.server.hub import Rhythm
from app.server.ports import Clock, RoomStore
from app.server.rate_limits import RateLimits, Rates
from app.server.serving import Ready, Tuning, serving
from app.server.settings import Settings
from app.server.state.memory import MemoryFanout
from app.server.survey.desk import SurveyDesk, questionnaires
from app.server.survey.keys import TAKE_UP, QuarterKeys
from app.server.survey.memory import MemorySurveyStore
from app.server.survey.ports import SurveyStore
from app.server.survey.sites import Desks
from app.server.survey.take_up import TakeUpDesk
from app.server.survey.waiting import Seal
from tests.support.page_client import Appointment, Line, PageClient, Workstation, public_key

START = 1_800_000_000
"""Where the clock stands at first, Unix seconds."""
QUICK = Rhythm(beat=0.05, sweep=0.05)
"""Sweeps often in real time; what counts as long ago is the clock's matter."""


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now

    async def pass_time(self, seconds: int, *alive: Line) -> None:
        """Let time pass in steps of at most 5 s; the lines given show a sign of life in each of them."""
        while seconds > 0:
            step = min(5, seconds)
            seconds -= step
            self.now += step
            for line in alive:
                await line.sign_of_life()


@dataclass
class Answer:
    """What HTTP gave."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class RunningServer:
    """The server with one workstation that it knows."""

    ready: Ready
    clock: HandClock
    key: Ed25519PrivateKey
    data: Path
    rooms: list[Appointment] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.ready.public_url

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def appointment(self, **values: Any) -> Appointment:
        return Appointment(int(self.clock()), **values)

    def page(self, appointment: Appointment) -> PageClient:
        return PageClient(self.url, appointment.token)

    def page_by_code(self, code: str) -> PageClient:
        """A tab of somebody who has no link."""
        return PageClient(self.url, "", code=code)

    @contextlib.asynccontextmanager
    async def workstation(self, *appointments: Appointment) -> AsyncIterator[Workstation]:
        """A proved workstation that has published these rooms."""
        workstation = Workstation(self.ready.control_port, self.key)
        async with workstation.connected():
            await workstation.prove()
            await workstation.line.expect("welcome")
            await workstation.publish(*appointments)
            yield workstation

    async def swept(self, work: Workstation) -> None:
        """Wait until a whole sweep has begun and ended after this call: beats and sweeps are as frequent, so three more beats will do."""
        heard = len(work.line.beats)
        await work.line.until(lambda: len(work.line.beats) >= heard + 3)

    async def http(self, method: str, path: str, body: bytes | None = None, port: int | None = None, **headers: str) -> Answer:
        """One request. Underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await asyncio.to_thread(_request, port or self.ready.public_port, method, path, body, named)

    async def post(self, path: str, **fields: object) -> Answer:
        """One of the page's own questions or reports."""
        return await self.http("POST", path, json.dumps(fields).encode(), content_type="application/json")

    async def look(self, key: str) -> Answer:
        return await self.http("POST", "/api/look", b'{"look": "' + key.encode() + b'"}', content_type="application/json")


def exchange_over(store: RoomStore, fanout: MemoryFanout, clock: Clock) -> Exchange:
    """What connections share, without a server around it."""
    limits = RateLimits(Rates())
    codes = CodeDoor(CodeKey(b"k" * 32), store, limits, clock)
    nowhere = Path("nowhere")
    survey = Desks("jobcenter", lambda _: survey_desk(nowhere, clock))
    return Exchange(store, fanout, clock, limits, codes, survey, Desks("jobcenter", lambda _: take_up_desk(nowhere, clock)))


def enrolment_desk(clock: Clock) -> EnrolmentDesk:
    """One that knows nobody."""
    return EnrolmentDesk(MemoryWorkstationStore(), Home("jobcenter", "Jobcenter", "http://127.0.0.1"), clock)


def survey_desk(keys: Path, clock: Clock, store: SurveyStore | None = None) -> SurveyDesk:
    """The survey of a site, without a server around it; the folder is touched by the first key only."""
    versions = questionnaires(RESOURCES / "survey")
    return SurveyDesk("jobcenter", versions, QuarterKeys(keys, "jobcenter", clock), Seal(b"s" * 32), store or MemorySurveyStore())


def take_up_desk(keys: Path, clock: Clock, store: SurveyStore | None = None) -> TakeUpDesk:
    """The same for the take-up figures."""
    return TakeUpDesk("jobcenter", QuarterKeys(keys, "jobcenter", clock, TAKE_UP), Seal(b"s" * 32), store or MemorySurveyStore())


def _request(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


@contextlib.asynccontextmanager
async def running_server(
    data: Path,
    rates: Rates | None = None,
    rhythm: Rhythm = QUICK,
    resources: Path = RESOURCES,
    key: Ed25519PrivateKey | None = None,
    store: RoomStore | None = None,
    survey_store: SurveyStore | None = None,
    survey_pace: float = 0,
    workstation_store: WorkstationStore | None = None,
    **values: object,
) -> AsyncIterator[RunningServer]:
    """A server over the memory store unless `database` says otherwise."""
    key, clock = key or Ed25519PrivateKey.generate(), HandClock()
    tuning = Tuning(clock, rhythm, rates or Rates(), resources, store, survey_store, survey_pace, workstation_store)
    settings = Settings(**{"data_dir": str(data), "workstation_keys": (public_key(key),), "database": "memory", **values})  # type: ignore[arg-type]
    async with serving(settings, tuning) as ready:
        yield RunningServer(ready, clock, key, data)
