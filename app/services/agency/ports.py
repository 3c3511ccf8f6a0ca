"""What can hinder an enrolment at an agency's server, each with its sentence. No Qt, no socket."""

from __future__ import annotations

import enum

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
