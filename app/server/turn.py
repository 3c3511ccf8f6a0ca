"""Who gets which relay, and for how long: credentials that the relay itself can check and that nobody has to store.

The TURN REST scheme (draft-uberti-behave-turn-rest-00, section 2.2): the user name is the time at which it ends and an opaque id, the
password an HMAC-SHA1 over it with a secret that only this server and the relay know. Every replica with the secret gives out the same.
No I/O but reading the secret's file. Imports settings and the wire's records.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.server.meter import Meter
from app.server.settings import RelayOnly, Settings, SettingsError
from app.wire.messages import IceServer

SESSION_S = 3600
"""How long credentials of a conversation, or of a workstation, open new ways. A way that stands outlives them."""
RENEW_S = SESSION_S // 2
"""After that a connection that stands gets new ones, so that what anybody holds lasts for half an hour at least."""
CHECK_S = 300
"""For the client's check, days before and known by the look key alone. A connection without a seat lasts for a minute."""
SECRET_LENGTH = 32
"""At least; of characters."""
_TURN = ("turn:", "turns:")


class Relays:
    """The fixed servers of the settings, and the relay's own with fresh credentials."""

    def __init__(
        self,
        fixed: Sequence[IceServer] = (),
        urls: Sequence[str] = (),
        secret: bytes = b"",
        relay_only: Sequence[RelayOnly] = (RelayOnly.COUNSELLOR,),
        meter: Meter | None = None,
    ) -> None:
        self._fixed = tuple(fixed)
        self._urls = list(urls)
        self._secret = secret
        self._relay_only = frozenset(relay_only)
        self._meter = meter or Meter()

    @classmethod
    def of(cls, settings: Settings, meter: Meter | None = None) -> Relays:
        """Reads the secret's file, if there is one. Raises SettingsError."""
        secret = _secret(settings) if settings.turn_urls else b""
        return cls(settings.ice_servers, settings.turn_urls, secret, settings.relay_only, meter)

    def for_client(self, room: str, now: int) -> list[IceServer]:
        """For a seat that is admitted."""
        return self._servers("room", room, now + SESSION_S, RelayOnly.CLIENT in self._relay_only)

    def for_check(self, room: str, now: int) -> list[IceServer]:
        """For the client's check."""
        return self._servers("check", room, now + CHECK_S, RelayOnly.CLIENT in self._relay_only)

    def for_counsellor(self, owner: str, now: int) -> list[IceServer]:
        """For a workstation that has proved who it is."""
        return self._servers("workstation", owner, now + SESSION_S, RelayOnly.COUNSELLOR in self._relay_only)

    def lease(self) -> Lease:
        """For one connection."""
        return Lease(bool(self._urls))

    def _servers(self, kind: str, about: str, ends_at: int, relay_only: bool) -> list[IceServer]:
        servers = list(self._fixed)
        if self._urls:
            self._meter.relay_given(kind)
            username = f"{ends_at}:{self._opaque(kind, about)}"
            servers.append(IceServer(urls=self._urls, username=username, credential=password(self._secret, username)))
        if relay_only and any(url.startswith(_TURN) for server in servers for url in server.urls):
            return [msgspec.structs.replace(server, relay_only=True) for server in servers]
        return servers

    def _opaque(self, kind: str, about: str) -> str:
        """The same for the same room, so that the relay can count; without the secret nobody finds the room by it."""
        digest = hmac.digest(self._secret, f"videoberatung/relay/{kind}/1:{about}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


class Lease:
    """When a connection that was given credentials needs new ones."""

    def __init__(self, ends: bool) -> None:
        """`ends` is false where nothing that is given out ever ends."""
        self._ends = ends
        self._renew_at: int | None = None

    def begin(self, now: int) -> None:
        """Fresh ones were given out."""
        self._renew_at = now + RENEW_S

    def due(self, now: int) -> bool:
        return self._ends and self._renew_at is not None and now >= self._renew_at


def password(secret: bytes, username: str) -> str:
    """What the relay expects for this user name. SHA-1 is the scheme's; as HMAC it is sound (RFC 6194, section 3.3)."""
    return base64.b64encode(hmac.digest(secret, username.encode(), hashlib.sha1)).decode()


def _secret(settings: Settings) -> bytes:
    """Raises SettingsError."""
    if settings.turn_secret_file is None:
        return _long_enough("turn_secret", (settings.turn_secret or "").encode())
    file = Path(settings.turn_secret_file)
    try:
        if os.name == "posix" and file.stat().st_mode & 0o007:
            raise SettingsError("turn_secret_file: everybody on this machine can read it (chmod o= FILE)")
        return _long_enough("turn_secret_file", file.read_bytes().strip())
    except OSError as error:
        raise SettingsError(f"turn_secret_file: {type(error).__name__}") from None


def _long_enough(name: str, secret: bytes) -> bytes:
    if len(secret) < SECRET_LENGTH:
        raise SettingsError(f"{name}: at least {SECRET_LENGTH} characters (openssl rand -hex 32)")
    return secret
