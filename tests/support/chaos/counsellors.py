"""A counsellor's program without its window: the real control link, the real commands, rooms that it publishes, offers that it answers."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.rooms import SeatKind, SeatState
from app.services.commands import Commands
from app.services.keys import WorkstationKey
from app.services.link import ControlLink, LinkTarget
from app.services.ports import LinkState
from app.services.tasks import Finished, Tasks
from app.wire.codes import Code
from app.wire.messages import Admit, Answer, Message, Offer, Reached, RoomCard, RoomState, SeatCard, SendBack


@dataclass
class Counsellor:
    """One program. `start` it on the loop."""

    key: WorkstationKey = field(default_factory=lambda: WorkstationKey(os.urandom(32)))
    rooms: dict[str, RoomState] = field(default_factory=dict)
    """As the program was told last."""
    back_at: float = 0.0
    """When the link last stood and had published; monotonic seconds."""
    lost_at: float = 0.0
    trouble: list[str] = field(default_factory=list)
    answer: Callable[[Offer], str | None] = lambda _: "v=0\r\n"
    """The description to answer with; None if somebody else does it."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _asked: dict[str, asyncio.Future[Finished]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self, target: LinkTarget, cards: list[RoomCard]) -> None:
        """Connect and stay connected."""
        self.tasks = Tasks(lambda name, error: self.trouble.append(f"{name}: {error!r}"))
        self.tasks.finished.subscribe(self._finished)
        self.link = ControlLink(self.key, self.tasks)
        self.commands = Commands(self.link, self.tasks)
        self.link.room_changed.subscribe(self._room_changed)
        self.link.signalled.subscribe(self._signalled)
        self.link.state_changed.subscribe(self._state_changed)
        self.link.publish(cards)
        self.link.aim(target)
        self.link.start()

    async def until_connected(self) -> None:
        """Returns when the link stands and everything was published."""
        while not self.connected:
            self._changed.clear()
            await self._changed.wait()

    @property
    def connected(self) -> bool:
        return self.link.state is LinkState.CONNECTED

    def client(self, room: str) -> SeatCard | None:
        """The client's seat of a room with one client, as it was told."""
        state = self.rooms.get(room)
        seats = [seat for seat in state.seats if seat.kind is SeatKind.CLIENT] if state else []
        return seats[0] if len(seats) == 1 else None

    async def admit(self, room: str, seat: str) -> Code | None:
        """Until the server has answered; gives the code of a no that stands."""
        return await self._carried_out(Admit(seq=1, room=room, seat=seat))

    async def send_back(self, room: str, seat: str) -> Code | None:
        return await self._carried_out(SendBack(seq=1, room=room, seat=seat))

    async def _carried_out(self, command: Message) -> Code | None:
        name, codes = f"command {next(self._numbers)}", list[Code]()
        finished = self._asked[name] = asyncio.get_running_loop().create_future()
        self.commands.start(name, command, codes.append)
        await finished
        return codes[0] if codes else None

    def _finished(self, finished: Finished) -> None:
        waiting = self._asked.pop(finished.name, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(finished)

    def _state_changed(self, state: LinkState) -> None:
        self._changed.set()
        if state is LinkState.CONNECTED:
            self.back_at = time.monotonic()
        elif state is LinkState.REFUSED:
            self.trouble.append("not accepted")
        else:
            self.lost_at = time.monotonic()

    def _room_changed(self, state: RoomState) -> None:
        self.rooms[state.room] = state
        for seat in state.seats:
            live = seat.kind is SeatKind.CLIENT and seat.state in (SeatState.WAITING, SeatState.ADMITTED)
            if live and seat.present and not seat.reached:
                self.link.send(Reached(seq=1, room=state.room, seat=seat.seat))

    def _signalled(self, message: object) -> None:
        if isinstance(message, Offer) and (sdp := self.answer(message)) is not None:
            self.link.send(Answer(seq=1, room=message.room, epoch=message.epoch, sdp=sdp, to=message.from_))
