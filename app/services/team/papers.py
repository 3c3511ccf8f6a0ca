"""What lies on a team's shelf: copies of appointments, acts, decisions and signs of life, each sealed and at a place of its own.

Blocks: called on a thread. Names say nothing of a person; they are hashes, because file systems mix up capitals.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from app.domain.deputy import Act, Decision, Shared, Verdict
from app.services.team.members import Member, OwnKeys, by_id
from app.services.team.sealing import MOST_BYTES, SealError, SealTrouble, seal, unseal
from app.services.team.shelf import Shelf

T = TypeVar("T")
_NAME = b"videoberatung/team/name/1:"


@dataclass(frozen=True, slots=True)
class Copy:
    """A colleague's appointment, as it lies on the shelf."""

    holder: Member
    seen: Shared
    recipients: frozenset[str] = field(repr=False)
    """Seal keys by which it can be opened."""


class Papers:
    """Of one workstation with one team. Methods raise ShelfAway; those that open something raise SealError besides."""

    def __init__(self, shelf: Shelf, own: OwnKeys, members: Sequence[Member]) -> None:
        """`members` include ourselves."""
        self._shelf = shelf
        self._own = own
        self._known: Callable[[str], Member | None] = by_id(members)
        self.members = tuple(members)

    # ---- copies

    def copy_names(self, holder: str) -> Sequence[str]:
        """Of the holder's copies, to be read with `copy_named`."""
        return self._shelf.names(_copies(holder))

    def copy_named(self, holder: str, name: str) -> Copy | None:
        """None where it is gone."""
        place = f"{_copies(holder)}/{name}"
        sealed = self._shelf.read(place, MOST_BYTES)
        if sealed is None:
            return None
        opened = unseal(self._own, self._known, place, sealed)
        seen = _read(opened.content, Shared)
        if opened.sender.id != holder or name != copy_name(seen.appointment.id):
            raise SealError(SealTrouble.BROKEN)
        return Copy(opened.sender, seen, opened.recipients)

    def copy_of(self, holder: str, appointment: str) -> Copy | None:
        return self.copy_named(holder, copy_name(appointment))

    def put_copy(self, seen: Shared) -> None:
        """Our own, for everybody in the team."""
        place = f"{_copies(self._own.id)}/{copy_name(seen.appointment.id)}"
        self._shelf.replace(place, seal(self._own, self.members, place, msgspec.json.encode(seen)))

    def remove_copy(self, holder: str, name: str) -> None:
        self._shelf.remove(f"{_copies(holder)}/{name}")

    # ---- acts

    def act_names(self, holder: str) -> Sequence[str]:
        """Acts on the holder's appointments, to be read with `act_named`."""
        return [name for name in self._shelf.names(_acts(holder)) if name.endswith(".act")]

    def act_named(self, holder: str, name: str) -> Act | None:
        """None where it is gone, or for others only."""
        place = f"{_acts(holder)}/{name}"
        sealed = self._shelf.read(place, MOST_BYTES)
        if sealed is None:
            return None
        opened = unseal(self._own, self._known, place, sealed)
        act = _read(opened.content, Act)
        if (opened.sender.id, holder, name) != (act.deputy, act.holder, act_name(act.seen.appointment.id)):
            raise SealError(SealTrouble.BROKEN)
        return act

    def put_act(self, act: Act) -> bool:
        """False where somebody was first."""
        place = f"{_acts(act.holder)}/{act_name(act.seen.appointment.id)}"
        return self._shelf.create(place, seal(self._own, self.members, place, msgspec.json.encode(act)))

    def remove_act(self, act: Act) -> None:
        self._shelf.remove(f"{_acts(act.holder)}/{act_name(act.seen.appointment.id)}")

    # ---- decisions

    def decision(self, act: Act) -> Verdict | None:
        """None while nobody decided. The holder decides, or the deputy, who can only have acted alone."""
        place = _decision(act)
        sealed = self._shelf.read(place, MOST_BYTES)
        if sealed is None:
            return None
        opened = unseal(self._own, self._known, place, sealed)
        decision = _read(opened.content, Decision)
        by = act.deputy if decision.verdict is Verdict.ALONE else act.holder
        if (decision.act, opened.sender.id) != (act.id, by):
            raise SealError(SealTrouble.BROKEN)
        return decision.verdict

    def decide(self, act: Act, verdict: Verdict) -> bool:
        """False where the other side was first."""
        place = _decision(act)
        said = msgspec.json.encode(Decision(act=act.id, verdict=verdict))
        return self._shelf.create(place, seal(self._own, self.members, place, said))

    def remove_decision(self, act: Act) -> None:
        self._shelf.remove(_decision(act))

    # ---- what both did

    def say_both(self, act: Act) -> None:
        """For the deputy, whose act we cannot follow: we had held or called off the appointment ourselves. To be said before the act
        goes: the deputy looks for it then."""
        place = _both(act)
        said = msgspec.json.encode(Decision(act=act.id, verdict=Verdict.OVER))
        self._shelf.create(place, seal(self._own, self.members, place, said))

    def said_both(self, act: Act) -> bool:
        """Whether the holder said so."""
        place = _both(act)
        sealed = self._shelf.read(place, MOST_BYTES)
        if sealed is None:
            return False
        opened = unseal(self._own, self._known, place, sealed)
        said = _read(opened.content, Decision)
        return (said.act, said.verdict, opened.sender.id) == (act.id, Verdict.OVER, act.holder)

    def remove_both(self, act: Act) -> None:
        self._shelf.remove(_both(act))

    # ---- signs of life

    def beat(self) -> None:
        """We run: another value each time, because clocks differ."""
        self._shelf.replace(_here(self._own.id), os.urandom(8))

    def stop_beating(self) -> None:
        self._shelf.remove(_here(self._own.id))

    def beat_of(self, member: str) -> bytes | None:
        """None where the program was closed in order, or never ran."""
        return self._shelf.read(_here(member), 64)


def copy_name(appointment: str) -> str:
    """File name of an appointment's copy."""
    return f"{_hash(appointment)}.sealed"


def act_name(appointment: str) -> str:
    """File name of the one act on an appointment."""
    return f"{_hash(appointment)}.act"


def _copies(member: str) -> str:
    return f"copies/{_hash(member)}"


def _acts(member: str) -> str:
    return f"acts/{_hash(member)}"


def _here(member: str) -> str:
    return f"here/{_hash(member)}"


def _decision(act: Act) -> str:
    return f"{_acts(act.holder)}/{_hash(act.id)}.decision"


def _both(act: Act) -> str:
    return f"{_acts(act.holder)}/{_hash(act.id)}.both"


def _hash(ident: str) -> str:
    return hashlib.sha256(_NAME + ident.encode()).hexdigest()[:32]


def _read(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        raise SealError(SealTrouble.BROKEN) from None
