"""How a room may change: pure functions from one RoomRow to the next, used by every RoomStore. No I/O, no clock, no random numbers.

A rule returns the same object when there is nothing to do and raises Refusal when the step is not allowed. The revision is
raised by `next_revision`, not by the rules.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec

from app.domain.readiness import Readiness
from app.domain.rooms import ALLOWED_SEAT_STEPS, SeatKind, SeatState
from app.domain.secrets import new_id
from app.domain.survey import TECHNICAL
from app.server import codes
from app.server.ports import NewSeat, Refusal, RightClaim, RoomRow, SeatRow, StandIn, Taken
from app.wire.codes import Code
from app.wire.messages import EndReason, Notice, RoomCard
from app.wire.readiness import Report, with_report

MAX_WAITING = 5
"""Seats that wait in a room and are there (PROTOCOL.md, section 4)."""
MAX_SEATS = 32
"""Rows of a room, those that left or are over included: what one link can make the server keep."""
KNOCK_PAUSE_S = 30
"""From one knock of a seat to its next (PROTOCOL.md, section 4)."""

Rule = Callable[[RoomRow], RoomRow]


def next_revision(before: RoomRow, after: RoomRow) -> RoomRow:
    """`after` with its revision raised if anything is different."""
    return after if after == before else replace(after, revision=before.revision + 1)


def _with_seat(row: RoomRow, seat: SeatRow) -> RoomRow:
    return replace(row, seats=tuple(seat if s.seat == seat.seat else s for s in row.seats))


def _step(seat: SeatRow, state: SeatState) -> SeatRow:
    """The seat in another state; `left_from` stands only while it is `LEFT`."""
    if state not in ALLOWED_SEAT_STEPS[seat.state]:
        raise Refusal(Code.CONFLICT)
    return replace(seat, state=state, left_from=seat.state if state is SeatState.LEFT else None)


def _client(row: RoomRow, seat: str, otherwise: Code) -> SeatRow:
    found = row.seat(seat)
    if found is None or found.kind is not SeatKind.CLIENT:
        raise Refusal(otherwise)
    return found


def _open_client(row: RoomRow, seat: str) -> SeatRow:
    """A client seat that the workstation may still command."""
    found = _client(row, seat, Code.UNKNOWN_SEAT)
    if row.over is not None or found.state.is_over:
        raise Refusal(Code.CONFLICT)
    return found


def owned_by(owner: str, row: RoomRow | None) -> RoomRow:
    """The row, if it is this owner's."""
    if row is None or row.owner != owner:
        raise Refusal(Code.NOT_YOURS)
    return row


def pass_over(row: RoomRow, owner: str) -> RoomRow:
    """The room in the hands of another workstation, which has not seen who waits there yet."""
    return replace(forget_reached(row), owner=owner)


def take_over(row: RoomRow | None, by: StandIn, now: int) -> RoomRow:
    """The room in the hands of a deputy. Whoever may not ask learns nothing of it; nobody is taken out of a conversation."""
    if row is None or row.card.site != by.site or not hmac.compare_digest(row.card.token_hash, by.token_hash):
        raise Refusal(Code.NOT_YOURS)
    check_not_over(row, now)
    if row.owner == by.owner:
        return row
    if row.owner != by.holder or any(s.place is SeatState.ADMITTED for s in _clients(row)):
        raise Refusal(Code.CONFLICT)
    for seat in _clients(row):
        if seat.state is SeatState.WAITING:
            row = notify(row, seat.seat, Notice.COLLEAGUE, now)
    return replace(pass_over(row, by.owner), taken=Taken.UNCLAIMED)


def is_taken_over(row: RoomRow, card: RoomCard) -> bool:
    """A deputy has the room, and whoever publishes this card had it before: they know its link."""
    return row.taken is not None and (row.card.site, row.card.token_hash) == (card.site, card.token_hash)


