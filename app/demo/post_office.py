"""An agency's mail server on this machine's loopback, for the demonstration: real SMTP over TLS, kept in memory. Uses aiosmtpd."""

from __future__ import annotations

import asyncio
import datetime
import email
import email.policy
import ipaddress
import ssl
import threading
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.services.mail.settings import MailSettings

HOST = "localhost"
DELIVERED_S = 15.0
LOOK_EVERY_S = 0.1
SENDER = "termine@jobcenter.example"


class PostOffice:
    """Runs on a thread of its own from `__enter__` to `__exit__`; so the window's loop carries nothing of it."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes key and certificate; it should be a temporary one."""
        self.arrived: Callable[[], None] = lambda: None
        """Called on the server's thread after each mail."""
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="post-office", daemon=True)
        self._received: list[tuple[str, EmailMessage]] = []
        self._port = 0
        self._server: asyncio.Server | None = None

    def __enter__(self) -> PostOffice:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def settings(self) -> MailSettings:
        """The way to this server, as IT would write it."""
        return MailSettings(host=HOST, port=self._port, ca_file=str(self._certificate), sender=SENDER, sender_name="Terminservice")

    @property
    def received(self) -> Sequence[tuple[str, EmailMessage]]:
        """Recipient and mail, the oldest first. From any thread."""
        return tuple(self._received)

    async def mail(self, recipient: str) -> EmailMessage:
        """The mail that came last for this address; waits for one. Raises TimeoutError."""
        async with asyncio.timeout(DELIVERED_S):
            while True:
                newest = [mail for to, mail in self._received if to == recipient][-1:]
                for mail in newest:
                    return mail
                await asyncio.sleep(LOOK_EVERY_S)

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:
        """A whole mail has come (hook of aiosmtpd)."""
        mail = email.message_from_bytes(envelope.content, EmailMessage, policy=email.policy.default)
        self._received += [(to, mail) for to in envelope.rcpt_tos]
        self.arrived()
        return "250 OK"

    @property
    def _certificate(self) -> Path:
        return self._folder / "post-office.pem"

    async def _open(self) -> None:
        key = self._folder / "post-office-key.pem"
        _write_certificate(self._certificate, key)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(self._certificate, key)

        def protocol() -> SMTP:
            return SMTP(self, hostname=HOST, tls_context=tls, require_starttls=True, loop=self._loop)

        self._server = await self._loop.create_server(protocol, "127.0.0.1", 0)
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _write_certificate(certificate: Path, key: Path) -> None:
    """A certificate for this machine's loopback that vouches for itself, for one day."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Videoberatung, Vorführung")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.touch(mode=0o600)
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
