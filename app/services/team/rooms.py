"""Takes a colleague's room over at the agency's server, where both workstations work with the same one. No Qt, no SQL."""

from __future__ import annotations

import asyncio
import enum
from typing import Protocol

from app.domain.deputy import Place, Shared
from app.domain.secrets import hash_secret
from app.services.control_connection import CommandRefused, LinkLost
from app.services.link_port import Link
from app.services.ports import LinkState
from app.wire.codes import Code
from app.wire.messages import Revoke, TakeOver

PATIENCE_S = 10.0
"""So long a server that does not answer is waited for; the act goes on later by itself."""
TRY_AGAIN_S = 0.3


class Taken(enum.Enum):
    """What became of the room."""

    OURS = "ours"
    BUSY = "busy"
    """Somebody is in the conversation, or another deputy was faster."""
    GONE = "gone"
    """There is no such room for us: only a new one leads to the client."""
    NO_ANSWER = "no-answer"


class RoomTaker(Protocol):
    """Port: implementations are `LinkRooms` and `NoRooms`."""

    def can_take(self, seen: Shared) -> bool:
        """The room stands at the server that we work with, and that one knows how."""
        ...

    async def take(self, seen: Shared) -> Taken:
        """Make the room ours as it is. Repeating it does no harm."""
        ...

    async def close(self, seen: Shared) -> Taken:
        """The same, and its link is dead: the appointment was called off while nobody else can do that."""
        ...


class NoRooms:
    """Of a program with a server of its own: nobody else's room stands there."""

    def can_take(self, seen: Shared) -> bool:
        return False

    async def take(self, seen: Shared) -> Taken:
        return Taken.GONE

    async def close(self, seen: Shared) -> Taken:
        return Taken.GONE


class LinkRooms:
    """Over the control link."""

    def __init__(self, link: Link, place: Place) -> None:
        """`place` is where our own rooms stand."""
        self._link = link
        self._place = place

    def can_take(self, seen: Shared) -> bool:
        return seen.room is not None and seen.room.place.server == self._place.server and self._link.takes_over

    async def take(self, seen: Shared) -> Taken:
        if seen.room is None or seen.room.place.server != self._place.server:
            return Taken.GONE
        if self._link.state is LinkState.CONNECTED and not self._link.takes_over:
            return Taken.GONE
        access, holder = seen.room.access, seen.room.place.owner
        return await self._answer(TakeOver(seq=1, room=access.room, holder=holder, token_hash=hash_secret(access.token)))

    async def close(self, seen: Shared) -> Taken:
        taken = await self.take(seen)
        if taken is not Taken.OURS or seen.room is None:
            return taken
        return await self._answer(Revoke(seq=1, room=seen.room.access.room))

    async def _answer(self, command: TakeOver | Revoke) -> Taken:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._answered(command)
        except TimeoutError:
            return Taken.NO_ANSWER

    async def _answered(self, command: TakeOver | Revoke) -> Taken:
        while True:
            try:
                await self._link.command(command)
            except LinkLost:
                await asyncio.sleep(TRY_AGAIN_S)
            except CommandRefused as refusal:
                if refusal.code is not Code.NOT_READY:
                    return Taken.BUSY if refusal.code is Code.CONFLICT else Taken.GONE
                await asyncio.sleep(TRY_AGAIN_S)
            else:
                return Taken.OURS
