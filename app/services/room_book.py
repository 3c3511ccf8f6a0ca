"""The counsellor's rooms of today: made, found, kept beyond the program's end. No I/O of its own, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from app.services.ports import RoomEntry, RoomOffer
from app.services.profile import Settings
from app.services.room_record import RoomRecord
from app.services.rooms_kept import KeptRoom, RoomsKept
from app.wire.messages import RoomCard


class RoomBook:
    """Holds the records; only the desk changes them."""

    def __init__(self, settings: Settings, kept: RoomsKept) -> None:
        self.settings = settings
        self._kept = kept
        self._offered: set[str] = set()
        """Rooms of the last offer."""
        self._records = {room.card.room: _found_again(room, settings) for room in kept.load()}

    def __iter__(self) -> Iterator[RoomRecord]:
        return iter(self._records.values())

    def entries(self, now: int) -> Sequence[RoomEntry]:
        """As the window sees them, by start time."""
        return sorted((record.entry for record in self if record.is_of_today(now)), key=lambda entry: entry.starts_at)

    @property
    def interrupted(self) -> bool:
        """A conversation ran when the program ended without a goodbye."""
        return any(record.left_behind is not None for record in self)

    def create_now(self, title: str, language: str, minutes: int, now: int, save_data: bool = False) -> RoomRecord:
        """A new room whose waiting room is open."""
        record = RoomRecord.starting_now(self.settings, title, language, minutes, now, save_data)
        self._records[record.card.room] = record
        return record

    def offer(self, offers: Sequence[RoomOffer], now: int) -> Sequence[RoomRecord]:
        """These are all rooms of the appointment book; gives those that are no longer among them, and forgets them."""
        wanted = [RoomRecord.of_offer(self.settings, offer) for offer in offers if offer.closes_at > now]
        rooms = {record.card.room for record in wanted}
        gone = [record for record in self if record.offered and not record.over and record.card.room not in rooms]
        for record in gone:
            del self._records[record.card.room]
        for record in wanted:
            self._take_in(record)
        self._offered = rooms
        return gone

    def _take_in(self, record: RoomRecord) -> None:
        """What was handed over and is offered again was taken back."""
        room = record.card.room
        known = self._records.get(room)
        if known is None or (known.handed and room not in self._offered):
            self._records[room] = record
        elif not known.over:
            known.follow(record)

    def find(self, room: str) -> RoomRecord | None:
        """The room with this id."""
        return self._records.get(room)

    def at(self, room: str, seat: str | None = None) -> RoomRecord:
        """The same for a room, and a client seat in it, that must be there. Raises LookupError."""
        record = self._records.get(room)
        if record is None or (seat is not None and record.seat(seat) is None):
            raise LookupError("no such room or seat")
        return record

    def cards(self, now: int) -> list[RoomCard]:
        """What the server is to know of."""
        return [r.card for r in self if not r.over_at_server and r.card.closes_at > now]

    def stay_open(self, now: int) -> bool:
        """Give rooms in which somebody talks more time where it runs short. True if there were any."""
        return bool([record for record in self if record.stay_open(now)])

    def let_go(self, now: int) -> bool:
        """Forget rooms whose time is over and in which nobody talks. True if there were any."""
        past = [r.card.room for r in self if r.session is None and r.card.closes_at <= now]
        for room in past:
            del self._records[room]
        return bool(past)

    def another_runs(self, record: RoomRecord) -> bool:
        """The conversation of another room is not over."""
        return any(other.session is not None for other in self if other is not record)

    def forget_left_behind(self) -> None:
        """A conversation goes on or begins; nothing else waits to be resumed."""
        for record in self:
            record.left_behind = None

    def keep(self, now: int) -> None:
        """Let the rooms that are not over, and the conversation that runs, outlive the program; the appointment book has its own."""
        open_ = [r for r in self if not r.over and r.card.closes_at > now and (not r.offered or r.session_seat or r.left_behind)]
        self._kept.save([_to_keep(record) for record in open_])


def _to_keep(record: RoomRecord) -> KeptRoom:
    ran = record.session_seat or record.left_behind
    return KeptRoom(card=record.card, title=record.title, link=record.link, offered=record.offered, ran=ran)


def _found_again(room: KeptRoom, settings: Settings) -> RoomRecord:
    """At the server of this run, which may be another one than that of the run before: links lead there, and the card says whose it is."""
    card = replace(room.card, site=settings.site, label=settings.label, phone=settings.phone)
    link = f"{settings.link_base}/r#{room.link.partition('/r#')[2]}"
    return RoomRecord(card, room.title, link, offered=room.offered, left_behind=room.ran)
