"""What every RoomStore has in common: each operation is a rule of `app.server.rules`, applied to one room in one step."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable, Sequence

from app.server import rules
from app.server.ports import NewSeat, Refusal, RightClaim, RoomRow, StandIn
from app.wire.messages import EndReason, Notice
from app.wire.readiness import Report

MaybeRule = Callable[[RoomRow | None], RoomRow]


class RuleStore(abc.ABC):
    """The commands of a RoomStore over one primitive; the methods are documented at the port."""

    @abc.abstractmethod
    async def _change(self, room: str, rule: MaybeRule) -> RoomRow:
        """Apply the rule to the stored row (None if there is none) and store the result, if the row is still the same; else again."""

    @abc.abstractmethod
    async def rooms_of(self, owner: str) -> Sequence[RoomRow]:
        """As at the port."""

    async def pass_over(self, former: str, owner: str) -> Sequence[RoomRow]:
        """Room by room: who is interrupted does the rest when it comes again."""
        changed: list[RoomRow] = []
        for row in await self.rooms_of(former):
            with contextlib.suppress(Refusal):  # deleted meanwhile
                after = await self._change(row.room, lambda now: _passed_over(rules.known(now), former, owner))
                changed += [after] if after.owner == owner else []
        return changed

    async def take_over(self, room: str, by: StandIn, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.take_over(row, by, now))

    async def take_seat(self, room: str, new: NewSeat, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.take_seat(rules.known(row), new, now))

    async def resume_seat(self, room: str, seat: str, presented_hash: str, next_hash: str, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.resume_seat(rules.known(row), seat, presented_hash, next_hash, now))

    async def confirm_secret(self, room: str, seat: str, secret_hash: str) -> None:
        await self._change(room, lambda row: rules.confirm_secret(rules.known(row), seat, secret_hash))

    async def mark_reached(self, owner: str, room: str, seat: str) -> RoomRow:
        return await self._change(room, lambda row: rules.mark_reached(rules.owned_by(owner, row), seat))

    async def admit(self, owner: str, room: str, seat: str, replaces: str | None = None) -> RoomRow:
        return await self._change(room, lambda row: rules.admit(rules.owned_by(owner, row), seat, replaces))

    async def send_back(self, owner: str, room: str, seat: str, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.send_back(rules.owned_by(owner, row), seat, now))

    async def notify(self, owner: str, room: str, seat: str, notice: Notice, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.notify(rules.owned_by(owner, row), seat, notice, now))

    async def remove(self, owner: str, room: str, seat: str) -> RoomRow:
        return await self._change(room, lambda row: rules.remove(rules.owned_by(owner, row), seat))

    async def end(self, owner: str, room: str, by_phone: bool = False) -> RoomRow:
        reason = EndReason.PHONE if by_phone else EndReason.COUNSELLOR
        return await self._change(room, lambda row: rules.close(rules.owned_by(owner, row), reason))

    async def revoke(self, owner: str, room: str) -> RoomRow:
        return await self._change(room, lambda row: rules.close(rules.owned_by(owner, row), EndReason.REVOKED))

    async def leave(self, room: str, seat: str) -> RoomRow:
        return await self._change(room, lambda row: rules.leave(rules.known(row), seat))

    async def knock(self, room: str, seat: str, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.knock(rules.known(row), seat, now))

    async def note_report(self, room: str, report: Report, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.note_report(rules.known(row), report, now))

    async def forget_readiness(self, owner: str, room: str) -> RoomRow:
        return await self._change(room, lambda row: rules.forget_readiness(rules.owned_by(owner, row)))

    async def take_right(self, room: str, claim: RightClaim) -> RoomRow:
        return await self._change(room, lambda row: rules.take_right(rules.known(row), claim))

    async def note_epoch(self, room: str, seat: str, epoch: int) -> RoomRow:
        return await self._change(room, lambda row: rules.note_epoch(rules.known(row), seat, epoch))

    async def note_presence(self, room: str, seat: str, present: bool, now: int) -> RoomRow:
        return await self._change(room, lambda row: rules.note_presence(rules.known(row), seat, present, now))


def _passed_over(row: RoomRow, former: str, owner: str) -> RoomRow:
    return rules.pass_over(row, owner) if row.owner == former else row
