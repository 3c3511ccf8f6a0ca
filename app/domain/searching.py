"""What a search compares: text without case, marks of direction and other invisible signs. No I/O, imports `app.domain` only."""

from __future__ import annotations

import unicodedata

from app.domain.appointments import Appointment


def folded(text: str) -> str:
    """As it is compared: compatibility forms (Unicode Standard Annex 15, NFKC) without case and without anything that is not seen."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isprintable())


def search_text(appointment: Appointment) -> str:
    """All of an appointment that a search looks through, one part a line; the phone number as typed, and its digits alone."""
    client = appointment.client
    digits = "".join(filter(str.isdecimal, client.phone))
    return "\n".join(map(folded, (client.name, appointment.topic, client.email, client.phone, digits)))