def known(row: RoomRow | None) -> RoomRow:
    """The row, if there is one."""
    if row is None:
        raise Refusal(Code.UNKNOWN_LINK)
    return row


def check_open(row: RoomRow, now: int) -> None:
    """Refuses unless the waiting room is open."""
    check_not_over(row, now)
    if now < row.card.opens_at:
        raise Refusal(Code.TOO_EARLY)


def check_not_over(row: RoomRow, now: int) -> None:
    """Refuses once the link leads nowhere any more."""
    if row.over is EndReason.REVOKED:
        raise Refusal(Code.REVOKED_LINK)
    if row.over is not None or now >= row.card.closes_at:
        raise Refusal(Code.EXPIRED_LINK)


def take_seat(row: RoomRow, new: NewSeat, now: int) -> RoomRow:
    """A new seat in the waiting room, never one that is taken. Seats nobody is connected on do not fill it."""
    if new.code_hash is not None and not (new.code_hash == row.card.code_hash and codes.is_valid(row, now)):
        raise Refusal(Code.UNKNOWN_CODE)
    check_open(row, now)
    if row.seat(new.seat) is not None:
        raise Refusal(Code.CONFLICT)
    waiting = sum(s.state is SeatState.WAITING and s.away_since is None for s in row.seats)
    if waiting >= MAX_WAITING or len(row.seats) >= MAX_SEATS:
        raise Refusal(Code.ROOM_FULL)
    seat = SeatRow(
        new.seat, SeatKind.CLIENT, SeatState.WAITING, now, new.language, secret_hash=new.secret_hash, by_code=new.code_hash is not None
    )
    return replace(row, seats=(*row.seats, seat))


def resume_seat(row: RoomRow, seat: str, presented_hash: str, next_hash: str, now: int) -> RoomRow:
    """Same seat for the holder of its secret. The presented one stays valid until the next is confirmed."""
    check_open(row, now)
    found = _client(row, seat, Code.UNKNOWN_SEAT)
    valid = [h for h in (found.secret_hash, found.former_hash) if h is not None and hmac.compare_digest(h, presented_hash)]
    if found.state.is_over or not valid:
        raise Refusal(Code.UNKNOWN_SEAT)
    found = replace(found, secret_hash=next_hash, former_hash=presented_hash, away_since=None)
    if found.state is SeatState.LEFT:
        now_waits = found.place is SeatState.ADMITTED and _other_client_in(row, seat)
        found = replace(_step(found, SeatState.WAITING), since=now) if now_waits else _step(found, found.place)
    return _with_seat(row, found)


def confirm_secret(row: RoomRow, seat: str, secret_hash: str) -> RoomRow:
    """Forget the former secret, if the confirmed one is the current one."""
    found = row.seat(seat)
    return _with_seat(row, replace(found, former_hash=None)) if found and found.secret_hash == secret_hash else row


def forget_reached(row: RoomRow) -> RoomRow:
    """No client seat counts as reached."""
    return replace(row, seats=tuple(replace(s, reached=False) if s.kind is SeatKind.CLIENT else s for s in row.seats))


def mark_reached(row: RoomRow, seat: str) -> RoomRow:
    """The workstation knows of the seat."""
    return _with_seat(row, replace(_client(row, seat, Code.UNKNOWN_SEAT), reached=True))


def _other_client_in(row: RoomRow, *besides: str | None) -> bool:
    return any(s.kind is SeatKind.CLIENT and s.state is SeatState.ADMITTED and s.seat not in besides for s in row.seats)


def _clients(row: RoomRow) -> Sequence[SeatRow]:
    return [seat for seat in row.seats if seat.kind is SeatKind.CLIENT]


def _waiting_client(row: RoomRow, seat: str) -> SeatRow:
    found = _open_client(row, seat)
    if found.state is not SeatState.WAITING:
        raise Refusal(Code.CONFLICT)
    return found


