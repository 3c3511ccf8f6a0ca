"""The URLs of ICE servers as places that can be asked, and whom we trust there. Imports `app.wire`."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field

import truststore
from aiortc.rtcicetransport import parse_stun_turn_uri

from app.wire.messages import IceServer


@dataclass(frozen=True, slots=True)
class Place:
    """One URL of an ICE server."""

    host: str
    port: int
    transport: str
    """`udp` or `tcp`."""
    secure: bool
    relays: bool
    username: str
    credential: str = field(repr=False)

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port


def places_of(server: IceServer) -> list[Place]:
    """What can be asked; a URL of another kind is passed over."""
    found: list[Place] = []
    for url in server.urls:
        try:
            parsed = parse_stun_turn_uri(url)
        except ValueError:
            continue
        transport, secure = parsed.get("transport", "udp"), parsed["scheme"] in ("stuns", "turns")
        relays = parsed["scheme"] in ("turn", "turns")
        if transport == "tcp" or not secure:  # aioice speaks no DTLS
            found.append(Place(parsed["host"], parsed["port"], transport, secure, relays, server.username, server.credential))
    return found


def relays_of(servers: Iterable[IceServer]) -> tuple[Place, ...]:
    """Those that pass packets on."""
    return tuple(place for server in servers for place in places_of(server) if place.relays)


def trust_of_the_system() -> ssl.SSLContext:
    """TLS 1.2 or newer, as the operating system trusts it, so that an agency's own authority counts (and `SSL_CERT_FILE`)."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
