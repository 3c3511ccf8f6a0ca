"""What every connection of the server shares: store, fan-out, clock, and the ways to tell others of a change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from app.domain.readiness import Readiness
from app.domain.rooms import SeatKind, SeatState
from app.server import envelopes
from app.server.code_door import CodeDoor
from app.server.lately import Lately
from app.server.meter import Meter
from app.server.ports import Clock, Fanout, Presence, RoomRow, RoomStore
from app.server.rate_limits import RateLimits
from app.server.survey.desk import SurveyDesk
from app.server.survey.sites import Desks
from app.server.survey.take_up import TakeUpDesk
from app.server.turn import Relays
from app.wire.messages import Message, ReadinessCard, RoomState, SeatCard

PRESENCE_TTL_S = 15.0
"""How long a sign of life lasts (PROTOCOL.md, section 2)."""
UNNUMBERED = 1
"""`seq` of a message before its connection numbers it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The server's parts as a connection needs them."""

    store: RoomStore
    fanout: Fanout
    clock: Clock
    limits: RateLimits
    codes: CodeDoor
    survey: Desks[SurveyDesk]
    take_up: Desks[TakeUpDesk]
    relays: Relays = field(default_factory=Relays)
    meter: Meter = field(default_factory=Meter)
    lately: Lately = field(default_factory=Lately)

    @property
    def now(self) -> int:
        """Unix seconds."""
        return int(self.clock())

    async def announce(self, row: RoomRow) -> None:
        """Tell the room's pages and its workstation to look at the row. Those in this process need not read it again."""
        self.lately.note(row)
        await self.say_changed(row.room, row.owner, row.revision)

    async def announce_to_owner(self, row: RoomRow) -> None:
        """Tell the room's workstation to look at the row."""
        await self.announce_to(row.owner, row)

    async def announce_to(self, owner: str, row: RoomRow) -> None:
        """Tell a workstation to look at the row, which may be its own no more."""
        self.fanout.publish(envelopes.owner_topic(owner), _changed(row.room, row.revision))

    async def announce_to_pages(self, row: RoomRow) -> None:
        """Tell the room's pages to look at the row."""
        self.fanout.publish(envelopes.room_topic(row.room), _changed(row.room, row.revision))

    async def say_changed(self, room: str, owner: str, revision: int) -> None:
        """The room has this revision now; 0 if nobody knows which."""
        envelope = _changed(room, revision)
        self.fanout.publish(envelopes.room_topic(room), envelope)
        self.fanout.publish(envelopes.owner_topic(owner), envelope)

    async def row(self, room: str, revision: int) -> RoomRow | None:
        """The room, of this revision or a later one; of 0: as it stands in the store."""
        return self.lately.known(room, revision) or await self.store.find(room)

    async def to_owner(self, row: RoomRow, message: Message) -> None:
        """Hand a message to the room's workstation."""
        self.fanout.publish(envelopes.owner_topic(row.owner), envelopes.relay(message))

    async def to_seat(self, seat: str, message: Message) -> None:
        """Hand a message to the page on this seat."""
        self.fanout.publish(envelopes.seat_topic(seat), envelopes.relay(message))

    async def link_present(self, owner: str) -> bool:
        """True while the owner's program is connected and has published its rooms."""
        return await self.fanout.is_present(Presence.LINK, owner)


def _changed(room: str, revision: int) -> bytes:
    return envelopes.pack(envelopes.Changed(room=room, revision=revision))


def taken_over_state(row: RoomRow) -> RoomState:
    """The row as it is told to whoever had it before: for them it is over, also for a program that knows nothing of deputies."""
    over = replace(row.counsellor, state=SeatState.ENDED)
    return msgspec.structs.replace(room_state(replace(row, seats=(over,), readiness=Readiness(), code_taken=False)), taken_over=True)


def room_state(row: RoomRow) -> RoomState:
    """The row as its workstation gets it."""
    seats = [
        SeatCard(
            seat=s.seat,
            kind=s.kind,
            state=s.state,
            present=s.kind is SeatKind.COUNSELLOR or s.away_since is None,
            reached=s.reached,
            since=s.since,
            language=s.language,
            epoch=s.epoch,
            knocked_at=s.knocked_at,
            notice=s.notice,
            by_code=s.by_code,
        )
        for s in row.seats
    ]
    return RoomState(
        seq=UNNUMBERED,
        room=row.room,
        revision=row.revision,
        seats=seats,
        readiness=ReadinessCard.of(row.readiness),
        code_taken=row.code_taken,
    )