def admit(row: RoomRow, seat: str, replaces: str | None) -> RoomRow:
    """In, and the replaced one out, in one step. Never two clients in one conversation. Notices and code were for the way here."""
    found = _waiting_client(row, seat)
    if replaces == seat or _other_client_in(row, replaces):
        raise Refusal(Code.CONFLICT)
    if replaces is not None:
        row = _with_seat(row, _step(_open_client(row, replaces), SeatState.REPLACED))
    return replace(_with_seat(row, replace(_step(found, SeatState.ADMITTED), notice=None, notice_at=0, was_admitted=True)), code_spent=True)


def notify(row: RoomRow, seat: str, notice: Notice, now: int) -> RoomRow:
    """The newest notice to a waiting seat, with its time."""
    return _with_seat(row, replace(_waiting_client(row, seat), notice=notice, notice_at=now))


def send_back(row: RoomRow, seat: str, now: int) -> RoomRow:
    """To the waiting room, where the waiting begins now; who left the conversation will come back to the waiting room."""
    found = _open_client(row, seat)
    if found.place is not SeatState.ADMITTED:
        raise Refusal(Code.CONFLICT)
    if found.state is SeatState.LEFT:
        return _with_seat(row, replace(found, left_from=SeatState.WAITING, since=now))
    return _with_seat(row, replace(_step(found, SeatState.WAITING), since=now))


def remove(row: RoomRow, seat: str) -> RoomRow:
    """End one client seat."""
    return _with_seat(row, _step(_open_client(row, seat), SeatState.REMOVED))


def close(row: RoomRow, reason: EndReason) -> RoomRow:
    """The room is over and every seat with it. Where it was called off, what the page told of the client's technology is of no use."""
    if row.over is not None:
        return row
    seats = tuple(s if s.state.is_over else _step(s, SeatState.ENDED) for s in row.seats)
    readiness = Readiness() if reason is EndReason.REVOKED else row.readiness
    return replace(row, over=reason, seats=seats, readiness=readiness)


def leave(row: RoomRow, seat: str) -> RoomRow:
    """The person goes; the seat is kept for them."""
    found = _client(row, seat, Code.UNKNOWN_SEAT)
    if found.state is SeatState.LEFT or found.state.is_over:
        return row
    return _with_seat(row, _step(found, SeatState.LEFT))


def knock(row: RoomRow, seat: str, now: int) -> RoomRow:
    """A knock from the waiting room, not too soon after the one before."""
    found = _waiting_client(row, seat)
    if now < found.knocked_at + KNOCK_PAUSE_S:
        raise Refusal(Code.TOO_MANY)
    return _with_seat(row, replace(found, knocked_at=now))


def note_report(row: RoomRow, report: Report, now: int) -> RoomRow:
    """What the page reported, also days before the waiting room opens."""
    check_not_over(row, now)
    return replace(row, readiness=with_report(row.readiness, report, now))


def forget_readiness(row: RoomRow) -> RoomRow:
    """As if the page had never reported."""
    return replace(row, readiness=Readiness())


def take_right(row: RoomRow, claim: RightClaim) -> RoomRow:
    """Once for each seat that was in the conversation; once for a room that is over without one and had technical trouble or went on by
    phone. Asked again for the same, the answer got lost on its way."""
    seat = _holder(row, claim) if claim.seat is not None else None
    before = seat.right if seat and seat.was_admitted else row.right
    if before is not None and hmac.compare_digest(before, claim.right):
        return row
    if before is not None:
        raise Refusal(Code.NO_RIGHT)
    if seat is not None and seat.was_admitted:
        return _with_seat(row, replace(seat, right=claim.right))
    if not _failed(row):
        raise Refusal(Code.NO_RIGHT)
    return replace(row, right=claim.right)


