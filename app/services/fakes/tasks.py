"""Background work that is done at once, for windows without an asyncio loop. Imports `app.services.tasks` only."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from app.services.tasks import Tasks


class TasksAtOnce(Tasks):
    """Carries each piece of work through to its end before `start` comes back. Only for work that waits for nothing: that over fakes."""

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> Any:
        """Raises what the work raises, and RuntimeError if it does wait."""
        try:
            work.send(None)
        except StopIteration:
            return None
        work.close()
        raise RuntimeError(f"{name} waits for something")
