"""Where a session stands, derived from what is known of the seat and of the line. Imports `app.domain` and the ports only."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.rooms import SeatState
from app.media.ports import CallState
from app.services.ports import SessionState


@dataclass(slots=True)
class Standing:
    """Everything that `SessionState` depends on. Signalling may be gone while media flow: then the media decide."""

    seat_state: SeatState = SeatState.WAITING
    """As the server last said; a session begins with the admission under way."""
    present: bool = True
    """The browser is connected to the server, as far as we know."""
    newest_epoch: int = 0
    """Of the offers taken; 0 before the first."""
    flowing: int = 0
    """The epoch in which packets arrive, 0 for none. The one before ends when a new one is connected."""
    once_connected: bool = False
    ending: bool = False
    over: bool = False

    @property
    def reachable(self) -> bool:
        """The browser can be asked for an offer."""
        return self.present and self.seat_state is SeatState.ADMITTED

    def heard(self, epoch: int, state: CallState) -> None:
        """The call told the state of one of its epochs."""
        if state is CallState.CONNECTED:
            self.flowing = max(self.flowing, epoch)
            self.once_connected = True
        elif state in (CallState.STALLED, CallState.CLOSED) and epoch >= self.flowing:
            self.flowing = 0

    def new_browser(self) -> None:
        """Another device took over: its epochs begin anew."""
        self.seat_state, self.present = SeatState.WAITING, True
        self.newest_epoch = 0
        self.flowing = 0
        self.once_connected = False

    def state(self) -> SessionState:
        """The one word for it."""
        if self.over or self.ending:
            return SessionState.OVER if self.over else SessionState.ENDING
        if self.seat_state is SeatState.LEFT or not (self.flowing or self.present):
            return SessionState.CLIENT_AWAY
        if self.flowing:
            return SessionState.RUNNING
        if self.once_connected:
            return SessionState.RECOVERING
        return SessionState.CONNECTING if self.newest_epoch else SessionState.WAITING_FOR_CLIENT
