"""A session's way to the desk (`app.services.session_line.SessionLine`): its room, the client's browser, a word at the end. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from app.media.ports import DeviceChoice
from app.services.link_port import Link
from app.services.ports import RoomEntry
from app.services.room_record import RoomRecord
from app.services.session_line import Parting
from app.wire.messages import Answer, NeedOffer, OfferReason


class DeskLine:
    """Of one room; the seat is the one that the desk gave to the session last."""

    def __init__(
        self,
        record: RoomRecord,
        link: Link,
        devices_chosen: Callable[[DeviceChoice], None],
        finished: Callable[[RoomRecord, Parting], None],
    ) -> None:
        self._record = record
        self._link = link
        self._devices_chosen = devices_chosen
        self._finished = finished

    @property
    def room(self) -> RoomEntry:
        return self._record.entry

    @property
    def server_ms(self) -> int | None:
        return self._link.server_ms

    def answer(self, epoch: int, sdp: str) -> None:
        self._link.send(Answer(seq=1, room=self._record.card.room, epoch=epoch, sdp=sdp, to=self._record.session_seat))

    def need_offer(self, epoch: int, reason: OfferReason) -> None:
        self._link.send(NeedOffer(seq=1, room=self._record.card.room, epoch=epoch, reason=reason, to=self._record.session_seat))

    def devices_chosen(self, choice: DeviceChoice) -> None:
        self._devices_chosen(choice)

    def finished(self, how: Parting) -> None:
        self._finished(self._record, how)
