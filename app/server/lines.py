"""The ways to database and broker: which leave this machine, and whether they can be read or led astray there (OWASP ASVS 5, 12.3.1).

Pure: looks at the settings' URLs and asks nobody. No server starts with a way that is neither guarded nor allowed by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from app.server.settings import PlainLine, Settings, SettingsError, is_loopback

_NO = ("0", "F", "FALSE", "N", "NO")
"""What redis-py takes for no (`redis.connection.FALSE_STRINGS`)."""


def plain_lines(settings: Settings) -> Iterator[PlainLine]:
    """The ways that leave this machine without TLS that looks at the certificate and its name, whether allowed or not."""
    database, redis = (_split(url) for url in (settings.database, settings.redis))
    if database and database.scheme.startswith("postgresql") and _leaves(database) and not _verifies_database(database):
        yield PlainLine.DATABASE
    if redis and redis.scheme != "unix" and _leaves(redis) and not _verifies_broker(redis):
        yield PlainLine.BROKER


def check_lines(settings: Settings) -> None:
    """Raises SettingsError for one that is not allowed."""
    for line in plain_lines(settings):
        if line not in settings.plain_lines:
            raise SettingsError(f"{line.value}: on another machine without verified TLS, and plain_lines does not name it")


def _split(url: str | None) -> SplitResult | None:
    try:
        return urlsplit(url) if url else None
    except ValueError:
        return None  # said already, or by who tries to reach it


def _leaves(url: SplitResult) -> bool:
    """True if one of its hosts is another machine. libpq takes several, also as parameters; `/…` and `@…` are sockets."""
    asked = parse_qs(url.query)
    given = ",".join([url.netloc.rpartition("@")[2], *asked.get("host", ()), *asked.get("hostaddr", ())])
    hosts = {_without_port(host) for host in given.split(",") if host and host[0] not in "/@"}
    return any(host and not is_loopback(host) for host in hosts)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host if host.count(":") > 1 else host.partition(":")[0]


def _verifies_database(url: SplitResult) -> bool:
    """libpq, "Protection Provided in Different Modes": all others can be led to a stranger. `sslrootcert=system` allows no other."""
    asked = parse_qs(url.query)
    return asked.get("sslmode", [""])[-1] == "verify-full" or asked.get("sslrootcert", [""])[-1] == "system"


def _verifies_broker(url: SplitResult) -> bool:
    """redis-py looks at certificate and name unless it is told not to."""
    asked = parse_qs(url.query)
    looks = asked.get("ssl_cert_reqs", ["required"])[-1] == "required" and asked.get("ssl_check_hostname", ["yes"])[-1].upper() not in _NO
    return url.scheme == "rediss" and looks
