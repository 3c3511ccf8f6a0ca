"""The finished note for the agency's case system. Pure; imports the domain and the catalogue.

It says what was and names nobody. Of the client's technology it says only what relieves them.
"""

from __future__ import annotations

from app.domain.appointments import Appointment
from app.domain.outcome import Outcome
from app.services.local_time import wall_of
from app.texts import Texts


def case_note(appointment: Appointment, outcome: Outcome, texts: Texts) -> str:
    """Two or three sentences, one a line; the counsellor's remark stands last, as it is."""
    begins = wall_of(appointment.starts_at)
    when = texts(
        f"app.appointment.note.{appointment.way.value}",
        date=begins.strftime(texts("app.appointment.note.date-form")),
        time=f"{begins:%H:%M}",
        minutes=appointment.minutes,
    )
    said = texts(f"app.appointment.outcome.{outcome.kind.value}", minutes=outcome.talked_minutes)
    return "\n".join(line for line in (when, said, outcome.remark) if line)
