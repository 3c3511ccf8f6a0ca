"""One mail address as an agency writes to it (RFC 5321), its domain as it travels. Pure, no I/O; imports nothing of `app`."""

from __future__ import annotations

import re

MAX_OCTETS, MAX_LOCAL_OCTETS = 254, 64
"""RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 (a path of 256 has two angle brackets)."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""Dot-string (RFC 5321, section 4.1.2); quoted strings belong to nobody whom an agency writes to."""
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class AddressError(ValueError):
    """It is no address. For whoever asked: they have a sentence of their own for it."""


def travelling(text: str) -> str:
    """The address with its domain in ASCII (RFC 5891). Raises AddressError, also for letters before the `@` that need SMTPUTF8."""
    local, _, domain = text.strip().rpartition("@")
    ascii_domain = domain if domain.isascii() else _in_ascii(domain)
    labels = ascii_domain.split(".")
    holds = _LOCAL.fullmatch(local) and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not holds or len(local) > MAX_LOCAL_OCTETS or len(local) + 1 + len(ascii_domain) > MAX_OCTETS:
        raise AddressError
    return f"{local}@{ascii_domain}"


def domain_of(address: str) -> str:
    """What stands behind the `@`."""
    return address.rpartition("@")[2]


def _in_ascii(domain: str) -> str:
    """Raises AddressError."""
    import idna  # its tables are large, and most domains have no need of them

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise AddressError from None
