"""Access tokens from the agency's identity provider: OAuth 2.0 client credentials (RFC 6749, section 4.4). Imports settings and ports.

A token lives in memory only. What the provider said is never logged, and neither is what it was asked with.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

import msgspec
import structlog
import truststore

from app import https
from app.services.mail.credentials import TokenError
from app.services.mail.server import Trouble
from app.services.mail.sign_in import Proof, SignIn

USUAL_LIFE_S = 300
"""Of a token whose provider does not say (`expires_in` is only recommended, RFC 6749, section 5.1)."""
AHEAD_S = 300
"""A token is renewed so long before it expires, or in the last tenth of its life if that is later."""

_REFUSED = {"invalid_client", "unauthorized_client", "access_denied"}
_TO_COME = {"temporarily_unavailable", "server_error"}
Secret = Callable[[], Awaitable[str]]
"""The client secret. Raises NoSecret."""
Trust = Callable[[SignIn], ssl.SSLContext]
_log = structlog.get_logger(__name__)


class _Granted(msgspec.Struct):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - a kind
    expires_in: int | float | None = None


class _Refused(msgspec.Struct):
    """RFC 6749, section 5.2."""

    error: str


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    renew_at: float
    expires_at: float


def verified_tls(settings: SignIn) -> ssl.SSLContext:
    """As for the mail server (`app.services.mail.smtp.verified_tls`). Raises OSError for a file that cannot be read."""
    own = settings.ca_file
    context = ssl.create_default_context(cafile=own) if own else truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class TokenSource:
    """One for each provider; whoever needs a token at the same time shares one."""

    def __init__(
        self,
        settings: SignIn,
        secret: Secret,
        *,
        keep: bool = True,
        trust: Trust = verified_tls,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`keep=False` asks the provider each time: for a test of the settings. `now` gives Unix seconds: a computer that slept wakes with
        an old token, and the clock on the wall knows."""
        self._settings = settings
        self._secret = secret
        self._keep = keep
        self._trust = trust
        self._now = now
        self._token: _Token | None = None
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """One that is still good for a while. Raises TokenError or NoSecret."""
        async with self._asking:
            kept = self._token
            if kept is not None and self._now() < kept.renew_at:
                return kept.text
            try:
                fresh = await self._asked()
            except TokenError as error:
                if kept is not None and error.passes and self._now() < kept.expires_at:
                    return kept.text  # not renewed in time, but it opens the door for some minutes more
                raise
            self._token = fresh if self._keep else None
            return fresh.text

    def refused(self, token: str) -> None:
        """A server did not take it: the next one is fetched anew. Another one that came meanwhile stays."""
        if self._token is not None and self._token.text == token:
            self._token = None

    async def _asked(self) -> _Token:
        secret = await self._secret() if self._settings.proof.wants_secret else ""
        at = self._now()
        try:
            granted = await asyncio.to_thread(self._granted, secret)
        except TokenError as error:
            _log.warning("mail.sign_in_refused", trouble=error.trouble.value)
            raise
        life = granted.expires_in if granted.expires_in is not None and granted.expires_in > 0 else USUAL_LIFE_S
        return _Token(granted.access_token, at + max(life - AHEAD_S, life * 0.9 if life > AHEAD_S else life / 2), at + life)

    # ---- on a thread: the standard library's client waits, and knows the proxies of the operating system

    def _granted(self, secret: str) -> _Granted:
        """Raises TokenError."""
        try:
            body, headers = self._question(secret)
            context = self._trust(self._settings)
        except (OSError, ValueError):
            raise TokenError(Trouble.SIGN_IN_KEY) from None
        return _understood(*self._posted(body, headers, context))

    def _question(self, secret: str) -> tuple[bytes, dict[str, str]]:
        settings = self._settings
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        fields = {"grant_type": "client_credentials"}
        if settings.scope:
            fields["scope"] = settings.scope
        if settings.proof is Proof.SECRET_BASIC:
            pair = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"  # encoded first (RFC 6749, section 2.3.1)
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode('ascii')).decode('ascii')}"
        elif settings.proof is Proof.SECRET_POST:
            fields |= {"client_id": settings.client_id, "client_secret": secret}
        else:
            from app.services.mail.assertions import ASSERTION_TYPE, assertion  # takes a moment to load: here, on the thread

            fields |= {
                "client_id": settings.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion(settings),
            }
        return urlencode(fields).encode("ascii"), headers

    def _posted(self, body: bytes, headers: dict[str, str], context: ssl.SSLContext) -> tuple[int, bytes]:
        """Status and content. Raises TokenError."""
        try:
            answer = https.asked(self._settings.token_endpoint, context, body, headers)  # https, `checked` sees to it
        except https.Unreachable as error:
            raise TokenError(Trouble.SIGN_IN_CERTIFICATE if error.certificate else Trouble.SIGN_IN_UNREACHABLE) from None
        return answer.status, answer.content


def _understood(status: int, content: bytes) -> _Granted:
    """Raises TokenError."""
    if status == 200:
        with contextlib.suppress(msgspec.DecodeError, UnicodeError):
            granted = msgspec.json.decode(content, type=_Granted, strict=False)
            if granted.token_type.lower() == "bearer" and _travels(granted.access_token):
                return granted
        raise TokenError(Trouble.SIGN_IN_UNCLEAR)
    error = ""
    with contextlib.suppress(msgspec.DecodeError, UnicodeError):
        error = msgspec.json.decode(content, type=_Refused).error
    if error in _REFUSED or (status == 401 and not error):
        raise TokenError(Trouble.SIGN_IN_REFUSED)
    if error == "invalid_scope":
        raise TokenError(Trouble.SIGN_IN_SCOPE)
    if error in _TO_COME or (not error and (status >= 500 or status == 429)):
        raise TokenError(Trouble.SIGN_IN_UNREACHABLE)
    raise TokenError(Trouble.SIGN_IN_UNCLEAR)


def _travels(token: str) -> bool:
    """Visible ASCII without blanks (RFC 6750, section 2.1), so that nothing can be smuggled into a login."""
    return bool(token) and all("!" <= sign <= "~" for sign in token)
