"""How an appointment is kept: as JSON, whole. What cannot be kept is refused here, before anything is written. No SQL, no I/O."""

from __future__ import annotations

import msgspec

from app.domain.appointments import MAX_MINUTES, Appointment
from app.domain.mails import Mail
from app.services.appointments.ports import Evidence, StoreError

LAST_SECOND = 253_402_300_799
"""The end of the year 9999, Unix seconds: what `datetime` can show."""

_decoder = msgspec.json.Decoder(Appointment)


def pack(appointment: Appointment) -> bytes:
    """Raises StoreError for a time that does not exist and for text that is none (half of a UTF-16 pair)."""
    if not (appointment.starts_at >= 0 and appointment.ends_at <= LAST_SECOND and 1 <= appointment.minutes <= MAX_MINUTES):
        raise StoreError("app.store.impossible-time")
    try:
        return msgspec.json.encode(appointment)
    except UnicodeEncodeError:
        raise StoreError("app.store.impossible-text") from None


def unpack(packed: bytes) -> Appointment:
    """What `pack` was given. Raises StoreError for anything else."""
    try:
        return _decoder.decode(packed)
    except (msgspec.DecodeError, UnicodeError):
        raise StoreError("app.store.broken") from None


def check_mail(mail: Mail) -> None:
    """Raises StoreError for text that is none."""
    try:
        for text in (mail.id, mail.message_id, mail.recipient, mail.reply):
            text.encode("utf-8")
    except UnicodeEncodeError:
        raise StoreError("app.store.impossible-text") from None


def evidence_of(appointment: Appointment) -> Evidence | None:
    """What remains of its agreement."""
    agreed = appointment.agreement
    if agreed is None:
        return None
    return Evidence(
        appointment=appointment.id, text_version=agreed.text_version, agreed_at=agreed.agreed_at, withdrawn_at=agreed.withdrawn_at
    )


def goes_with(note: str) -> str | None:
    """The appointment that a note goes with: what follows the last `/` of its name."""
    return note.rpartition("/")[2] if "/" in note else None
