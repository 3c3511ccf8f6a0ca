"""Appointments as a table for a spreadsheet. Pure, no disk. What is known of a client's technology never stands in it.

UTF-8 with a mark and semicolons, as a German Excel opens it by a double click. A cell that a spreadsheet would take for a formula is
written as text (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from app.domain.appointments import Appointment
from app.services.local_time import wall_of
from app.texts import Texts

COLUMNS = ("date", "start", "end", "minutes", "name", "email", "phone", "language", "way", "topic", "state")
"""Names of the columns in the catalogue: `app.exchange.column.NAME`."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table_of(appointments: Iterable[Appointment], texts: Texts) -> bytes:
    """One row for each appointment, in the order given; the first row says what the columns are, in the language of `texts`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([texts(f"app.exchange.column.{column}") for column in COLUMNS])
    writer.writerows([harmless(cell) for cell in _row(appointment, texts)] for appointment in appointments)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with. Blanks before a sign do not hide it: some programs drop them."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _row(appointment: Appointment, texts: Texts) -> Sequence[str]:
    client = appointment.client
    start, end = wall_of(appointment.starts_at), wall_of(appointment.ends_at)
    return (
        f"{start:%d.%m.%Y}",
        f"{start:%H:%M}",
        f"{end:%H:%M}",
        str(appointment.minutes),
        client.name,
        client.email,
        client.phone,
        client.language,
        texts(f"app.sheet.way.is.{appointment.way.value}"),
        appointment.topic,
        _state(appointment, texts),
    )


def _state(appointment: Appointment, texts: Texts) -> str:
    """The outcome, where there is one; the step and the reason of what failed stay behind."""
    if appointment.outcome is not None:
        return texts(f"app.outcome.kind.{appointment.outcome.kind.value}")
    return texts(f"app.sheet.stage.{appointment.stage.value}")
