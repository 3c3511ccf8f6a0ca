"""The book's part for the rights of a person: all that is kept of them, and its deletion (Art. 15 and 17 GDPR). No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from app.domain.appointments import Appointment
from app.services.appointments.ground import Ground, there
from app.services.appointments.ports import AppointmentStore
from app.services.local_time import wall_of

ALL = 100_000
"""More appointments than one person has."""


class Rights(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    async def export_person(self, appointment: str) -> bytes:
        return await self._store.run(lambda store: _exported(store, there(store, appointment)))

    async def forget_person(self, appointment: str) -> int:
        gone, ids = await self._store.run(lambda store: _forgotten(store, there(store, appointment)))
        self.changed.announce(ids)
        return gone


def of_the_same_person(store: AppointmentStore, appointment: Appointment) -> Sequence[Appointment]:
    """By start: those with the same address, or with the same name and number; at least this one."""
    client = appointment.client
    found = {appointment.id: appointment}
    for text in filter(None, (client.email, client.name)):
        found |= {other.id: other for other in store.search(text, ALL) if _same(appointment, other)}
    return sorted(found.values(), key=lambda each: (each.starts_at, each.id))


def _same(one: Appointment, other: Appointment) -> bool:
    a, b = one.client, other.client
    same_address = bool(a.email) and a.email.casefold() == b.email.casefold()
    same_number = bool(a.name) and bool(_digits(a.phone)) and (a.name, _digits(a.phone)) == (b.name, _digits(b.phone))
    return same_address or same_number


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))


def _forgotten(store: AppointmentStore, appointment: Appointment) -> tuple[int, Sequence[str]]:
    ids = [each.id for each in of_the_same_person(store, appointment)]
    return store.forget_person(ids), ids


def _exported(store: AppointmentStore, appointment: Appointment) -> bytes:
    every = [_as_told(store, each) for each in of_the_same_person(store, appointment)]
    return msgspec.json.format(msgspec.json.encode({"appointments": every}), indent=2)


def _as_told(store: AppointmentStore, appointment: Appointment) -> dict[str, Any]:
    """What is kept of one appointment. Without readiness and what follows from it; without the secret of the link."""
    kept = msgspec.to_builtins(appointment)
    for name in ("readiness", "visit", "access", "revision", "owner", "deputy"):
        kept.pop(name, None)
    mails = [
        {
            "kind": mail.kind.value,
            "recipient": mail.recipient,
            "state": mail.state.value,
            "changed_at": mail.changed_at,
            "reply": mail.reply,
        }
        for mail in store.mails_of(appointment.id)
    ]
    evidence = [msgspec.to_builtins(each) for each in store.evidence() if each.appointment == appointment.id]
    return {"starts": wall_of(appointment.starts_at).isoformat(timespec="minutes"), **kept, "mails": mails, "evidence": evidence}
