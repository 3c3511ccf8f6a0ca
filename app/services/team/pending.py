"""What a deputy began and has not finished, kept in the encrypted store so that a killed program finishes it. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.domain.deputy import Act
from app.services.appointments.ports import AppointmentStore, Tell, Write

_NOTE = "team.pending"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """One act on its way."""

    act: Act
    tell: Tell
    done: bool = False
    """It stands in our book; what lies on the shelf is still to be cleared away."""


def all_pending(store: AppointmentStore) -> Sequence[Pending]:
    kept = store.note(_NOTE)
    return () if kept is None else msgspec.json.decode(kept, type=list[Pending])


def noted(store: AppointmentStore, fresh: Pending) -> tuple[str, bytes | None]:
    """The note with this one in it, in place of its former state."""
    return _note([*_others(store, fresh.act.id), fresh])


def keep(store: AppointmentStore, fresh: Pending) -> None:
    """Raises StoreError."""
    store.write(Write(notes=[noted(store, fresh)]))


def drop(store: AppointmentStore, act: str) -> None:
    """Raises StoreError."""
    store.write(Write(notes=[_note(_others(store, act))]))


def _others(store: AppointmentStore, act: str) -> list[Pending]:
    return [one for one in all_pending(store) if one.act.id != act]


def _note(pending: Sequence[Pending]) -> tuple[str, bytes | None]:
    return _NOTE, msgspec.json.encode(list(pending)) if pending else None
