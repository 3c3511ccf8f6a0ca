"""Builds what enrolment stands on from the settings, for the running server and for the command line alike."""

from __future__ import annotations

from app.server.enrolment.desk import Home
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import WorkstationStore
from app.server.meter import Meter
from app.server.settings import Settings, database_url_beside


def home_of(settings: Settings, public_url: str) -> Home:
    """Where the workstations of the settings belong."""
    return Home(settings.site, settings.label, public_url, frozenset(settings.workstation_keys))


async def open_workstation_store(settings: Settings, meter: Meter | None = None) -> WorkstationStore:
    """Raises StateUnavailable."""
    url = database_url_beside(settings, "workstations")
    if url is None:
        return MemoryWorkstationStore()
    from app.server.enrolment.sql import SqlWorkstationStore

    return await SqlWorkstationStore.open(url, meter)
