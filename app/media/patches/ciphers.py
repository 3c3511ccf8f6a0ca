"""What a handshake may agree on: DTLS 1.2 or newer with ephemeral keys and GCM (RFC 8827, section 6.5; BSI TR-02102-2, section 3.3).

aiortc also offers ChaCha20 and two suites with CBC and SHA-1, and names no least version. The protection of the packets themselves is
its own list: AES-GCM with 256 and 128 bits, then AES-CM with an 80-bit tag (RFC 7714, RFC 5764).
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

from aiortc.rtcdtlstransport import RTCCertificate, SRTPProtectionProfile
from OpenSSL import SSL

DTLS_1_2 = 0xFEFD
"""As it stands on the wire (RFC 6347, section 4.1)."""
SUITES = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
"""The first one is what every browser has to know."""

_original = RTCCertificate._create_ssl_context


def _create_ssl_context(self: RTCCertificate, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
    context = _original(self, srtp_profiles)
    context.set_min_proto_version(DTLS_1_2)
    context.set_cipher_list(SUITES)
    return context


def install() -> None:
    """Change aiortc in this process. May be called twice."""
    RTCCertificate._create_ssl_context = _create_ssl_context
