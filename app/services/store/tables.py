"""The store's tables, and the way between their rows and the records. SQLAlchemy Core.

An appointment is kept whole as JSON (`body`); the columns beside it are what is searched and sorted by. How they came to be stands in
`steps`; a test holds both against each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, MetaData, RowMapping, String, Table

from app.domain.appointments import Appointment
from app.domain.mails import Mail
from app.domain.readiness import Readiness
from app.domain.searching import search_text
from app.services.appointments.ports import Evidence, StoreError
from app.services.store.forms import check_mail, pack

metadata = MetaData()

APPOINTMENTS = Table(
    "appointments",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("starts_at", BigInteger, nullable=False, index=True),
    Column("ends_at", BigInteger, nullable=False, index=True),
    Column("stage", String, nullable=False),
    Column("series", String, index=True),
    Column("room", String, index=True),
    Column("ready", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("appointments_with_room", APPOINTMENTS.c.ends_at, sqlite_where=APPOINTMENTS.c.room.is_not(None))
Index("appointments_ready", APPOINTMENTS.c.ends_at, sqlite_where=APPOINTMENTS.c.ready)

WORDS = Table(
    "words",
    metadata,
    Column("appointment", String, ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True),
    Column("text", String, nullable=False),
)
"""What a search looks through (`search_text`), apart from the rest so that a search reads little."""

MAILS = Table(
    "mails",
    metadata,
    Column("id", String, primary_key=True),
    Column("appointment", String, ForeignKey("appointments.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("look_at", BigInteger, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("mails_to_look_at", "state", "look_at"),
)
"""`look_at`: when a waiting one is looked at next, the later of `due_at` and `next_try_at`. `body` is all but `message` and `state`."""

EVIDENCE = Table(
    "evidence",
    metadata,
    Column("appointment", String, primary_key=True),
    Column("agreed_at", BigInteger, primary_key=True),
    Column("text_version", String, nullable=False),
    Column("withdrawn_at", BigInteger),
)

NOTES = Table(
    "notes",
    metadata,
    Column("name", String, primary_key=True),
    Column("appointment", String, index=True),
    Column("content", LargeBinary, nullable=False),
)
"""`appointment`: with which it goes."""

_mails = msgspec.json.Decoder(Mail)


def appointment_values(appointment: Appointment) -> dict[str, Any]:
    """Raises StoreError."""
    return {
        "id": appointment.id,
        "revision": appointment.revision,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "stage": appointment.stage.value,
        "series": appointment.series,
        "room": appointment.access and appointment.access.room,
        "ready": appointment.readiness != Readiness(),
        "body": pack(appointment),
    }


def words_values(appointment: Appointment) -> dict[str, Any]:
    return {"appointment": appointment.id, "text": search_text(appointment)}


def mail_values(mail: Mail) -> dict[str, Any]:
    """Raises StoreError."""
    check_mail(mail)
    return {
        "id": mail.id,
        "appointment": mail.appointment,
        "state": mail.state.value,
        "due_at": mail.due_at,
        "look_at": max(mail.due_at, mail.next_try_at),
        "message": mail.message,
        "body": msgspec.json.encode(replace(mail, message=b"")),
    }


def to_mail(row: RowMapping) -> Mail:
    """Raises StoreError."""
    try:
        mail = _mails.decode(row["body"])
    except (msgspec.DecodeError, UnicodeError):
        raise StoreError("app.store.broken") from None
    return replace(mail, message=row["message"], state=type(mail.state)(row["state"]))


def evidence_values(evidence: Evidence) -> dict[str, Any]:
    return {
        "appointment": evidence.appointment,
        "agreed_at": evidence.agreed_at,
        "text_version": evidence.text_version,
        "withdrawn_at": evidence.withdrawn_at,
    }
