"""The UDP ports that an agency's firewall keeps open for picture and sound, written as `49152-49407`. Pure; imports nothing of `app`."""

from __future__ import annotations

import re
from dataclasses import dataclass

FEWEST = 64
"""A conversation takes one port for each address of the computer, twice while it finds a new way; and a port stays taken for a moment."""
LOWEST, HIGHEST = 1024, 65535
"""Below are those that only the system may open."""


@dataclass(frozen=True, slots=True)
class UdpPorts:
    """From the first to the last one, both included."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> UdpPorts:
        """Raises ValueError for what is no range, too small a one, or not between LOWEST and HIGHEST."""
        found = re.fullmatch(r"([0-9]{4,5})-([0-9]{4,5})", text)
        ports = cls(int(found[1]), int(found[2])) if found else None
        if ports is None or not LOWEST <= ports.first <= ports.last <= HIGHEST or len(ports) < FEWEST:
            raise ValueError(text)
        return ports

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, port: object) -> bool:
        return isinstance(port, int) and self.first <= port <= self.last
