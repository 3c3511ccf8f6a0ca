"""Builds rooms' store and fan-out from the settings, for the running server and for the command line alike."""

from __future__ import annotations

from app.server.meter import Meter
from app.server.ports import Clock, Fanout, RoomStore, StateUnavailable
from app.server.settings import Settings, database_url
from app.server.state.memory import MemoryFanout, MemoryRoomStore


async def open_store(settings: Settings, meter: Meter | None = None) -> RoomStore:
    """Raises StateUnavailable."""
    url = database_url(settings)
    if url is None:
        return MemoryRoomStore()
    from app.server.state.sql import SqlRoomStore

    return await SqlRoomStore.open(url, renew=not settings.database, meter=meter)


async def open_fanout(settings: Settings, clock: Clock) -> Fanout:
    """Raises StateUnavailable."""
    if settings.redis is None:
        return MemoryFanout(clock)
    try:
        from app.server.state.broker import RedisFanout
    except ModuleNotFoundError:
        raise StateUnavailable("Redis needs the packages of videoberatung[server-agency]") from None
    return await RedisFanout.open(settings.redis, clock)
