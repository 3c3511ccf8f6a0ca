"""The address of an agency's server: what a person or a policy writes, and what the program connects to.

Imports the standard library only.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PATH = "/ws/control"
SERVER_URL = "server_url"
"""Name of the policy that prescribes the address."""
SERVER_KEY = "server_key"
"""Name of the policy that prescribes the server's public key."""
_SCHEMES = {"https": "wss", "wss": "wss", "http": "ws", "ws": "ws"}


class AddressError(ValueError):
    """No address of a server."""


def control_url(written: str) -> str:
    """`video.agency.example`, `https://video.agency.example/` or the whole `wss://…/ws/control` → `wss://video.agency.example/ws/control`.

    Without TLS only this very machine is reached (an installation to try things out). Raises AddressError.
    """
    text = written.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressError from None
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not _is_host(host) or parts.username is not None or parts.query or parts.fragment:
        raise AddressError
    if parts.path.rstrip("/") not in ("", PATH) or (scheme == "ws" and not _is_here(host)):
        raise AddressError
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}{'' if port is None or port == _usual(scheme) else f':{port}'}{PATH}"


def is_address(written: str) -> bool:
    """Whether `control_url` understands it."""
    try:
        control_url(written)
    except AddressError:
        return False
    return True


def origin(url: str) -> str:
    """Of a control link's address, as a browser writes it: what links start with where the server says nothing else."""
    parts = urlsplit(url)
    return f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"


def _usual(scheme: str) -> int:
    return 443 if scheme == "wss" else 80


def _is_host(host: str) -> bool:
    return bool(host) and not any(letter.isspace() or letter in '\\<>"%' for letter in host)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
