"""TLS as this program speaks it to servers of the agency. Imports the link's records only."""

from __future__ import annotations

import ssl

import truststore

from app.services.link_port import LinkTrouble

_OUT_OF_TIME = frozenset({9, 10, 0x800B0101, 0x800B0101 - (1 << 32)})
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED; CERT_E_EXPIRED of Windows, with and without a sign."""


def system_trust() -> ssl.SSLContext:
    """TLS as the operating system trusts it, so that an agency's own authority counts."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trouble_of_certificate(error: BaseException) -> LinkTrouble | None:
    """What is wrong with the certificate of the server; None where the certificate is not to blame."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    return LinkTrouble.CLOCK if out_of_time(error) else LinkTrouble.CERTIFICATE


def out_of_time(error: ssl.SSLCertVerificationError) -> bool:
    """The certificate is not valid yet, or not any more: often this computer's own clock is to blame."""
    return getattr(error, "verify_code", 0) in _OUT_OF_TIME