def _holder(row: RoomRow, claim: RightClaim) -> SeatRow:
    """The client seat whose secret was shown, whatever became of it."""
    seat = _client(row, claim.seat or "", Code.UNKNOWN_SEAT)
    if not any(hash_ and hmac.compare_digest(hash_, claim.secret_hash) for hash_ in (seat.secret_hash, seat.former_hash)):
        raise Refusal(Code.UNKNOWN_SEAT)
    return seat


def _failed(row: RoomRow) -> bool:
    """It is over and did not come about for technical reasons, or went on by phone without ever having begun."""
    if row.over in (None, EndReason.REVOKED) or any(seat.was_admitted for seat in row.seats):
        return False
    return row.over is EndReason.PHONE or row.readiness.reason in TECHNICAL


def note_epoch(row: RoomRow, seat: str, epoch: int) -> RoomRow:
    """A higher epoch on an admitted seat."""
    found = _client(row, seat, Code.NOT_ADMITTED)
    if found.state is not SeatState.ADMITTED:
        raise Refusal(Code.NOT_ADMITTED)
    if epoch <= found.epoch:
        raise Refusal(Code.CONFLICT)
    return _with_seat(row, replace(found, epoch=epoch))


def note_presence(row: RoomRow, seat: str, present: bool, now: int) -> RoomRow:
    """Connected or away; the moment of going away stays the first one."""
    found = _client(row, seat, Code.UNKNOWN_SEAT)
    if present == (found.away_since is None):
        return row
    return _with_seat(row, replace(found, away_since=None if present else now))


def without_lost_seats(row: RoomRow, now: int, away_limit: int) -> RoomRow:
    """Without client seats that are not in the conversation and that nobody came back to."""

    def lost(seat: SeatRow) -> bool:
        away = seat.away_since is not None and seat.away_since <= now - away_limit
        talked = seat.was_admitted and seat.state is SeatState.ENDED  # may still come for its right to answer the survey
        return away and seat.kind is SeatKind.CLIENT and seat.place is not SeatState.ADMITTED and not talked

    kept = tuple(s for s in row.seats if not lost(s))
    return row if len(kept) == len(row.seats) else replace(row, seats=kept)


def publish(
    existing: Mapping[str, RoomRow], owner: str, cards: Sequence[RoomCard], now: int, rivals: Sequence[RoomRow] = ()
) -> list[RoomRow]:
    """The rows after a `publish`: those of the cards first, in their order, then the owner's others, revoked.

    `existing` holds the owner's rooms and every room that has the id of a card, `rivals` every room that has the code of one.
    """
    rows = []
    taken = codes.taken(existing, owner, cards, rivals)
    for card in cards:
        before, lost = existing.get(card.room), card.room in taken
        kept = msgspec.structs.replace(card, code_hash=None) if lost else card
        if before is None:
            counsellor = SeatRow(new_id(), SeatKind.COUNSELLOR, SeatState.ADMITTED, now, card.language, reached=True)
            rows.append(RoomRow(kept, owner, 1, (counsellor,), code_taken=lost))
        else:
            rows.append(_named(before, owner, kept, lost))
    named = {card.room for card in cards}
    missing = [row for row in existing.values() if row.room not in named and row.taken is not Taken.UNCLAIMED]
    rows.extend(next_revision(row, close(row, EndReason.REVOKED)) for row in missing)
    return rows


def _named(row: RoomRow, owner: str, card: RoomCard, code_taken: bool) -> RoomRow:
    """A known room in a `publish`. Refuses `not-yours`."""
    if row.owner != owner and is_taken_over(row, card):
        return row
    owned_by(owner, row)
    return row if row.over is not None else next_revision(row, _published(row, card, code_taken))


def _published(row: RoomRow, card: RoomCard, code_taken: bool) -> RoomRow:
    """Another code is a new one."""
    spent = row.code_spent and card.code_hash == row.card.code_hash
    taken = None if row.taken is None else Taken.CLAIMED
    return replace(row, card=card, code_spent=spent, code_taken=code_taken, taken=taken)
