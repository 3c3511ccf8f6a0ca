"""What the simulated client's page reports of its technology, as a real one does (PROTOCOL.md, section 10). This machine only."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Collection
from urllib.parse import urlsplit

import msgspec
import structlog

from app.domain.checks import Fault, FaultTable, Part
from app.domain.readiness import Check, Step
from app.services.training.client import here
from app.wire.readiness import Report

_log = structlog.get_logger(__name__)
TIMEOUT_S = 5.0


def outcomes(faults: Collection[Fault], table: FaultTable) -> dict[Part, Check]:
    """How each part comes out with these faults."""
    found = {part: [table.row(fault).outcome for fault in faults if table.row(fault).part is part] for part in Part}
    worst = (Check.FAILED, Check.WEAK)
    return {part: next((check for check in worst if check in checks), Check.OK) for part, checks in found.items()}


def rehearsed(token: str, faults: Collection[Fault], table: FaultTable) -> Report:
    """What a whole rehearsal tells."""
    out = outcomes(faults, table)
    first = next((row.fault.value for row in table.rows if row.fault in faults), "")
    return Report(
        token=token,
        step=Step.CHECK_DONE,
        reason=first,
        camera=out[Part.CAMERA],
        microphone=out[Part.MICROPHONE],
        loudspeaker=out[Part.LOUDSPEAKER],
        network=out[Part.NETWORK],
    )


async def rehearse(link: str, faults: Collection[Fault], table: FaultTable) -> bool:
    """Tell the server behind the link; False if it took nothing. Raises NotHere for a link that leads off this machine."""
    origin, token = here(link)
    body = msgspec.json.encode(rehearsed(token, faults, table))
    return await asyncio.to_thread(_post, origin, body)


def _post(origin: str, body: bytes) -> bool:
    parts = urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", "/api/report", body, {"content-type": "application/json", "origin": origin})
        return connection.getresponse().status == 204
    except (OSError, http.client.HTTPException) as error:
        _log.info("training.report_failed", error=type(error).__name__)
        return False
    finally:
        connection.close()
