"""One-to-many announcements without Qt. A view model turns them into Qt signals. Imports nothing of `app`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Event(Generic[T]):
    """Announces values to its listeners, in the order of their subscription, on the announcer's thread (the Qt thread in the program)."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def subscribe(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call `listener` with each value from now on; the returned function ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def announce(self, value: T) -> None:
        """Tell everybody. A listener's exception is ours to mend and is not caught."""
        for listener in tuple(self._listeners):
            listener(value)
