"""What the settings mean together, seen by somebody who runs servers. Pure: no file, no network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.server.checkup.findings import Finding, doubtful, variable, wrong
from app.server.lines import plain_lines
from app.server.settings import MEMORY, PlainLine, Settings, is_loopback, label_of

EVERYWHERE = ("*", "0.0.0.0/0", "::/0")
_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def doubts(settings: Settings) -> Iterator[Finding]:
    """Everything that can be said of the settings alone."""
    yield from _address(settings)
    yield from _listeners(settings)
    yield from _proxies(settings)
    yield from _state(settings)
    yield from _lines(settings)
    yield from _labels(settings)
    if not settings.turn_urls and not settings.ice_servers:
        yield doubtful("running.check.no-relay", variable("turn_urls"))
    if settings.training:
        yield doubtful("running.check.training", variable("training"))


def _address(settings: Settings) -> Iterator[Finding]:
    setting = variable("public_url")
    if settings.public_url is None:
        level = wrong if settings.bind_host in _ANY else doubtful
        yield level("running.check.no-public-url", setting)
        return
    try:
        parts = urlsplit(settings.public_url)
    except ValueError:
        return  # said already
    if parts.scheme == "http" and parts.hostname and not is_loopback(parts.hostname):
        yield wrong("running.check.public-url-http", setting)


def _listeners(settings: Settings) -> Iterator[Finding]:
    speaks_tls = settings.tls_certificate_file is not None
    for name in ("bind_host", "control_bind_host", "management_bind_host"):
        host = getattr(settings, name)
        unused = name == "management_bind_host" and settings.management_port is None
        if not unused and not is_loopback(host) and not speaks_tls:
            yield doubtful("running.check.open-without-tls", variable(name), host=host)
    if settings.management_port is not None and settings.management_bind_host in _ANY:
        yield doubtful("running.check.management-everywhere", variable("management_bind_host"))
    for name in ("public_port", "control_port", "management_port"):
        if getattr(settings, name) == 0:
            yield doubtful("running.check.port-by-chance", variable(name))
    ports = [port for port in (settings.public_port, settings.control_port, settings.management_port) if port]
    if len(set(ports)) < len(ports):
        yield wrong("running.check.same-port", variable("control_port"))


def _proxies(settings: Settings) -> Iterator[Finding]:
    setting = variable("trusted_proxies")
    for proxy in settings.trusted_proxies:
        if proxy in EVERYWHERE:
            yield wrong("running.check.proxy-everybody", setting, proxy=proxy)
        elif not _is_network(proxy):
            yield wrong("running.check.proxy-no-address", setting, proxy=proxy)
    behind = settings.public_url is not None and settings.public_url.startswith("https://") and settings.tls_certificate_file is None
    if behind and not settings.trusted_proxies:
        yield doubtful("running.check.no-proxy", setting)
    if behind and not settings.control_hosts:
        yield doubtful("running.check.no-control-host", variable("control_hosts"))


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _state(settings: Settings) -> Iterator[Finding]:
    if settings.database == MEMORY:
        yield doubtful("running.check.memory", "VB_DATABASE_URL")
    elif settings.redis and not (settings.database or "").startswith("postgresql"):
        yield wrong("running.check.redis-without-postgres", "VB_REDIS_URL")


def _lines(settings: Settings) -> Iterator[Finding]:
    """Of the ways to database and broker, those that leave this machine and can be read or led astray there."""
    said = {
        PlainLine.DATABASE: ("running.check.database-no-tls", "VB_DATABASE_URL"),
        PlainLine.BROKER: ("running.check.redis-no-tls", "VB_REDIS_URL"),
    }
    for line in plain_lines(settings):
        key, setting = said[line]
        if line in settings.plain_lines:
            yield doubtful("running.check.plain-line", setting, line=line.value)
        else:
            yield wrong(key, setting)


def _labels(settings: Settings) -> Iterator[Finding]:
    """Of the sites that people sign in for, those whose name nobody would read."""
    if settings.oidc_issuer is None:
        return
    sites = sorted(set(settings.oidc_sites.values()) or {settings.site})
    setting = variable("site_labels")
    missing = [site for site in sites if label_of(settings, site) is None]
    if missing:
        yield wrong("running.check.site-without-label", setting, sites=", ".join(missing))
    elif not settings.site_labels and len(sites) > 1:
        yield doubtful("running.check.one-label", setting, label=settings.label)
