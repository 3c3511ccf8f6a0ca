"""AppointmentStore over SQLite's SQL; the methods are documented at the port. One connection, on the thread that calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from app.domain.appointments import MAX_MINUTES, Appointment, Stage
from app.domain.mails import Mail, MailState
from app.domain.searching import folded
from app.services.appointments.ports import Evidence, Retention, Stale, Write
from app.services.store import forgetting
from app.services.store.database import Database
from app.services.store.forms import check_mail, evidence_of, goes_with, unpack
from app.services.store.tables import (
    APPOINTMENTS,
    EVIDENCE,
    MAILS,
    NOTES,
    WORDS,
    appointment_values,
    evidence_values,
    mail_values,
    to_mail,
    words_values,
)

_DAY_S = 86_400
_MAILS_AT_ONCE = 50
_OVER = [stage.value for stage in Stage if stage.is_over]


class SqlStore:
    """Keeps the `AppointmentStore` contract in a database file."""

    def __init__(self, database: Database, released: Callable[[], None]) -> None:
        """`released` is called when it is closed."""
        self.database = database
        self._released = released

    def close(self) -> None:
        self.database.close()
        self._released()

    # ---- writing

    def write(self, write: Write) -> Sequence[Appointment]:
        with self.database.transaction() as connection:
            if write.withdraw_mails_of:
                _withdraw(connection, write.withdraw_mails_of)
            stored = [_put(connection, appointment) for appointment in write.appointments]
            for mail in write.mails:
                try:
                    connection.execute(insert(MAILS), mail_values(mail))
                except IntegrityError:
                    raise Stale from None  # it is there already, or its appointment is gone
            for name, content in write.notes:
                connection.execute(delete(NOTES).where(NOTES.c.name == name))
                if content is not None:
                    connection.execute(insert(NOTES), {"name": name, "appointment": goes_with(name), "content": content})
            return stored

    def move_mail(self, mail: Mail, expected: MailState) -> bool:
        check_mail(mail)
        with self.database.transaction() as connection:
            there = (MAILS.c.id == mail.id) & (MAILS.c.state == expected.value)
            return connection.execute(update(MAILS).where(there).values(mail_values(mail))).rowcount == 1

    # ---- looking

    def find(self, appointment: str) -> Appointment | None:
        return next(iter(self._read(APPOINTMENTS.c.id == appointment)), None)

    def by_room(self, room: str) -> Appointment | None:
        return next(iter(self._read(APPOINTMENTS.c.room == room)), None)

    def between(self, start: int, end: int) -> Sequence[Appointment]:
        begins = APPOINTMENTS.c.starts_at.between(start - MAX_MINUTES * 60 + 1, end - 1)  # what lets the index find them
        return self._read(begins, APPOINTMENTS.c.ends_at > start)

    def in_series(self, series: str) -> Sequence[Appointment]:
        return self._read(APPOINTMENTS.c.series == series)

    def open_rooms(self, now: int) -> Sequence[Appointment]:
        return self._read(APPOINTMENTS.c.room.is_not(None), APPOINTMENTS.c.ends_at > now - _DAY_S, APPOINTMENTS.c.stage.not_in(_OVER))

    def search(self, text: str, limit: int = 50) -> Sequence[Appointment]:
        found = select(APPOINTMENTS.c.body).join(WORDS).where(func.instr(WORDS.c.text, folded(text)) > 0)
        with self.database.transaction() as connection:
            newest = found.order_by(APPOINTMENTS.c.starts_at.desc(), APPOINTMENTS.c.id).limit(limit)
            return [unpack(body) for body in connection.execute(newest).scalars()]

    def _read(self, *where: ColumnElement[bool]) -> Sequence[Appointment]:
        by_start = select(APPOINTMENTS.c.body).where(*where).order_by(APPOINTMENTS.c.starts_at, APPOINTMENTS.c.id)
        with self.database.transaction() as connection:
            return [unpack(body) for body in connection.execute(by_start).scalars()]

    # ---- the outbox, notes and evidence

    def mails_of(self, appointment: str) -> Sequence[Mail]:
        return self._read_mails(MAILS.c.appointment == appointment)

    def find_mail(self, mail: str) -> Mail | None:
        return next(iter(self._read_mails(MAILS.c.id == mail)), None)

    def waiting_mails(self, now: int) -> Sequence[Mail]:
        return self._read_mails(MAILS.c.state == MailState.WAITING.value, MAILS.c.look_at <= now, limit=_MAILS_AT_ONCE)

    def stuck_mails(self) -> Sequence[Mail]:
        return self._read_mails(MAILS.c.state == MailState.SENDING.value)

    def _read_mails(self, *where: ColumnElement[bool], limit: int | None = None) -> Sequence[Mail]:
        by_due = select(MAILS).where(*where).order_by(MAILS.c.due_at, MAILS.c.id).limit(limit)
        with self.database.transaction() as connection:
            return [to_mail(row) for row in connection.execute(by_due).mappings()]

    def next_mail_at(self) -> int | None:
        with self.database.transaction() as connection:
            return connection.execute(select(func.min(MAILS.c.look_at)).where(MAILS.c.state == MailState.WAITING.value)).scalar()

    def note(self, name: str) -> bytes | None:
        with self.database.transaction() as connection:
            return connection.execute(select(NOTES.c.content).where(NOTES.c.name == name)).scalar()

    def evidence(self) -> Sequence[Evidence]:
        with self.database.transaction() as connection:
            rows = connection.execute(select(EVIDENCE).order_by(EVIDENCE.c.agreed_at, EVIDENCE.c.appointment)).mappings()
            return [Evidence(**row) for row in rows]

    # ---- forgetting

    def forget(self, retention: Retention) -> int:
        with self.database.transaction() as connection:
            forgetting.empty_readiness(connection, retention.readiness_before)
            gone = forgetting.remove(connection, APPOINTMENTS.c.ends_at < retention.appointments_before)
            forgetting.remove_evidence(connection, retention.evidence_before)
        forgetting.wipe_traces(self.database)
        return gone

    def forget_person(self, appointments: Sequence[str]) -> int:
        with self.database.transaction() as connection:
            gone = forgetting.remove(connection, APPOINTMENTS.c.id.in_(appointments))
            forgetting.remove_rest(connection, appointments)
        forgetting.wipe_traces(self.database)
        return gone


def _put(connection: Connection, appointment: Appointment) -> Appointment:
    """Raises Stale."""
    stored = replace(appointment, revision=appointment.revision + 1)
    values = appointment_values(stored)
    if appointment.revision:
        read = (APPOINTMENTS.c.id == appointment.id) & (APPOINTMENTS.c.revision == appointment.revision)
        if connection.execute(update(APPOINTMENTS).where(read).values(values)).rowcount != 1:
            raise Stale
        connection.execute(update(WORDS).where(WORDS.c.appointment == stored.id).values(words_values(stored)))
    else:
        try:
            connection.execute(insert(APPOINTMENTS), values)
        except IntegrityError:
            raise Stale from None
        connection.execute(insert(WORDS), words_values(stored))
    evidence = evidence_of(stored)
    if evidence is not None:
        row = evidence_values(evidence)
        connection.execute(upsert(EVIDENCE).values(row).on_conflict_do_update(index_elements=["appointment", "agreed_at"], set_=row))
    return stored


def _withdraw(connection: Connection, appointments: Sequence[str]) -> None:
    waiting = MAILS.c.appointment.in_(appointments) & (MAILS.c.state == MailState.WAITING.value)
    connection.execute(update(MAILS).where(waiting).values(state=MailState.WITHDRAWN.value, message=b""))
