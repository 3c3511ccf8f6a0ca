"""Policies that contradict each other: each could hold, but not beside the other, or not without it. For IT; the program starts anyway.

Imports nothing but a name of a policy. The sentences of the two kinds are in the catalogue, `app.policies.idle` and `app.policies.lacks`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from app.services.agency.address import SERVER_URL


class Conflict(Enum):
    """What is wrong with two policies."""

    IDLE = "idle"
    """The first has no effect beside the second."""
    LACKS = "lacks"
    """The first has no effect, or stops the server, without the second."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One pair."""

    kind: Conflict
    name: str
    other: str


IDLE_BESIDE = {
    SERVER_URL: ("public_url", "bind_host", "trusted_proxies", "turn_urls", "turn_secret_file", "relay_only", "site", "label"),
}
"""What is said to the program's own server, or said by the agency's."""
NEEDS = {"turn_urls": "turn_secret_file", "turn_secret_file": "turn_urls"}
"""A relay needs its secret, and a secret its relay: one alone keeps the program's own server from starting, or does nothing."""


def contradictions(holding: Collection[str]) -> list[Contradiction]:
    """Of the policies that could hold, by name; in a fixed order."""
    found = []
    for other, names in IDLE_BESIDE.items():
        if other in holding:
            found += [Contradiction(Conflict.IDLE, name, other) for name in names if name in holding]
    idle = {one.name for one in found}
    lacking = [(name, other) for name, other in NEEDS.items() if name in holding and name not in idle and other not in holding]
    return found + [Contradiction(Conflict.LACKS, name, other) for name, other in lacking]
