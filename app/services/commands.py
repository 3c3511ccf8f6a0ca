"""Commands to the server, carried out in the background and again until it has answered for good. Imports the link's port only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.services.link import CommandRefused, Link, LinkLost
from app.services.tasks import Tasks
from app.wire.codes import Code
from app.wire.messages import Message

TRY_AGAIN_S = 0.3
"""Before a command whose answer was lost, or for which the server is not ready, goes out again."""
LAST_COMMANDS_S = 2.0
"""So long closing waits for commands under way."""


class Commands:
    """Every command is compare-and-set, so a second time does no harm."""

    def __init__(self, link: Link, tasks: Tasks) -> None:
        self._link = link
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, command: Message, refused: Callable[[Code], None]) -> None:
        """`refused` hears if the server says no."""
        task = self._tasks.start(name, self._carry_out(command, refused))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Give those under way a moment."""
        if self._running:
            await asyncio.wait(self._running, timeout=LAST_COMMANDS_S)

    async def _carry_out(self, command: Message, refused: Callable[[Code], None]) -> None:
        try:
            await self._tried_until_answered(command)
        except CommandRefused as refusal:
            refused(refusal.code)
            raise

    async def _tried_until_answered(self, command: Message) -> None:
        """Raises CommandRefused for a no that stands; a server without its database says it for the moment only."""
        lost_before = False
        while True:
            try:
                return await self._link.command(command)
            except LinkLost:
                pass
            except CommandRefused as refusal:
                if lost_before and refusal.code is Code.CONFLICT:
                    return None  # the first time was carried out, only its answer was lost
                if refusal.code is not Code.NOT_READY:
                    raise
            lost_before = True
            await asyncio.sleep(TRY_AGAIN_S)
