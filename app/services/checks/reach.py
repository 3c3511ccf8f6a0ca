"""Whether the server can be spoken to at all, and if not, what stands in the way: name, certificate, proxy or the server itself.

One GET of `/healthz` as the system would make it, with its proxies and its trust. Imports `app.domain` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import structlog

from app.domain.checks import Fault

_log = structlog.get_logger(__name__)

TIMEOUT_S = 4.0
"""For each of: finding the name, connecting, being answered."""
BY_PROXY = {403, 407, 502, 503, 504, 511}
"""Statuses with which a proxy says that it does not, may not or cannot pass something on (RFC 9110, section 15; RFC 6585, section 6)."""
PORTAL = {301, 302, 303, 307, 308, 511}
"""`/healthz` leads nowhere else: who redirects it is a network's own page for signing in."""
MOST_BYTES = 4096

Trust = Callable[[], ssl.SSLContext]


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of it."""

    trouble: Fault | None = None
    clock_off_s: float | None = None
    """This machine's clock minus the server's (its Date header, RFC 9110, section 6.6.1, in whole seconds): less than 1 s tells nothing."""


async def reach(url: str, trust: Trust) -> Reached:
    """Ask the server at `url` (without a slash at the end). Raises nothing."""
    host = urlsplit(url).hostname or ""
    proxied = _proxied(url)
    if not proxied and not await _named(host):
        return Reached(Fault.DNS_WRONG)
    return await asyncio.to_thread(_ask, url, proxied, trust)


def _proxied(url: str) -> bool:
    """Whether the system sends this address through a proxy."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


async def _named(host: str) -> bool:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return bool(await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):  # TimeoutError is one
        return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _ask(url: str, proxied: bool, trust: Trust) -> Reached:
    opener = urllib.request.build_opener(_NoRedirects())
    if url.startswith("https:"):
        opener = urllib.request.build_opener(_NoRedirects(), urllib.request.HTTPSHandler(context=trust()))
    try:
        with opener.open(f"{url}/healthz", timeout=TIMEOUT_S) as answer:
            return Reached(None if _ours(answer.read(MOST_BYTES)) else _strange(proxied), _clock_off(answer.headers.get("Date")))
    except urllib.error.HTTPError as error:
        with error:
            return Reached(_refused(error.code, proxied))
    except (OSError, ValueError) as error:
        return Reached(_hindered(error, proxied))
    except Exception as error:  # http.client has a family of its own for nonsense in place of an answer
        _log.info("check.no_http", error=type(error).__name__)
        return Reached(_strange(proxied))


def _ours(body: bytes) -> bool:
    with contextlib.suppress(ValueError):
        return bool(json.loads(body) == {"ok": True})
    return False


def _strange(proxied: bool) -> Fault:
    """Somebody else answers."""
    return Fault.PROXY_REFUSED if proxied else Fault.SERVER_UNREACHABLE


def _refused(status: int, proxied: bool) -> Fault:
    return Fault.PROXY_REFUSED if status in PORTAL or (proxied and status in BY_PROXY) else Fault.SERVER_UNREACHABLE


def _hindered(error: BaseException, proxied: bool) -> Fault:
    """From what the connection came to."""
    reason = error.reason if isinstance(error, urllib.error.URLError) and isinstance(error.reason, BaseException) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Fault.CERTIFICATE_UNTRUSTED
    return Fault.PROXY_REFUSED if proxied else Fault.SERVER_UNREACHABLE


def _clock_off(date: str | None) -> float | None:
    if date is None:
        return None
    try:
        off = time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
    return 0.0 if 0 <= off <= 1 else round(off, 1)
