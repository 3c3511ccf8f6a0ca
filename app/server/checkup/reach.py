"""Asks database, broker, name service and clock, and changes nothing there. Loads SQLAlchemy and redis only when they are asked."""

from __future__ import annotations

import ctypes
import ipaddress
import re
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from app.server.checkup.findings import Finding, doubtful, variable, wrong
from app.server.ports import StateUnavailable
from app.server.settings import MEMORY, Settings, is_loopback

OLDEST_POSTGRES = 15
OLDEST_REDIS = 7
CLOCKS_APART_S = 5.0
"""Between this machine and the database's. Workstations and relay allow more; replicas that differ count windows differently."""
_TIME_ERROR = 5
"""adjtimex(2): nobody has set this clock by another one for long."""
_TURN_HOST = re.compile(r"turns?:([^:?]+)")


def reach(settings: Settings) -> Iterator[Finding]:
    """Everything that answers, or does not."""
    yield from _database(settings)
    yield from _broker(settings)
    yield from _relay(settings)
    yield from _clock()


# ---- database


def _database(settings: Settings) -> Iterator[Finding]:
    url, setting = settings.database or "", "VB_DATABASE_URL"
    if url == MEMORY or not url.startswith("postgresql"):
        return
    from sqlalchemy.exc import SQLAlchemyError

    from app.server.state.engines import engine_for

    try:
        engine = engine_for(url)
    except (StateUnavailable, SQLAlchemyError, ValueError) as error:
        yield wrong("running.check.database-not-usable", setting, why=_said(error))
        return
    try:
        with engine.connect() as connection:
            yield from _asked(connection, setting)
    except (SQLAlchemyError, OSError) as error:
        yield wrong("running.check.database-away", setting, why=type(error).__name__)
    finally:
        engine.dispose()


def _said(error: Exception) -> str:
    """Ours are sentences without values; others may hold the URL."""
    return str(error) if isinstance(error, StateUnavailable) else type(error).__name__


_QUESTIONS = """
    SELECT current_setting('server_version_num')::int / 10000 AS version,
           has_schema_privilege(current_schema(), 'CREATE') AS may_create,
           extract(epoch FROM clock_timestamp())::float8 AS now,
           coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls,
           inet_server_addr()::text AS address,
           pg_is_in_recovery() AS standby
"""


def _asked(connection: Any, setting: str) -> Iterator[Finding]:
    from sqlalchemy import text

    from app.server.state import steps
    from app.server.state.upgrade import OLDEST, standing_at

    row = connection.execute(text(_QUESTIONS)).one()
    if row.version < OLDEST_POSTGRES:
        yield wrong("running.check.database-old", setting, version=row.version, oldest=OLDEST_POSTGRES)
    if not row.may_create:
        yield wrong("running.check.database-may-not", setting)
    if row.standby:
        yield wrong("running.check.database-standby", setting)
    if row.address and not row.tls and not _is_here(row.address):
        yield doubtful("running.check.database-no-tls", setting)
    if (apart := abs(row.now - time.time())) > CLOCKS_APART_S:
        yield doubtful("running.check.database-clock", setting, seconds=int(apart))
    at = standing_at(connection)
    if at is not None and at > steps.NEWEST and (connection.execute(OLDEST.select()).scalar() or "") > steps.NEWEST:
        yield wrong("running.check.database-newer", setting)


def _is_here(address: str) -> bool:
    return ipaddress.ip_address(address.partition("/")[0]).is_loopback


# ---- broker


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.redis is None:
        return
    setting = "VB_REDIS_URL"
    try:
        import redis
    except ModuleNotFoundError:
        yield wrong("running.check.redis-not-usable", setting)
        return
    try:
        with redis.Redis.from_url(settings.redis, socket_timeout=3, socket_connect_timeout=3) as client:
            version = str(client.info("server")["redis_version"])
    except (redis.RedisError, OSError, ValueError, KeyError) as error:
        yield wrong("running.check.redis-away", setting, why=type(error).__name__)
        return
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        yield wrong("running.check.redis-old", setting, version=version, oldest=OLDEST_REDIS)
    parts = urlsplit(settings.redis)
    if parts.scheme == "redis" and parts.hostname and not is_loopback(parts.hostname):
        yield doubtful("running.check.redis-no-tls", setting)


# ---- relay and clock


def _relay(settings: Settings) -> Iterator[Finding]:
    for host in sorted({found[1] for url in settings.turn_urls if (found := _TURN_HOST.match(url))}):
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            yield doubtful("running.check.turn-no-address", variable("turn_urls"), host=host)


def _clock() -> Iterator[Finding]:
    if clock_is_adrift():
        yield doubtful("running.check.clock")


def clock_is_adrift() -> bool:
    """True where the kernel says that no time server keeps this clock (adjtimex(2)); False where that cannot be known."""
    if not sys.platform.startswith("linux"):
        return False
    state = ctypes.create_string_buffer(512)  # struct timex, all noughts: nothing is changed
    return int(ctypes.CDLL(None).adjtimex(state)) == _TIME_ERROR
