"""What the list of checks needs beside the devices. Imports `app.domain` only."""

from __future__ import annotations

from typing import Protocol

from app.domain.check_rules import NetworkFigures, SystemFigures


class NetworkProbe(Protocol):
    """The way to the server that the program would use."""

    async def measure(self, *, brief: bool = False) -> NetworkFigures:
        """Everything; `brief` leaves out what takes long (bandwidth), for the short form before a session. Raises nothing."""
        ...


class SystemProbe(Protocol):
    """This machine."""

    async def measure(self) -> SystemFigures:
        """Raises nothing."""
        ...


class Presence(Protocol):
    """What is plugged in, without making a sound."""

    async def loudspeaker(self, device: str) -> bool:
        """Whether there is that loudspeaker or headset; empty asks for any. Raises nothing."""
        ...
