"""The mailbox for bounces over IMAP (RFC 9051) with verified TLS. The standard library's client waits, so each look is made on a thread."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import structlog
import truststore

from app.services.mail.bounces import MailboxError, Received
from app.services.mail.credentials import BOUNCES_PASSWORD, Credentials, NoSecret, TokenError
from app.services.mail.settings import BounceLogin, BounceMailbox

TIMEOUT_S = 30
AT_ONCE = 50
T = TypeVar("T")
Work = Callable[[imaplib.IMAP4_SSL], T]
Trust = Callable[[BounceMailbox], ssl.SSLContext]
_log = structlog.get_logger(__name__)


def verified_tls(settings: BounceMailbox) -> ssl.SSLContext:
    """As for sending (`app.services.mail.smtp.verified_tls`). Raises OSError for a file that cannot be read."""
    own = settings.ca_file
    context = ssl.create_default_context(cafile=own) if own else truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class ImapMailbox:
    """One connection for each look. Keeps the `Mailbox` contract."""

    def __init__(self, settings: BounceMailbox, credentials: Credentials, trust: Trust = verified_tls) -> None:
        self._settings = settings
        self._credentials = credentials
        self._trust = trust

    async def unread(self) -> Sequence[Received]:
        return await self._opened(_unread)

    async def done(self, uids: Sequence[str]) -> None:
        if uids:
            await self._opened(lambda imap: _mark(imap, uids))

    async def probe(self) -> None:
        await self._opened(lambda _imap: None)

    async def _opened(self, work: Work[T]) -> T:
        """`work` on a thread, with the folder open. Raises MailboxError."""
        try:
            if self._settings.login is BounceLogin.PASSWORD:
                return await asyncio.to_thread(self._worked, work, await self._credentials.password(BOUNCES_PASSWORD))
            try:
                return await self._with_token(work)
            except _LoginRefused:
                return await self._with_token(work)  # once more with a new one
        except NoSecret:
            raise MailboxError("app.mailbox.bounces.no-secret") from None
        except TokenError as error:
            raise MailboxError(f"app.mailbox.trouble.{error.trouble.value}") from None

    async def _with_token(self, work: Work[T]) -> T:
        token = await self._credentials.token()
        try:
            return await asyncio.to_thread(self._worked, work, token)
        except _LoginRefused:
            self._credentials.refused(token)
            raise

    def _worked(self, work: Work[T], secret: str) -> T:
        with _troubles("app.mailbox.bounces.own-certificate"):
            context = self._trust(self._settings)
        settings = self._settings
        with _troubles("app.mailbox.bounces.unreachable"):
            imap = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=TIMEOUT_S)
            try:
                self._log_in(imap, secret)
                with _troubles("app.mailbox.bounces.folder"):
                    _lines(imap.select(settings.folder))
                return work(imap)
            finally:
                with contextlib.suppress(imaplib.IMAP4.error, OSError):
                    imap.logout()

    def _log_in(self, imap: imaplib.IMAP4_SSL, secret: str) -> None:
        user = self._settings.user
        try:
            if self._settings.login is BounceLogin.PASSWORD:
                imap.login(user, secret)
            else:
                offers = iter((f"user={user}\x01auth=Bearer {secret}\x01\x01".encode(),))
                imap.authenticate("XOAUTH2", lambda _challenge: next(offers, b""))  # a second challenge is the reason of a refusal
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            _log.warning("bounces.mailbox_unusable", error=type(error).__name__)
            raise _LoginRefused("app.mailbox.bounces.login") from None


class _LoginRefused(MailboxError):
    """With a token it may be old."""


@contextlib.contextmanager
def _troubles(key: str) -> Iterator[None]:
    """Turns what the library raises into MailboxError; `key` is the sentence of this stage."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        _log.warning("bounces.mailbox_unusable", error=type(error).__name__)
        certificate = isinstance(error, ssl.SSLCertVerificationError)
        raise MailboxError("app.mailbox.bounces.certificate" if certificate else key) from None


def _unread(imap: imaplib.IMAP4_SSL) -> Sequence[Received]:
    found = _lines(imap.uid("SEARCH", "UNSEEN"))
    uids = found[0].split()[:AT_ONCE] if found and isinstance(found[0], bytes) else []
    return [Received(uid.decode("ascii"), _content(imap.uid("FETCH", uid.decode("ascii"), "(BODY.PEEK[])"))) for uid in uids]


def _mark(imap: imaplib.IMAP4_SSL, uids: Sequence[str]) -> None:
    _lines(imap.uid("STORE", ",".join(uids), "+FLAGS.SILENT", "(\\Seen)"))


def _lines(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    """Raises imaplib's error for anything but OK."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("refused")
    return answer[1]


def _content(answer: tuple[str, Sequence[object]]) -> bytes:
    """Of a FETCH; empty for what was deleted meanwhile."""
    return next((bytes(part[1]) for part in _lines(answer) if isinstance(part, tuple)), b"")
