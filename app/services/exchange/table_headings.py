"""Which column of somebody's table means what, by the words of its first row. Pure, imports nothing of `app`."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType


class Column(enum.Enum):
    """What is read of a table."""

    DATE = "date"
    START = "start"
    END_DATE = "end-date"
    """Tables of Outlook have one; it has to be the same day."""
    END = "end"
    MINUTES = "minutes"
    NAME = "name"
    FIRST_NAME = "first-name"
    EMAIL = "email"
    PHONE = "phone"
    LANGUAGE = "language"
    WAY = "way"
    TOPIC = "topic"
    STATE = "state"


_WORDS = {
    Column.DATE: "datum tag termin beginntam startdatum date day startdate",
    Column.START: "beginn start von uhrzeit zeit anfang beginntum startzeit begin from time starttime",
    Column.END_DATE: "endetam enddatum enddate",
    Column.END: "ende bis endetum endzeit end to until endtime",
    Column.MINUTES: "minuten dauer dauerinminuten dauerminuten dauermin min minutes duration durationminutes length",
    Column.NAME: "name nachname familienname person kunde kundin kundename kundenname client clientname lastname surname fullname",
    Column.FIRST_NAME: "vorname firstname givenname",
    Column.EMAIL: "email mail emailadresse mailadresse emailaddress",
    Column.PHONE: "telefon telefonnummer tel rufnummer handy mobil mobilnummer phone phonenumber telephone mobile",
    Column.LANGUAGE: "sprache language",
    Column.WAY: "art weg kanal form kind way channel",
    Column.TOPIC: "thema anliegen betreff notiz bemerkung grund topic subject note notes about reason",
    Column.STATE: "stand status zustand state",
}
_MEANING = MappingProxyType({word: column for column, words in _WORDS.items() for word in words.split()})


def columns_of(heads: Sequence[str]) -> Mapping[Column, int]:
    """Column -> where it stands; of two with the same meaning the first. What is not known is left out."""
    found: dict[Column, int] = {}
    for place, head in enumerate(heads):
        column = _MEANING.get("".join(letter for letter in head.casefold() if letter.isalnum()))
        if column is not None:
            found.setdefault(column, place)
    return found
