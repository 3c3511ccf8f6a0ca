"""DTLS handshakes that a lost packet delays by 150 ms instead of 1 s: OpenSSL's timer cannot be set from Python, so we send again.

A datagram of a handshake that arrives twice is harmless (RFC 6347, section 4.2.4). And farewells after which nothing is sent: a message of
the data channel that is on its way meanwhile ends like one over a lost connection, instead of with an error that stops half of the closing.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import contextlib

from aiortc.rtcdtlstransport import RTCDtlsTransport
from OpenSSL import SSL

RESEND_S = 0.15
RESENDS = 20
"""Then OpenSSL's own, slower timer is left alone."""

_original_handshake = RTCDtlsTransport._do_handshake
_original_send_data = RTCDtlsTransport._send_data
_MTU = 1500


async def _write_and_remember(self: RTCDtlsTransport) -> None:
    """`_write_ssl`, which also keeps what it sent during the handshake."""
    if self._ssl is None:
        return
    flight: list[bytes] = []
    with contextlib.suppress(SSL.Error):
        while data := self._ssl.bio_read(_MTU):
            flight.append(data)
    if not flight:
        return
    if not self.encrypted:
        self._flight = flight
    for data in flight:
        await self.transport._send(data)
        self._RTCDtlsTransport__tx_bytes += len(data)
        self._RTCDtlsTransport__tx_packets += 1


async def _resend(self: RTCDtlsTransport) -> None:
    last: list[bytes] | None = None
    for _ in range(RESENDS):
        await asyncio.sleep(RESEND_S)
        flight: list[bytes] | None = getattr(self, "_flight", None)
        if flight is not None and flight is last:
            with contextlib.suppress(ConnectionError):
                for data in flight:
                    await self.transport._send(data)
        last = flight


async def _do_handshake(self: RTCDtlsTransport) -> None:
    resending = asyncio.ensure_future(_resend(self))
    try:
        await _original_handshake(self)
    finally:
        resending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await resending


async def _send_data(self: RTCDtlsTransport, data: bytes) -> None:
    """Raises ConnectionError."""
    try:
        await _original_send_data(self, data)
    except SSL.Error:
        raise ConnectionError("Cannot send encrypted data, farewell was said") from None


def install() -> None:
    """Change aiortc in this process. May be called twice."""
    RTCDtlsTransport._write_ssl = _write_and_remember
    RTCDtlsTransport._do_handshake = _do_handshake
    RTCDtlsTransport._send_data = _send_data
