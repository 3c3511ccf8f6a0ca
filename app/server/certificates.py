"""TLS of the server itself: a certificate in two files that may be replaced while it runs. Imports settings.

TLS 1.3, and 1.2 with ephemeral keys and GCM only (BSI TR-02102-2, sections 3.3 and 3.4).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path

import structlog
from cryptography import x509

from app.server.settings import Settings, SettingsError

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 30.0
SOON_S = 14 * 86_400
"""Before its end the log says so at each start and change."""
_Seen = tuple[tuple[int, int, int], ...]


class Certificate:
    """One context for as long as the server runs; connections that stand keep what they have."""

    def __init__(self, chain: Path, key: Path) -> None:
        """Raises SettingsError."""
        self._chain, self._key = chain, key
        self.context = tls_context()
        self.ends_at = 0.0
        """Of what is in use, Unix seconds."""
        try:
            self._seen = self._look()
            self._take()
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise SettingsError(f"tls_certificate_file, tls_key_file: {type(error).__name__}") from None

    @classmethod
    def of(cls, settings: Settings) -> Certificate | None:
        """None where a proxy in front speaks TLS. Raises SettingsError."""
        if settings.tls_certificate_file is None or settings.tls_key_file is None:
            return None
        return cls(Path(settings.tls_certificate_file), Path(settings.tls_key_file))

    async def watch(self, every_s: float = LOOK_EVERY_S) -> None:
        """Take what is new, for ever."""
        while True:
            await asyncio.sleep(every_s)
            await asyncio.to_thread(self.renew)

    def renew(self) -> bool:
        """True if other files lie there and were taken. What does not fit together (one is written first) waits for the next look."""
        try:
            seen = self._look()
            if seen == self._seen:
                return False
            self._take()
        except (OSError, ValueError) as error:
            log.warning("certificate-not-usable", error=type(error).__name__)
            return False
        self._seen = seen
        log.info("certificate-renewed")
        return True

    def _look(self) -> _Seen:
        """What tells one state of the files from another; links are followed."""
        return tuple((found.st_ino, found.st_size, found.st_mtime_ns) for found in (self._chain.stat(), self._key.stat()))

    def _take(self) -> None:
        """First on trial, so that half of a change never gets into the context that is in use."""
        tls_context().load_cert_chain(self._chain, self._key)
        ends_at = x509.load_pem_x509_certificate(self._chain.read_bytes()).not_valid_after_utc.timestamp()
        self.context.load_cert_chain(self._chain, self._key)
        self.ends_at = ends_at
        if ends_at < time.time() + SOON_S:
            log.warning("certificate-ends-soon", days=int((ends_at - time.time()) // 86_400))


def tls_context() -> ssl.SSLContext:
    """Without a certificate yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM")
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    return context
