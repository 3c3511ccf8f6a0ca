"""For tests of the device check: the table, and a pause that takes no time."""

from __future__ import annotations

import asyncio

from app.domain.checks import FaultTable
from app.paths import RESOURCES

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())


async def no_time(_: float) -> None:
    """Lets others run."""
    await asyncio.sleep(0)
