"""A clock whose hands are turned by hand. Imports nothing of `app`."""

from __future__ import annotations

from collections.abc import Callable


class _Planned:
    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """Stands still until `advance`."""

    def __init__(self, start: int = 1_790_000_000) -> None:
        self._now = float(start)
        self._planned: list[_Planned] = []

    def unix(self) -> int:
        return int(self._now)

    def call_later(self, seconds: float, action: Callable[[], None]) -> _Planned:
        planned = _Planned(self._now + seconds, action)
        self._planned.append(planned)
        return planned

    def hand_over(self, action: Callable[[], None]) -> None:
        """At once: tests with this clock have one thread."""
        action()

    def advance(self, seconds: float) -> None:
        """Let time pass; what falls due on the way is called in its order, newly planned things included."""
        until = self._now + seconds
        while due := [p for p in self._planned if not p.cancelled and p.due <= until]:
            first = min(due, key=lambda p: p.due)
            self._planned.remove(first)
            self._now = max(self._now, first.due)
            first.action()
        self._planned = [p for p in self._planned if not p.cancelled]
        self._now = until
