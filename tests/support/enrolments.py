"""A server that gives out codes, and a store to look into."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from structlog.testing import capture_logs

from app.command_line import CommandLine, Commands, texts_for
from app.domain.enrolment import EnrolmentCode
from app.server.enrolment.command import add_to, answer
from app.server.enrolment.desk import EnrolmentDesk, Home
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import WorkstationStore
from app.server.rate_limits import Rates
from app.server.settings import from_environment
from tests.support.server import RunningServer, running_server


@dataclass
class EnrollingServer:
    """A running server, with IT's hand at the same store."""

    server: RunningServer
    desk: EnrolmentDesk
    store: WorkstationStore

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.ready.control_port}/ws/control"

    async def code(self, site: str = "musterstadt", label: str = "Jobcenter Musterstadt", replaces: str | None = None) -> EnrolmentCode:
        return await self.desk.offer(self.server.ready.server_key, site, label, replaces)


@contextlib.asynccontextmanager
async def enrolling_server(
    folder: Path, store: WorkstationStore | None = None, rates: Rates | None = None
) -> AsyncIterator[EnrollingServer]:
    """Over the memory store unless another one is given."""
    store = store or MemoryWorkstationStore()
    async with running_server(folder, rates=rates, workstation_store=store) as server:
        yield EnrollingServer(server, EnrolmentDesk(store, Home("jobcenter", "Jobcenter", server.url), server.clock), store)


async def it_asks(environment: Mapping[str, str], *words: str) -> str:
    """What IT's command on a server with these settings prints."""
    parser = CommandLine(texts_for(words))
    add_to(Commands(parser, "command"))
    with capture_logs(), contextlib.redirect_stdout(io.StringIO()) as out:
        assert await answer(from_environment(environment), parser.parse_args(words)) == 0
    return out.getvalue().strip()
