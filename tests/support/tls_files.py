"""An agency's own authority, and certificates of it in the files that a server reads."""

from __future__ import annotations

import datetime
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509


@dataclass
class Files:
    """An agency's authority, and where its certificates lie."""

    folder: Path
    authority: trustme.CA

    @property
    def chain(self) -> Path:
        return self.folder / "chain.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    @property
    def settings(self) -> dict[str, str]:
        return {"tls_certificate_file": str(self.chain), "tls_key_file": str(self.key)}

    def issue(self, *, chain: bool = True, key: bool = True, days: int = 90) -> int:
        """A new certificate in place of what is there, or a part of it; gives its number."""
        ends_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        issued = self.authority.issue_cert("127.0.0.1", not_after=ends_at)
        if key:
            self._put(self.key, issued.private_key_pem.bytes())
        if chain:
            self._put(self.chain, b"".join(one.bytes() for one in issued.cert_chain_pems))
        return x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).serial_number

    def _put(self, file: Path, content: bytes) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(file)

    def trust(self, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what is to be shown
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
        return context
