"""One appointment as the desk keeps it: its card for the server, its link, the seats as the server last told them. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import hash_code, hash_secret, look_key, new_id, new_token
from app.services.local_time import midnight_after
from app.services.ports import OPEN_AFTER_S, Arrival, RoomEntry, RoomOffer, SeatEntry
from app.services.profile import Settings
from app.services.session import LiveSession
from app.wire.messages import RoomCard, SeatCard

SOON_S, LONGER_S = 30 * 60, 3600
"""A room in which somebody talks stays open by the second when it would close within the first."""


@dataclass(slots=True)
class RoomRecord:
    """Mutable; only the desk touches it."""

    card: RoomCard
    title: str = field(repr=False)
    link: str = field(repr=False)
    seats: Sequence[SeatCard] = ()
    told: set[str] = field(default_factory=set)
    """Seats whose arrival was told."""
    knocks: dict[str, int] = field(default_factory=dict)
    """The last knock of each seat of which is known."""
    offered: bool = False
    """By the appointment book."""
    over: bool = False
    """For the counsellor; the server may not know yet."""
    handed: bool = False
    """To a deputy, who has it at the server or will in a moment."""
    over_at_server: bool = False
    """It need not be published any more."""
    session: LiveSession | None = None
    session_seat: str | None = None
    left_behind: str | None = None
    """The client's seat of the conversation that ran when the program was killed, until one goes on."""

    @classmethod
    def starting_now(cls, settings: Settings, title: str, language: str, minutes: int, now: int, save_data: bool = False) -> RoomRecord:
        """A new room whose waiting room is open. The token is in the link only; the server gets hashes."""
        token = new_token()
        card = RoomCard(
            room=new_id(),
            site=settings.site,
            label=settings.label,
            phone=settings.phone,
            token_hash=hash_secret(token),
            look_hash=hash_secret(look_key(token)),
            starts_at=now,
            minutes=minutes,
            opens_at=now,
            closes_at=now + minutes * 60 + OPEN_AFTER_S,
            language=language,
            save_data=save_data,
        )
        return cls(card, title, f"{settings.link_base}/r#{token}")

    @classmethod
    def of_offer(cls, settings: Settings, offer: RoomOffer) -> RoomRecord:
        """A room of the appointment book."""
        card = RoomCard(
            room=offer.room,
            site=settings.site,
            label=settings.label,
            phone=settings.phone,
            token_hash=hash_secret(offer.token),
            look_hash=hash_secret(look_key(offer.token)),
            starts_at=offer.starts_at,
            minutes=offer.minutes,
            opens_at=offer.opens_at,
            closes_at=offer.closes_at,
            language=offer.language,
            save_data=offer.save_data,
            code_hash=hash_code(offer.code) if offer.code else None,
        )
        return cls(card, offer.title, f"{settings.link_base}/r#{offer.token}", offered=True)

    def follow(self, newer: RoomRecord) -> None:
        """The appointment was changed; who sits here stays, and a conversation keeps the time that it was given."""
        closes_at = newer.card.closes_at if self.session is None else max(self.card.closes_at, newer.card.closes_at)
        self.card, self.title, self.link = replace(newer.card, closes_at=closes_at), newer.title, newer.link

    def is_of_today(self, now: int) -> bool:
        """It stands in the counsellor's list: an offered room from the first minute of its day on, or as soon as somebody sits there."""
        if self.handed:
            return False
        return not self.offered or self.card.starts_at < midnight_after(now) or any(self._is_shown(seat) for seat in self.seats)

    def take(self, seats: Sequence[SeatCard]) -> None:
        """The server's newest list of seats. The counsellor's own seat is over when the room is."""
        self.seats = [seat for seat in seats if seat.kind is SeatKind.CLIENT]
        if any(seat.kind is SeatKind.COUNSELLOR and seat.state.is_over for seat in seats):
            self.over = self.over_at_server = True

    def stay_open(self, now: int) -> bool:
        """While a session runs the server is not to close the room. True if the card has a later time now."""
        if self.session is None or self.card.closes_at - now >= SOON_S:
            return False
        self.card = replace(self.card, closes_at=max(self.card.closes_at, now) + LONGER_S)
        return True

    def set_state(self, seat: str, state: SeatState) -> None:
        """What the server will say in a moment."""
        self.seats = [replace(s, state=state) if s.seat == seat else s for s in self.seats]

    def seat(self, seat: str | None) -> SeatCard | None:
        """The client seat with this id."""
        return next((s for s in self.seats if s.seat == seat), None)

    def new_arrivals(self) -> list[Arrival]:
        """Who waits since the last call, and who knocked again."""
        news = []
        for seat in self.seats:
            waits = seat.present and seat.state is SeatState.WAITING and not self.over
            knocked = seat.knocked_at > self.knocks.get(seat.seat, 0)
            self.knocks[seat.seat] = seat.knocked_at
            if waits and (knocked or seat.seat not in self.told):
                news.append(Arrival(self.card.room, seat.seat, again=seat.seat in self.told))
                self.told.add(seat.seat)
        return news

    @property
    def can_be_resumed(self) -> bool:
        """The seat that was left behind still stands in the conversation, as the server says."""
        seat = self.seat(self.left_behind)
        return seat is not None and not self.over and seat.state in (SeatState.ADMITTED, SeatState.LEFT)

    @property
    def admitted_seat(self) -> SeatCard | None:
        """The client seat in the conversation, as the server says."""
        return next((s for s in self.seats if s.state is SeatState.ADMITTED), None)

    @property
    def entry(self) -> RoomEntry:
        """As the window sees it."""
        shown = sorted((s for s in self.seats if self._is_shown(s)), key=lambda s: s.since)
        there = [s.seat for s in shown if s.present or s.state is not SeatState.WAITING]
        seats = tuple(self._seat_entry(s, other_device=any(other != s.seat for other in there)) for s in shown)
        card = self.card
        return RoomEntry(card.room, self.title, card.starts_at, card.minutes, card.language, self.link, seats, self.over, card.save_data)

    def _is_shown(self, seat: SeatCard) -> bool:
        """Who left the waiting room is gone; who left the conversation is away for a while."""
        left_waiting = seat.state is SeatState.LEFT and seat.seat not in (self.session_seat, self.left_behind)
        return not (self.over or seat.state.is_over or left_waiting)

    def _seat_entry(self, seat: SeatCard, other_device: bool) -> SeatEntry:
        return SeatEntry(
            seat.seat,
            seat.state,
            seat.present,
            seat.since,
            seat.language,
            other_device,
            knocked_at=seat.knocked_at,
            notice=seat.notice,
            by_code=seat.by_code,
        )
