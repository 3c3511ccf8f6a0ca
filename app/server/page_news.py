"""What a page is told about its seat: all of it at first, later what differs from what it was told last. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.rooms import SeatState
from app.server.exchange import UNNUMBERED
from app.server.ports import RoomRow
from app.wire.messages import Admitted, Ended, EndReason, IceServer, Message, Notice, NoticeTold, Peer, Reached, Removed, Replaced, Waiting


@dataclass(frozen=True, slots=True)
class View:
    """A seat as the page on it sees it."""

    room: str
    seat: str
    state: SeatState
    link: bool
    """Whether the program is there (admitted) or knows of the seat (waiting)."""
    notice: Notice | None = None
    notice_at: int = 0


def view_of(row: RoomRow, seat: str, link_present: bool) -> View:
    """The seat in this row; one that is gone is over."""
    found = row.seat(seat)
    if found is None:
        return View(row.room, seat, SeatState.ENDED, False)
    known = link_present and (found.state is SeatState.ADMITTED or found.reached)
    return View(row.room, seat, found.state, known, found.notice, found.notice_at)


def waiting(view: View, secret: str | None, sent_back: bool) -> Waiting:
    """The page sits in the waiting room."""
    return Waiting(
        seq=UNNUMBERED,
        room=view.room,
        seat=view.seat,
        reached=view.link,
        secret=secret,
        sent_back=sent_back,
        notice=view.notice,
        notice_at=view.notice_at,
    )


def admitted(view: View, row: RoomRow, secret: str | None, ice_servers: Sequence[IceServer]) -> Admitted:
    """The page sits in the conversation."""
    own = row.seat(view.seat)
    return Admitted(
        seq=UNNUMBERED,
        room=view.room,
        seat=view.seat,
        peer=row.counsellor.seat,
        epoch=own.epoch if own else 0,
        ice_servers=list(ice_servers),
        secret=secret,
        peer_present=view.link,
    )


def differences(told: View, view: View) -> Iterator[Message]:
    """What is new while the seat's state is the same."""
    room, changed = view.room, view.link is not told.link
    if view.state is SeatState.WAITING:
        if changed:
            yield Reached(seq=UNNUMBERED, room=room, reached=view.link)
        if view.notice is not None and (view.notice, view.notice_at) != (told.notice, told.notice_at):
            yield NoticeTold(seq=UNNUMBERED, room=room, notice=view.notice, notice_at=view.notice_at)
    elif view.state is SeatState.ADMITTED and changed:
        yield Peer(seq=UNNUMBERED, room=room, present=view.link)


def last_notice(told: View | None, view: View) -> Iterator[Message]:
    """Before the farewell: what the counsellor told this seat and it has not heard yet. Room and notice often change in one moment."""
    heard = (None, 0) if told is None else (told.notice, told.notice_at)
    if view.state is SeatState.ENDED and view.notice is not None and (view.notice, view.notice_at) != heard:
        yield NoticeTold(seq=UNNUMBERED, room=view.room, notice=view.notice, notice_at=view.notice_at)


def farewell(view: View, row: RoomRow) -> Message | None:
    """Why the page sits no more; nothing for who left by their own wish."""
    match view.state:
        case SeatState.REMOVED:
            return Removed(seq=UNNUMBERED, room=view.room)
        case SeatState.REPLACED:
            return Replaced(seq=UNNUMBERED, room=view.room)
        case SeatState.ENDED:
            return Ended(seq=UNNUMBERED, room=view.room, reason=row.over or EndReason.EXPIRED)
    return None
