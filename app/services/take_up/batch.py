"""What of the noted events is handed in next: once a day, of earlier days only, in sums. On the store's thread; no Qt, no SQL.

A batch is noted before it is sent, and its events count as handed in from then on: whatever happens, none goes into two.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.domain.secrets import new_token
from app.domain.survey import quarter_of
from app.services.appointments.ports import AppointmentStore, Write
from app.services.appointments.take_up import TakeUp, Told, ids_note, kept_of, note, waiting_ids
from app.services.local_time import midnight_before

MOST = 60
"""Events of one batch; the rest waits for the next day."""
_NOTE = "take-up.batch"
_DAY = "take-up.day"
"""Note: when the last batch was made."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one quarter without their appointments. An empty one is handed in as well, so that silence tells nothing."""

    quarter: str
    counts: dict[str, dict[str, int]]
    nonce: str
    """32 bytes, base64url."""


def next_batch(store: AppointmentStore, now: int) -> Batch | None:
    """The one that was not taken in yet, or a new one if this day has none; None if nothing is to be done."""
    found = store.note(_NOTE)
    if found is not None:
        return msgspec.json.decode(found, type=Batch)
    today = midnight_before(now)
    made_at = store.note(_DAY)
    ripe = list(_ripe(store, today))
    if made_at is not None and int(made_at) >= today and int(made_at) <= now and not _is_old(ripe, now):
        return None
    return _made(store, ripe, now)


def taken_in(store: AppointmentStore) -> None:
    """The batch is done with."""
    store.write(Write(notes=[(_NOTE, None)]))


def _made(store: AppointmentStore, ripe: list[tuple[str, str, Told]], now: int) -> Batch:
    """The oldest quarter first; a day that turns to a new quarter has two batches."""
    quarter = min((told.quarter for _, _, told in ripe), default=quarter_of(now))
    chosen = [event for event in ripe if event[2].quarter == quarter][:MOST]
    counts: dict[str, dict[str, int]] = {}
    for _, table, told in chosen:
        of_table = counts.setdefault(table, {})
        of_table[told.answer] = of_table.get(told.answer, 0) + 1
    batch = Batch(quarter=quarter, counts=counts, nonce=new_token())
    store.write(Write(notes=[(_NOTE, msgspec.json.encode(batch)), (_DAY, str(now).encode()), *_handed(store, chosen)]))
    return batch


def _handed(store: AppointmentStore, chosen: list[tuple[str, str, Told]]) -> Iterator[tuple[str, bytes]]:
    """The notes afterwards."""
    tables: dict[str, set[str]] = {}
    for appointment, table, _ in chosen:
        tables.setdefault(appointment, set()).add(table)
    waits = []
    for appointment in waiting_ids(store):
        kept, gone = kept_of(store, appointment), tables.get(appointment, set())
        left = {table: told for table, told in kept.waiting.items() if table not in gone}
        waits += [appointment] if left else []
        if gone:
            yield note(appointment, TakeUp(left, sorted({*kept.done, *gone})))
    yield ids_note(waits)


def _ripe(store: AppointmentStore, today: int) -> Iterator[tuple[str, str, Told]]:
    """Appointment, table and event of days before today."""
    for appointment in waiting_ids(store):
        for table, told in kept_of(store, appointment).waiting.items():
            if told.at < today:
                yield appointment, table, told


def _is_old(ripe: list[tuple[str, str, Told]], now: int) -> bool:
    """Something of a quarter that is over: it goes at once, because that quarter closes."""
    return any(told.quarter < quarter_of(now) for _, _, told in ripe)
