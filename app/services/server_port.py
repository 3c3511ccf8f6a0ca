"""Port: the server that the program works with, its own or the agency's, as the window and the composition see it. Records only."""

from __future__ import annotations

import enum
from typing import Protocol

from app.services.events import Event


class ServerState(enum.Enum):
    """As the window shows it."""

    STARTING = "starting"
    """Our own one starts; the agency's is not reached yet."""
    READY = "ready"
    RESTARTING = "restarting"
    """It died, or is not reached any more; it is back in a moment."""
    FAILING = "failing"
    """It cannot start, or is not reached for a while, or refuses us; goes on trying. `Server.problem` says why, a person should look."""
    STOPPED = "stopped"


class Server(Protocol):
    """Implementations: `EmbeddedServer` and `app.services.agency.remote_server.RemoteServer`. Events come on the loop."""

    changed: Event[ServerState]
    """Also when it fails for another reason than before."""

    @property
    def state(self) -> ServerState: ...

    @property
    def problem(self) -> str | None:
        """A stable code that says why it is failing, or None."""
        ...

    @property
    def pid(self) -> int | None:
        """Of the process on this machine, where one runs here."""
        ...

    def start(self) -> None:
        """From now on; comes back at once."""
        ...

    async def close(self) -> None:
        """Comes back when nothing of it runs here any more."""
        ...
