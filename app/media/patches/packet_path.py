"""The short way of media packets through aioice and aiortc: in and out without tasks, queues, and attempts to read them as STUN.

Handshakes, RTCP, data channels and everything unknown go aiortc's own way. Measured in decision 0013.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Sequence
from typing import Any

import aioice.ice
import pylibsrtp
from aiortc import clock
from aiortc.rtcdtlstransport import RTCDtlsTransport, State

from app.media import rtp
from app.media.patches.live_receiver import LiveReceiver

_original_data_received = aioice.ice.Connection.data_received
_original_datagram_received = aioice.ice.StunProtocol.datagram_received
_original_set_state = RTCDtlsTransport._set_state


def is_media(data: bytes) -> bool:
    """An RTP packet among everything that shares the port (RFC 7983, section 7; RFC 5761, section 4)."""
    return len(data) > 1 and 127 < data[0] < 192 and not 191 < data[1] < 224


def _datagram_received(self: aioice.ice.StunProtocol, data: bytes | str, addr: tuple[Any, ...]) -> None:
    take = getattr(self.receiver, "take_media", None)
    if take is not None and isinstance(data, bytes) and is_media(data):
        take(data)
    else:
        _original_datagram_received(self, data, addr)


def _data_received(self: aioice.ice.Connection, data: bytes, component: int) -> None:
    """aiortc ends the line over an empty datagram, and any host may send one."""
    if data:
        _original_data_received(self, data, component)


def _set_state(self: RTCDtlsTransport, state: State) -> None:
    """While the line is encrypted its datagrams come straight here."""
    self.transport._connection.take_media = functools.partial(_take_media, self) if state == State.CONNECTED else None
    _original_set_state(self, state)


def _take_media(self: RTCDtlsTransport, data: bytes) -> None:
    self._RTCDtlsTransport__rx_bytes += len(data)
    self._RTCDtlsTransport__rx_packets += 1
    try:
        plain = self._rx_srtp.unprotect(data)
    except pylibsrtp.Error:
        return
    packet = rtp.parse(plain)
    if packet is None:
        return
    receiver = self._rtp_router.ssrc_table.get(packet.ssrc)
    if isinstance(receiver, LiveReceiver):
        receiver.take(packet, time.monotonic())
    else:  # the first of a source that the description does not name
        receiver_finding = asyncio.ensure_future(self._handle_rtp_data(plain, clock.current_ms()))
        receiver_finding.add_done_callback(asyncio.Future.result)


def _send_media(self: RTCDtlsTransport, packets: Sequence[bytes]) -> None:
    """Encrypt and send all of them now. Raises ConnectionError."""
    pair = self.transport._connection._nominated.get(1)
    if self._state != State.CONNECTED or pair is None:
        raise ConnectionError("Cannot send media, not connected")
    protect, send, address = self._tx_srtp.protect, pair.protocol.transport.sendto, pair.remote_addr
    for packet in packets:
        data = protect(packet)
        send(data, address)
        self._RTCDtlsTransport__tx_bytes += len(data)
    self._RTCDtlsTransport__tx_packets += len(packets)


def install() -> None:
    """Change aioice and aiortc in this process. May be called twice."""
    aioice.ice.StunProtocol.datagram_received = _datagram_received
    aioice.ice.Connection.data_received = _data_received
    RTCDtlsTransport._set_state = _set_state
    RTCDtlsTransport.send_media = _send_media
