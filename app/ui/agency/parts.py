"""What the windows of the agency's server need from the program, and how that server stands, in words.

Imports the ports of `app.services` and `app.ui` only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.services.agency.ports import AgencyDoor, NotEnrolled
from app.services.agency.sign_in_port import SignInPort
from app.services.server_port import Server, ServerState
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.messages import Messages
from app.ui.server_notice import server_sentence
from app.ui.theme import Theme

_SIGNS = {ServerState.READY: Sign.GOOD, ServerState.FAILING: Sign.BAD, ServerState.RESTARTING: Sign.WEAK}


@dataclass(frozen=True, slots=True)
class AgencyPlan:
    """Given by the composition root."""

    door: AgencyDoor
    links_given: Callable[[], bool]
    """Whether links of the server that is worked with lead outside, so that some may have been sent."""
    talking: Callable[[], bool]
    """A conversation runs: the program cannot change over now."""
    sign_in: SignInPort
    """With the agency's account."""


@dataclass(frozen=True, slots=True)
class AgencyParts:
    """The same, with what every window needs."""

    plan: AgencyPlan
    tasks: Tasks
    messages: Messages
    texts: Texts
    theme: Theme

    @property
    def door(self) -> AgencyDoor:
        return self.plan.door


def how_it_stands(server: Server, texts: Texts) -> Told:
    """In words, with a sign."""
    state = server.state
    if state is ServerState.FAILING:
        return Told(Sign.BAD, texts(server_sentence(server.problem)))
    shown = state if state in (ServerState.READY, ServerState.RESTARTING) else ServerState.STARTING
    return Told(_SIGNS.get(state, Sign.ON_THE_WAY), texts(f"app.agency.status.{shown.value}"))


def why_not(error: NotEnrolled, texts: Texts) -> str:
    """The sentence with its way out."""
    return texts(f"app.agency.trouble.{error.trouble.value}", **error.values)
