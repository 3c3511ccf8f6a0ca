"""A real mail server on loopback (aiosmtpd) with a certificate made for the test, and what may happen to its connections."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD, TOKEN = "termine", "geheim", "ein-token"


@dataclass
class Behaviour:
    """What the server does; the next message's fate first."""

    fates: deque[str] = field(default_factory=deque)
    """A reply after DATA, or `drop-keeping`, `drop-losing`, `drop-before-data`."""
    refused_recipient: str = ""
    """Reply to RCPT."""
    accepted: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    hellos: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    client_names: list[str] = field(default_factory=list)
    """Of client certificates."""
    takes_token: Callable[[str], bool] = TOKEN.__eq__
    gives_reason: bool = False
    """A refused token is answered with a challenge first, as Gmail does."""


class _Handler:
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        self._behaviour.hellos.append(hostname)
        certificate = server.transport.get_extra_info("peercert") if server.transport else None
        if certificate:
            self._behaviour.client_names += [name for _, name in certificate.get("subjectAltName", ())]
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self._behaviour.refused_recipient:
            return self._behaviour.refused_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fate = self._behaviour.fates.popleft() if self._behaviour.fates else "250 2.0.0 ok"
        if fate.startswith(("2", "drop-keeping")):
            self._behaviour.accepted.append(bytes(envelope.content or b""))
            self._behaviour.senders.append(envelope.mail_from or "")
        if fate.startswith("drop"):
            assert server.transport is not None
            server.transport.abort()
            return "250 never arrives"
        return fate


class _XOAuth2(SMTP):
    """With the mechanism of the large providers."""

    behaviour: Behaviour

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:
        text = base64.b64decode(args[1]).decode()
        user, token = text.split("\x01")[0].removeprefix("user="), text.split("\x01")[1].removeprefix("auth=Bearer ")
        self.behaviour.logins.append((user, token))
        good = self.behaviour.takes_token(token)
        if not good and self.behaviour.gives_reason:
            await self.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        return AuthResult(success=good, handled=False)


class MailServerHost:
    """One server; `port` after `open`."""

    def __init__(
        self, folder: Path, *, implicit: bool = False, tls: bool = True, wants_login: bool = False, wants_client: bool = False
    ) -> None:
        self.behaviour = Behaviour()
        self.authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.ca_file))
        self.client_file = folder / "client.pem"
        self.authority.issue_cert("workstation.example").private_key_and_cert_chain_pem.write_to_path(str(self.client_file))
        self.port = 0
        self._implicit, self._tls, self._wants_login = implicit, tls, wants_login
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(self._context)
        if wants_client:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(self._context)
        self._server: asyncio.Server | None = None
        self._open: list[SMTP] = []

    async def open(self, port: int = 0) -> MailServerHost:
        loop = asyncio.get_running_loop()
        context = self._context if self._tls and self._implicit else None
        self._server = await loop.create_server(self._protocol, "127.0.0.1", port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Connections that stand are cut."""
        assert self._server is not None
        self._server.close()
        for smtp in self._open:
            if smtp.transport is not None:
                smtp.transport.abort()
        await self._server.wait_closed()

    def _protocol(self) -> SMTP:
        smtp = _XOAuth2(
            _Handler(self.behaviour),
            hostname="mail.example",
            ident="ready",
            tls_context=self._context if self._tls and not self._implicit else None,
            require_starttls=self._tls and not self._implicit,
            auth_required=self._wants_login,
            auth_require_tls=not self._implicit,
            authenticator=self._authenticated,
            loop=asyncio.get_running_loop(),
        )
        smtp.behaviour = self.behaviour
        self._open.append(smtp)
        return smtp

    def _authenticated(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        login = (data.login.decode(), data.password.decode())
        self.behaviour.logins.append(login)
        return AuthResult(success=login == (USER, PASSWORD), handled=False)
