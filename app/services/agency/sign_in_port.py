"""What a window sees of a sign-in with the agency's account: one view after the other, and what a person can do. No Qt, no socket.

Implementation: `app.services.agency.sign_in.SignIn`; for window tests `app.services.fakes.sign_in.FakeSignIn`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from app.services.agency.ports import Trouble
from app.services.agency.settings import AgencyServer
from app.services.events import Event


class SignInFault(enum.Enum):
    """Why a sign-in came to nothing. Each has a sentence with a way out: `app.signin.fault.VALUE`."""

    NOT_OFFERED = "not-offered"
    """The agency's server knows no sign-in."""
    PROVIDER_AWAY = "provider-away"
    PROVIDER_CERTIFICATE = "provider-certificate"
    PROVIDER_UNCLEAR = "provider-unclear"
    """It answers otherwise than agreed: IT has to look."""
    NO_PORT = "no-port"
    """This computer gives no place for the browser's answer."""
    TOO_LATE = "too-late"
    """Nobody signed in within the time."""
    DECLINED = "declined"
    """The person, or the provider for them, said no."""
    TOO_WEAK = "too-weak"
    """The person proved who they are, but not as the agency demands (a second factor)."""
    NO_SITE = "no-site"
    """The account belongs to no site that the server knows."""
    OTHER_PERSON = "other-person"
    """Somebody else signed in at this workstation before."""
    NOT_ACCEPTED = "not-accepted"
    """The server does not take the token."""
    CODE_HOLDS = "code-holds"
    """The workstation is enrolled with a code of IT's, which needs no sign-in."""


class SignInFailed(Exception):
    """This attempt is over; a person may begin another."""

    def __init__(self, fault: SignInFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Step(enum.Enum):
    """Where a sign-in stands. Each has a sentence: `app.signin.step.VALUE`."""

    NONE = "none"
    ASKING = "asking"
    """Server and identity provider are asked how."""
    BROWSER = "browser"
    """The person signs in, in the browser."""
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def under_way(self) -> bool:
        return self in (Step.ASKING, Step.BROWSER, Step.CHECKING)


@dataclass(frozen=True, slots=True)
class SignInView:
    """What there is to say."""

    step: Step = Step.NONE
    address: str = ""
    """In `Step.BROWSER`: what the browser opens, for somebody whose browser did not. It holds no secret."""
    opened: bool = True
    """False when no browser could be opened."""
    failure: SignInFault | Trouble | None = None
    """In `Step.FAILED`; a Trouble where it was the agency's server."""
    server: AgencyServer | None = None
    """In `Step.DONE`."""
    until: int | None = None
    """In `Step.DONE`: so long it lasts, Unix seconds."""


class SignInPort(Protocol):
    """One sign-in after the other."""

    changed: Event[SignInView]

    @property
    def view(self) -> SignInView: ...

    def begin(self, address: str) -> None:
        """Sign in at the server of this address, as a person wrote it. What is under way ends. What comes of it is kept in the profile and
        holds from the next run of the services on; where the server is worked with already, at once."""
        ...

    def open_again(self) -> None:
        """The browser once more."""
        ...

    def cancel(self) -> None:
        """Nothing has happened then."""
        ...
