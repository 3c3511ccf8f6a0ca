"""`python -m tests.support.way_host`: measures the way to a server from the host that it runs on; one line of JSON in, one out.

{"url": "http://…" or "" for a server on this very host, "ice": [{"urls", "username", "credential"}], "brief": true}
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import structlog

from app.domain.check_rules import NetworkFigures
from app.media.relay_probe import IceRelayProbe
from app.services.checks.network import ServerNetworkProbe
from app.wire.messages import IceServer
from tests.support.server import running_server


async def measure(asked: dict[str, Any]) -> NetworkFigures:
    ice = msgspec.convert(asked["ice"], list[IceServer])
    if asked["url"]:
        return await ServerNetworkProbe(asked["url"], IceRelayProbe(), lambda: ice).measure(brief=asked["brief"])
    with tempfile.TemporaryDirectory() as folder:
        async with running_server(Path(folder)) as here:
            return await ServerNetworkProbe(here.url, IceRelayProbe(), lambda: ice).measure(brief=asked["brief"])


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr))
    for line in sys.stdin:
        figures = asdict(asyncio.run(measure(json.loads(line))))
        print(json.dumps({**figures, "trouble": figures["trouble"] and figures["trouble"].value}))
