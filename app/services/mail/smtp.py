"""The agency's mail server over SMTP (RFC 5321), with verified TLS. Imports the mail's ports only; logs nothing that a server said."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator

import aiosmtplib
import structlog
import truststore
from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

from app.services.mail.addresses import domain_of
from app.services.mail.credentials import MAIL_PASSWORD, Credentials, NoSecret, TokenError
from app.services.mail.server import REPLY_LETTERS, Answer, Answered, Claim, Letter, Trouble
from app.services.mail.settings import Login, MailSettings, Tls

CONNECT_TIMEOUT_S = 30
REPLY_TIMEOUT_S = 600
"""After the end of the data a server may take so long (RFC 5321, section 4.5.3.2.6)."""

_OF_THE_SERVER = {421: Trouble.BUSY, 530: Trouble.LOGIN, 535: Trouble.LOGIN}
"""Codes that say nothing about the mail: the channel is closed (RFC 5321, section 3.8), a login is missing (RFC 4954, section 6)."""

_NOT_ACCEPTED = (535, 334)
"""RFC 4954, section 6; a challenge with a reason comes before it, and some servers leave it at that."""

Trust = Callable[[MailSettings], ssl.SSLContext]
_log = structlog.get_logger(__name__)


def verified_tls(settings: MailSettings) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and host name verified against the agency's authority or the operating system's. Raises OSError
    for a file that cannot be read."""
    own = settings.ca_file
    context = ssl.create_default_context(cafile=own) if own else truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.login is Login.CERTIFICATE:
        context.load_cert_chain(settings.certificate_file, settings.certificate_key_file or None)
    return context


class SmtpServer:
    """One connection for each mail. Keeps the `MailServer` contract."""

    def __init__(self, settings: MailSettings, credentials: Credentials, trust: Trust = verified_tls) -> None:
        """`settings` are checked (`app.services.mail.settings.checked`)."""
        self._settings = settings
        self._credentials = credentials
        self._trust = trust

    async def send(self, letter: Letter, claim: Claim) -> Answer:
        try:
            smtp = await self._connected()
        except _Unusable as unusable:
            return unusable.answer
        try:
            return await self._handed_over(smtp, letter, claim)
        finally:
            smtp.close()

    async def probe(self) -> Answer:
        try:
            smtp = await self._connected()
        except _Unusable as unusable:
            return unusable.answer
        await _say_goodbye(smtp)
        return Answer(Answered.ACCEPTED)

    async def _handed_over(self, smtp: aiosmtplib.SMTP, letter: Letter, claim: Claim) -> Answer:
        try:
            await smtp.mail(self._settings.envelope_sender)
            await smtp.rcpt(letter.recipient)
        except SMTPResponseException as error:
            return _answer(error)
        except (SMTPException, OSError):
            return Answer(Answered.LATER, trouble=Trouble.UNREACHABLE)
        if not await claim():
            await _say_goodbye(smtp)
            return Answer(Answered.UNCLAIMED)
        try:
            code, text = await smtp.data(letter.message, timeout=REPLY_TIMEOUT_S)
        except SMTPResponseException as error:
            return _answer(error)
        except (SMTPException, OSError):
            return Answer(Answered.UNCLEAR)
        await _say_goodbye(smtp)
        return Answer(Answered.ACCEPTED, _reply(code, text))

    async def _connected(self) -> aiosmtplib.SMTP:
        """Connected, encrypted, verified, logged in. Raises _Unusable."""
        try:
            return await self._connection()
        except _TokenRefused:
            return await self._connection(last=True)  # a new connection: some servers close the one that brought an old token

    async def _connection(self, last: bool = False) -> aiosmtplib.SMTP:
        """Raises _Unusable, and _TokenRefused unless it is the `last` try."""
        smtp = self._client()
        try:
            with _troubles(Trouble.UNREACHABLE):
                await smtp.connect()
                await self._encrypt(smtp)
            with _troubles(Trouble.LOGIN):
                await self._log_in(smtp, last)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _client(self) -> aiosmtplib.SMTP:
        try:
            context = self._trust(self._settings)
        except (OSError, ValueError) as error:
            raise _Unusable(Trouble.OWN_CERTIFICATE, error) from None
        return aiosmtplib.SMTP(
            hostname=self._settings.host,
            port=self._settings.usual_port,
            use_tls=self._settings.tls is Tls.IMPLICIT,
            start_tls=False,  # `_encrypt` does it, and can tell why it did not
            tls_context=context,
            timeout=CONNECT_TIMEOUT_S,
            local_hostname=domain_of(self._settings.sender),  # the machine's own name is nobody's business
        )

    async def _encrypt(self, smtp: aiosmtplib.SMTP) -> None:
        if self._settings.tls is Tls.IMPLICIT:
            return
        await smtp.ehlo()
        if not smtp.supports_extension("starttls"):
            raise _Unusable(Trouble.NO_TLS)
        await smtp.starttls()

    async def _log_in(self, smtp: aiosmtplib.SMTP, last: bool) -> None:
        if self._settings.login is Login.PASSWORD:
            await smtp.login(self._settings.user, await self._credentials.password(MAIL_PASSWORD))
        elif self._settings.login is Login.XOAUTH2:
            token = await self._credentials.token()
            try:
                await smtp.auth_xoauth2(self._settings.user, token)
            except SMTPAuthenticationError as error:
                self._credentials.refused(token)
                if last or error.code not in _NOT_ACCEPTED:
                    raise
                raise _TokenRefused from None


class _TokenRefused(Exception):
    """The server does not take this token; another one may do."""


class _Unusable(Exception):
    """The server as a whole: an answer on its way."""

    def __init__(self, trouble: Trouble, error: BaseException | None = None) -> None:
        super().__init__(trouble)
        _log.warning("mail.server_unusable", trouble=trouble.value, error=type(error).__name__)
        reply = _reply(error.code, error.message) if isinstance(error, SMTPResponseException) else ""
        self.answer = Answer(Answered.LATER, reply, trouble)


@contextlib.contextmanager
def _troubles(usual: Trouble) -> Iterator[None]:
    """Turns what the library raises into _Unusable; `usual` is the trouble of this stage."""
    try:
        yield
    except NoSecret as error:
        raise _Unusable(Trouble.NO_SECRET, error) from None
    except TokenError as error:
        raise _Unusable(error.trouble, error) from None
    except (SMTPException, OSError) as error:
        certificate = isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError)
        lost = isinstance(error, OSError | TimeoutError) and not isinstance(error, SMTPResponseException)
        busy = usual is Trouble.UNREACHABLE and isinstance(error, SMTPResponseException)
        trouble = Trouble.CERTIFICATE if certificate else Trouble.BUSY if busy else Trouble.UNREACHABLE if lost else usual
        raise _Unusable(trouble, error) from None


def _answer(error: SMTPResponseException) -> Answer:
    reply = _reply(error.code, error.message)
    if (trouble := _OF_THE_SERVER.get(error.code)) is not None:
        return Answer(Answered.LATER, reply, trouble)
    return Answer(Answered.REFUSED if error.code >= 500 else Answered.LATER, reply)


def _reply(code: int, text: str) -> str:
    """One line; what is no letter becomes a question mark (a reply may hold half characters)."""
    line = " ".join(f"{code} {text}".split())
    return "".join(sign if sign.isprintable() and not "\ud800" <= sign <= "\udfff" else "?" for sign in line)[:REPLY_LETTERS]


async def _say_goodbye(smtp: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError):  # the mail has its answer already
        await smtp.quit(timeout=5)
