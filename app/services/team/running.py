"""Opens a team around the book, as IT's settings say, and closes it. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.services.appointments.deputies import Deputies
from app.services.appointments.ground import StoreLine
from app.services.clock import Clock
from app.services.keys import WorkstationKey
from app.services.ports import Desk
from app.services.tasks import Tasks
from app.services.team.members import OwnKeys
from app.services.team.rooms import RoomTaker
from app.services.team.roster import Roster
from app.services.team.settings import TeamSettings
from app.services.team.shelf import FolderShelf
from app.services.team.team import LiveTeam


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """What the composition root decides about the team."""

    settings: TeamSettings
    signing: WorkstationKey
    sealing: bytes
    """`app.services.keys.team_key`; without a lasting one there is no team."""
    wordlist: Sequence[str]
    """2048 words, the same at every workstation."""


@asynccontextmanager
async def team_running(
    plan: TeamPlan, store: StoreLine, book: Deputies, desk: Desk, clock: Clock, tasks: Tasks, rooms: RoomTaker | None = None
) -> AsyncIterator[LiveTeam]:
    """The team, until the end of the block. To be entered after the book's door was opened and before its outbox: what deputies did
    stands in the book before anything is sent. Raises StoreError."""
    own = OwnKeys(plan.signing, plan.sealing)
    roster = Roster(own, store, Path(plan.settings.list_file) if plan.settings.list_file else None)
    team = LiveTeam(own, roster, FolderShelf(Path(plan.settings.folder)), book, store, desk, clock, tasks, plan.wordlist, rooms)
    await team.open()
    try:
        yield team
    finally:
        await team.close()
