"""How long people talked: the time in which a session ran, whatever the wall clock does meanwhile. No I/O; imports the ports only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.services.clock import Clock
from app.services.ports import Session, SessionState

LONGEST_S = 90
"""From one taking to the next, a minute apart: what is more was a clock that was set."""


class _Talk:
    """One room's."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self.session = session
        self._clock = clock
        self._since: int | None = None
        self._talked_s = 0
        self.unsubscribe: Callable[[], None] = session.state_changed.subscribe(self._state)
        self._state(session.state)

    def take(self) -> int:
        """Seconds since the last taking."""
        self._count()
        taken, self._talked_s = self._talked_s, 0
        return taken

    def _state(self, state: SessionState) -> None:
        self._count()
        self._since = self._clock.unix() if state is SessionState.RUNNING else None

    def _count(self) -> None:
        if self._since is not None:
            now = self._clock.unix()
            self._talked_s += max(0, min(now - self._since, LONGEST_S))
            self._since = now


class TalkTime:
    """Of all rooms."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._talks: dict[str, _Talk] = {}

    def follow(self, room: str, session: Session | None) -> None:
        """From now on count this session's time. Without one nothing is counted; what was counted stays to be taken."""
        known = self._talks.get(room)
        if session is not None and (known is None or known.session is not session):
            if known is not None:
                known.unsubscribe()
            self._talks[room] = _Talk(session, self._clock)

    def take(self, room: str) -> int:
        """Seconds since the last taking."""
        talk = self._talks.get(room)
        return 0 if talk is None else talk.take()

    def take_all(self) -> Sequence[tuple[str, int]]:
        """The same for each room in which somebody talked."""
        return [(room, taken) for room, talk in self._talks.items() if (taken := talk.take())]
