"""Appointments kept in memory only: for tests, windows without a disk, and the demonstration. Imports the ports and the store's forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.appointments import Appointment
from app.domain.mails import Mail, MailState
from app.domain.readiness import Readiness
from app.domain.searching import folded, search_text
from app.services.appointments.ports import Evidence, Retention, Stale, Write
from app.services.store.forms import check_mail, evidence_of, goes_with, pack, unpack

_DAY_S = 86_400
_MAILS_AT_ONCE = 50


class MemoryStore:
    """Keeps the `AppointmentStore` contract; what it holds goes with it."""

    def __init__(self) -> None:
        self._appointments: dict[str, Appointment] = {}
        self._mails: dict[str, Mail] = {}
        self._evidence: dict[tuple[str, int], Evidence] = {}
        self._notes: dict[str, bytes] = {}

    def write(self, write: Write) -> Sequence[Appointment]:
        appointments, mails = dict(self._appointments), dict(self._mails)
        for mail in mails.values():
            if mail.appointment in write.withdraw_mails_of and mail.state is MailState.WAITING:
                mails[mail.id] = replace(mail, state=MailState.WITHDRAWN, message=b"")
        stored = []
        for appointment in write.appointments:
            before = appointments.get(appointment.id)
            if appointment.revision != (before.revision if before else 0):
                raise Stale
            stored.append(unpack(pack(replace(appointment, revision=appointment.revision + 1))))
            appointments[appointment.id] = stored[-1]
        for mail in write.mails:
            check_mail(mail)
            if mail.id in mails or mail.appointment not in appointments:
                raise Stale
            mails[mail.id] = mail
        self._appointments, self._mails = appointments, mails
        self._evidence |= {(e.appointment, e.agreed_at): e for e in map(evidence_of, stored) if e is not None}
        for name, content in write.notes:
            self._notes.pop(name, None)
            if content is not None:
                self._notes[name] = content
        return stored

    # ---- looking

    def find(self, appointment: str) -> Appointment | None:
        return self._appointments.get(appointment)

    def by_room(self, room: str) -> Appointment | None:
        return next((a for a in self._by_start() if a.access is not None and a.access.room == room), None)

    def between(self, start: int, end: int) -> Sequence[Appointment]:
        return [a for a in self._by_start() if a.starts_at < end and a.ends_at > start]

    def in_series(self, series: str) -> Sequence[Appointment]:
        return [a for a in self._by_start() if a.series == series]

    def search(self, text: str, limit: int = 50) -> Sequence[Appointment]:
        wanted = folded(text)
        found = [a for a in self._appointments.values() if wanted in search_text(a)]
        return sorted(found, key=lambda a: (-a.starts_at, a.id))[:limit]

    def open_rooms(self, now: int) -> Sequence[Appointment]:
        return [a for a in self._by_start() if not a.stage.is_over and a.access is not None and a.ends_at > now - _DAY_S]

    def _by_start(self) -> Sequence[Appointment]:
        return sorted(self._appointments.values(), key=lambda a: (a.starts_at, a.id))

    # ---- the outbox

    def mails_of(self, appointment: str) -> Sequence[Mail]:
        return _by_due(mail for mail in self._mails.values() if mail.appointment == appointment)

    def waiting_mails(self, now: int) -> Sequence[Mail]:
        return _by_due(m for m in self._mails.values() if m.state is MailState.WAITING and _look_at(m) <= now)[:_MAILS_AT_ONCE]

    def next_mail_at(self) -> int | None:
        return min((_look_at(mail) for mail in self._mails.values() if mail.state is MailState.WAITING), default=None)

    def move_mail(self, mail: Mail, expected: MailState) -> bool:
        check_mail(mail)
        before = self._mails.get(mail.id)
        if before is None or before.state is not expected:
            return False
        self._mails[mail.id] = mail
        return True

    def stuck_mails(self) -> Sequence[Mail]:
        return _by_due(mail for mail in self._mails.values() if mail.state is MailState.SENDING)

    def note(self, name: str) -> bytes | None:
        return self._notes.get(name)

    # ---- forgetting

    def evidence(self) -> Sequence[Evidence]:
        return sorted(self._evidence.values(), key=lambda e: (e.agreed_at, e.appointment))

    def forget(self, retention: Retention) -> int:
        past = [a for a in self._appointments.values() if a.ends_at < retention.readiness_before and a.readiness != Readiness()]
        for appointment in past:
            self._appointments[appointment.id] = replace(appointment, readiness=Readiness(), revision=appointment.revision + 1)
        gone = [a.id for a in self._appointments.values() if a.ends_at < retention.appointments_before]
        self._remove(gone)
        self._evidence = {
            key: e for key, e in self._evidence.items() if e.agreed_at >= retention.evidence_before or e.appointment in self._appointments
        }
        return len(gone)

    def forget_person(self, appointments: Sequence[str]) -> int:
        gone = set(appointments)
        self._evidence = {key: e for key, e in self._evidence.items() if e.appointment not in gone}
        there = [appointment for appointment in gone if appointment in self._appointments]
        self._remove(gone)
        return len(there)

    def _remove(self, appointments: Iterable[str]) -> None:
        for appointment in appointments:
            self._appointments.pop(appointment, None)
            self._mails = {key: mail for key, mail in self._mails.items() if mail.appointment != appointment}
            self._notes = {name: content for name, content in self._notes.items() if goes_with(name) != appointment}

    def close(self) -> None:
        """What it holds stays readable: there is no disk to wait for."""


def _by_due(mails: Iterable[Mail]) -> Sequence[Mail]:
    return sorted(mails, key=lambda mail: (mail.due_at, mail.id))


def _look_at(mail: Mail) -> int:
    return max(mail.due_at, mail.next_try_at)
