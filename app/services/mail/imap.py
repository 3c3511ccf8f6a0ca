"""The mailbox for bounces over IMAP (RFC 9051) with verified TLS. The standard library's client waits, so each look is made on a thread."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence

import structlog
import truststore

from app.services.mail.bounces import MailboxError, Received
from app.services.mail.credentials import BOUNCES_PASSWORD, Credentials, NoSecret
from app.services.mail.settings import BounceMailbox

TIMEOUT_S = 30
AT_ONCE = 50
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
        return await asyncio.to_thread(self._unread, await self._password())

    async def done(self, uids: Sequence[str]) -> None:
        await asyncio.to_thread(self._done, await self._password(), uids)

    async def _password(self) -> str:
        try:
            return await self._credentials.password(BOUNCES_PASSWORD)
        except NoSecret:
            raise MailboxError("app.mail.trouble.no-secret") from None

    def _unread(self, password: str) -> Sequence[Received]:
        with self._opened(password) as imap:
            found = _lines(imap.uid("SEARCH", "UNSEEN"))
            uids = found[0].split()[:AT_ONCE] if found and isinstance(found[0], bytes) else []
            return [Received(uid.decode("ascii"), _content(imap.uid("FETCH", uid.decode("ascii"), "(BODY.PEEK[])"))) for uid in uids]

    def _done(self, password: str, uids: Sequence[str]) -> None:
        if uids:
            with self._opened(password) as imap:
                _lines(imap.uid("STORE", ",".join(uids), "+FLAGS.SILENT", "(\\Seen)"))

    @contextlib.contextmanager
    def _opened(self, password: str) -> Iterator[imaplib.IMAP4_SSL]:
        """Logged in, with the folder open. Raises MailboxError."""
        settings = self._settings
        try:
            imap = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=self._trust(settings), timeout=TIMEOUT_S)
            try:
                imap.login(settings.user, password)
                _lines(imap.select(settings.folder))
                yield imap
            finally:
                with contextlib.suppress(imaplib.IMAP4.error, OSError):
                    imap.logout()
        except (imaplib.IMAP4.error, OSError) as error:
            _log.warning("bounces.mailbox_unusable", error=type(error).__name__)
            raise MailboxError("app.mail.trouble.mailbox") from None


def _lines(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    """Raises imaplib's error for anything but OK."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("refused")
    return answer[1]


def _content(answer: tuple[str, Sequence[object]]) -> bytes:
    """Of a FETCH; empty for what was deleted meanwhile."""
    return next((bytes(part[1]) for part in _lines(answer) if isinstance(part, tuple)), b"")
