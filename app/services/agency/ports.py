"""What the windows of the agency's server see: records, troubles with their sentences, and one protocol. No Qt, no socket.

Implementations: `app.services.agency.door.LiveAgencyDoor`; for window tests `app.services.fakes.agency.FakeAgencyDoor`.
"""

from __future__ import annotations

import enum
from typing import Protocol

from app.services.agency.choice import AgencyChoice
from app.services.agency.settings import AgencyServer
from app.services.events import Event
from app.services.server_port import Server
from app.services.tasks import Refusal


class Trouble(enum.Enum):
    """Why a workstation was not enrolled. Each has a sentence with a way out: `app.agency.trouble.VALUE`."""

    ADDRESS = "address"
    """What was written is no address of a server."""
    CODE_EMPTY = "code-empty"
    CODE_OTHER = "code-other"
    """The text is something else."""
    CODE_VERSION = "code-version"
    """It is one of a later version of the program."""
    CODE_LENGTH = "code-length"
    CODE_GROUP = "code-group"
    """One group is mistyped; `values` says which."""
    CODE_UNKNOWN = "code-unknown"
    CODE_USED = "code-used"
    CODE_EXPIRED = "code-expired"
    AWAY = "away"
    """Nobody answers at that address."""
    NO_SERVER = "no-server"
    """Somebody answers, but not as our server does."""
    PROXY = "proxy"
    """The network's proxy does not let us through."""
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    OTHER_SERVER = "other-server"
    """The server is not the one that the code was made for."""
    TOO_MANY = "too-many"
    """Too many attempts from here; later again."""
    OLD_SERVER = "old-server"
    """It cannot enrol anybody yet."""
    REFUSED = "refused"
    """It does not take this workstation in."""
    REVOKED_KEY = "revoked-key"
    """The key of this workstation was revoked and never counts again; another one is needed."""
    NO_KEYRING = "no-keyring"
    """The key of the workstation would be lost with the program's end."""
    NOT_KEPT = "not-kept"
    """The settings cannot be written."""

    @property
    def of_code(self) -> bool:
        """What is typed into the field of the code is to blame."""
        return self.value.startswith("code-")


class NotEnrolled(Refusal):
    """With a sentence for the person. Says nothing of the code."""

    def __init__(self, trouble: Trouble, **values: object) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.values = values


class AgencyDoor(Protocol):
    """Between this workstation and the agency's server."""

    moved: Event[AgencyServer]
    """The server says something else of this workstation's place than before. Kept; it holds from the next run of the services on."""

    ends_soon: Event[int]
    """A sign-in at the server that is worked with ends at that time, Unix seconds; said a quarter of an hour before."""

    @property
    def choice(self) -> AgencyChoice:
        """As it was at the start."""
        ...

    @property
    def current(self) -> AgencyServer | None:
        """Where it is enrolled; the newest, also where the program still works as it did at its start."""
        ...

    @property
    def at_work(self) -> AgencyServer | None:
        """With which the program works since its start; None with its own."""
        ...

    @property
    def address(self) -> str:
        """As a person reads it: that of the policy, or the one known; empty where there is none."""
        ...

    @property
    def locked(self) -> bool:
        """A policy prescribes the address: nobody changes it here, and nobody leaves."""
        ...

    @property
    def server(self) -> Server:
        """That the program works with."""
        ...

    async def connect(self, address: str, code: str) -> AgencyServer:
        """Enrol with a one-time code; kept in the profile when it comes back. It holds from the next run of the services on. Raises
        NotEnrolled; then nothing has changed."""
        ...

    async def leave(self) -> None:
        """Forget the agency's server; the program's own is worked with from the next run of the services on. Raises NotEnrolled for
        settings that cannot be written."""
        ...
