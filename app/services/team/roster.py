"""Whom this workstation trusts as a member: IT's list, and colleagues whose words were compared. No Qt, no SQL.

The list of IT is a file in a folder that only IT writes; it is never taken from the team's folder, where each member may write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import AppointmentStore, Write
from app.services.team.members import Member, MemberFileError, OwnKeys, read_team

MOST_BYTES = 1024 * 1024
_NOTE = "team.roster"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    """Our own, as colleagues see it."""
    members: tuple[Member, ...] = ()


class Roster:
    """Kept in the encrypted store. `load` before anything else."""

    def __init__(self, own: OwnKeys, store: StoreLine, of_it: Path | None) -> None:
        """`of_it` is the file of IT's list."""
        self._own = own
        self._store = store
        self._of_it = of_it
        self._kept = _Kept()
        self._from_it: Sequence[Member] = ()
        self.trouble = ""
        """Key of the sentence that says why IT's list is not taken; empty if it is, or if there is none."""

    async def load(self) -> None:
        """Raises StoreError."""
        self._kept = await self._store.run(_load)
        if self._of_it is not None:
            try:
                self._from_it = await asyncio.to_thread(_read_list, self._of_it)
            except (OSError, MemberFileError):
                self.trouble = "app.team.list.broken"

    @property
    def own_name(self) -> str:
        """As IT wrote it, or as the person typed it; empty before."""
        return next((member.name for member in self._from_it if member.id == self._own.id), self._kept.name)

    @property
    def everybody(self) -> Sequence[Member]:
        """Ourselves first, then the others by name. IT's word counts more than an exchanged file."""
        others = {member.id: member for member in (*self._kept.members, *self._from_it) if member.id != self._own.id}
        return (self._own.member(self.own_name), *sorted(others.values(), key=lambda member: (member.name.casefold(), member.id)))

    def is_from_it(self, member: str) -> bool:
        """Only IT can take that one out again."""
        return any(one.id == member for one in self._from_it)

    async def call_ourselves(self, name: str) -> None:
        """Raises StoreError."""
        await self._keep(msgspec.structs.replace(self._kept, name=name))

    async def admit(self, member: Member) -> None:
        """Their words were compared. Raises StoreError."""
        others = tuple(one for one in self._kept.members if one.id != member.id)
        await self._keep(msgspec.structs.replace(self._kept, members=(*others, member)))

    async def dismiss(self, member: str) -> None:
        """From now on nothing is sealed for them, and nothing of theirs is believed. Raises StoreError."""
        await self._keep(msgspec.structs.replace(self._kept, members=tuple(one for one in self._kept.members if one.id != member)))

    async def _keep(self, kept: _Kept) -> None:
        await self._store.run(lambda store: store.write(Write(notes=[(_NOTE, msgspec.json.encode(kept))])))
        self._kept = kept


def _load(store: AppointmentStore) -> _Kept:
    kept = store.note(_NOTE)
    return _Kept() if kept is None else msgspec.json.decode(kept, type=_Kept)


def _read_list(file: Path) -> Sequence[Member]:
    with file.open("rb") as opened:
        return read_team(opened.read(MOST_BYTES))
