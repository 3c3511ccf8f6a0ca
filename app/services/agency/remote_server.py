"""The agency's server, as the composition and the window see the program's own one: reached or not, and why not. No Qt, no socket.

There is nothing to start here: the link finds the way. This object aims it, and says in time what a person has to know.
"""

from __future__ import annotations

from typing import Protocol

from app.services.agency.settings import AgencyServer, Way
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.link_port import LinkTarget, LinkTrouble
from app.services.ports import LinkState
from app.services.server_port import ServerState

AWAY_AFTER_S = 20.0
"""What comes back before that is not worth a sentence: a server of several that is renewed, a network cable."""
NOT_ENROLLED = "not-enrolled"
REVOKED = "revoked"
SIGN_IN_OVER = "sign-in-over"
NEEDS_ENROLMENT = frozenset({NOT_ENROLLED, REVOKED, SIGN_IN_OVER})
"""Problems after which only an enrolment helps."""
_AT_ONCE = frozenset({LinkTrouble.CERTIFICATE, LinkTrouble.CLOCK})
"""Waiting does not help."""


class AimedLink(Protocol):
    """What is needed of `app.services.link.ControlLink`."""

    state_changed: Event[LinkState]
    trouble_changed: Event[LinkTrouble | None]

    @property
    def state(self) -> LinkState: ...

    @property
    def trouble(self) -> LinkTrouble | None: ...

    def aim(self, target: LinkTarget) -> None: ...

    def stay_away(self) -> None: ...


class RemoteServer:
    """A `Server` (see `app.services.server_port`) that runs elsewhere."""

    def __init__(self, agency: AgencyServer | None, link: AimedLink, clock: Clock) -> None:
        """`agency` is None where a policy names a server at which this workstation is not enrolled yet."""
        self.changed: Event[ServerState] = Event()
        self._agency = agency
        self._link = link
        self._clock = clock
        self._state = ServerState.STARTING
        self._problem: str | None = None
        self._patience: Cancellable | None = None
        self._unsubscribe = [
            link.state_changed.subscribe(lambda _state: self._look()),
            link.trouble_changed.subscribe(lambda _trouble: self._look()),
        ]

    @property
    def state(self) -> ServerState:
        return self._state

    @property
    def problem(self) -> str | None:
        return self._problem

    @property
    def pid(self) -> int | None:
        return None

    def start(self) -> None:
        """Aim the link."""
        if self._agency is None:
            self._go(ServerState.FAILING, NOT_ENROLLED)
            self._link.stay_away()
            return
        self._wait()
        self._link.aim(LinkTarget(self._agency.url, self._agency.server_key))

    async def close(self) -> None:
        """Look no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._stop_waiting()
        self._go(ServerState.STOPPED, None)

    def _look(self) -> None:
        trouble = self._link.trouble
        if self._agency is None:
            return
        if self._link.state is LinkState.CONNECTED:
            self._stop_waiting()
            self._go(ServerState.READY, None)
        elif self._link.state is LinkState.REFUSED or trouble in _AT_ONCE:
            self._stop_waiting()
            self._go(ServerState.FAILING, self._code(trouble))
        elif self._state is ServerState.READY:
            self._go(ServerState.RESTARTING, None)
            self._wait()
        elif self._state is ServerState.FAILING and self._link.state is LinkState.LOST and trouble is not None:
            self._go(ServerState.FAILING, self._code(trouble))

    def _code(self, trouble: LinkTrouble | None) -> str:
        if trouble is LinkTrouble.NOT_ACCEPTED and self._agency is not None:
            return SIGN_IN_OVER if self._agency.way is Way.SIGN_IN else REVOKED
        return (trouble or LinkTrouble.AWAY).value

    def _wait(self) -> None:
        self._stop_waiting()
        self._patience = self._clock.call_later(AWAY_AFTER_S, self._out_of_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _out_of_patience(self) -> None:
        self._patience = None
        self._go(ServerState.FAILING, self._code(self._link.trouble))

    def _go(self, state: ServerState, problem: str | None) -> None:
        if (state, problem) != (self._state, self._problem) and self._state is not ServerState.STOPPED:
            self._state, self._problem = state, problem
            self.changed.announce(state)
