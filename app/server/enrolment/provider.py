"""The agency's identity provider as the server knows it: its own description and its public keys, asked over verified TLS and kept a while.

OpenID Connect Discovery 1.0, section 4. Blocks nobody: the questions go out on a thread. Knows nothing of tokens.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import jwt
import msgspec
import structlog

from app import https
from app.server.enrolment.id_token import Header, matching

log = structlog.get_logger(__name__)

KEPT_S = 600.0
"""Keys that the provider takes back count so much longer."""
AGAIN_S = 10.0
"""An unknown key makes us ask again at most so often; so does a provider that did not answer."""
TIMEOUT_S = 4.0
"""Of each of two questions: together less than a link may take to prove itself."""
MOST_BYTES = 256_000


T = TypeVar("T")


class ProviderAway(Exception):
    """The provider does not answer, or not as one. The text is for the log and names nobody."""


class _Description(msgspec.Struct):
    """OpenID Connect Discovery 1.0, section 3, as far as the server needs it."""

    issuer: str
    jwks_uri: str


class _Keys(msgspec.Struct):
    """RFC 7517, section 5."""

    keys: list[dict[str, Any]]


Ask = Callable[[str], https.Answer]
"""Raises https.Unreachable."""


def asking(context: ssl.SSLContext) -> Ask:
    """By the real network."""
    return lambda url: https.asked(url, context, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)


def verified_tls(ca_file: str | None) -> ssl.SSLContext:
    """The operating system's authorities, or the agency's own. Raises OSError for a file that cannot be read."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Provider:
    """Its keys. Whoever needs them at the same time shares one question."""

    def __init__(self, issuer: str, ask: Ask, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds of any origin."""
        self._issuer = issuer
        self._ask = ask
        self._now = now
        self._keys: tuple[Mapping[str, Any], ...] = ()
        self._fresh_until = float("-inf")
        self._silent_until = float("-inf")
        self._asking = asyncio.Lock()

    async def key(self, wanted: Header) -> jwt.PyJWK | None:
        """The key that signed, or None if the provider has no such one. Raises ProviderAway."""
        async with self._asking:
            fresh = self._now() < self._fresh_until
            known = matching(self._keys, wanted) if fresh else None
            if known is not None or (fresh and self._now() < self._silent_until):
                return known
            await self._renew(bounded=fresh)
            return matching(self._keys, wanted)

    async def _renew(self, *, bounded: bool) -> None:
        if self._now() < self._silent_until:
            raise ProviderAway("asked a moment ago")
        try:
            self._keys = await asyncio.to_thread(self._asked)
        except ProviderAway as error:
            log.warning("provider-away", detail=str(error))
            bounded = True
            raise
        else:
            self._fresh_until = self._now() + KEPT_S
        finally:
            if bounded:
                self._silent_until = self._now() + AGAIN_S

    # ---- on a thread

    def _asked(self) -> tuple[Mapping[str, Any], ...]:
        described = self._read(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration", _Description)
        if described.issuer != self._issuer:
            raise ProviderAway("calls itself otherwise")
        return tuple(self._read(described.jwks_uri, _Keys).keys)

    def _read(self, url: str, kind: type[T]) -> T:
        try:
            answer = self._ask(url)
            if answer.status != 200:
                raise ProviderAway(f"status {answer.status}")
            return msgspec.json.decode(answer.content, type=kind)
        except https.Unreachable as error:
            raise ProviderAway(str(error)) from None
        except (msgspec.DecodeError, UnicodeError, ValueError):
            raise ProviderAway("unclear") from None
