"""Whom and what an entry of somebody else's calendar is about, as far as our fields can hold it. Pure; imports the rules for drafts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.domain.appointments import Client
from app.services.appointments.drafts import NAME_LETTERS, TOPIC_LETTERS, checked
from app.services.appointments.ports import BookError, Draft
from app.services.exchange.ics_event import BROKEN
from app.services.exchange.ics_repeats import Occurrence

_NO_PERSONS = {"ROOM", "RESOURCE", "GROUP"}
"""CUTYPE (RFC 5545, section 3.2.3)."""


def draft_of(occurrence: Occurrence) -> Draft:
    """The subject is the topic; who alone is invited besides the organizer is the client. Description, place and links stay behind."""
    entry = occurrence.event.entry
    draft = Draft(
        starts_at=occurrence.starts_at,
        minutes=occurrence.event.minutes,
        topic=one_line(str(entry.get("SUMMARY", "")), TOPIC_LETTERS),
        client=_client(entry),
    )
    try:
        return checked(draft)
    except BookError:
        return checked(replace(draft, client=replace(draft.client, email="")))


def one_line(text: str, most: int) -> str:
    """The text as one line of letters: what does not print becomes a blank, what is too long is cut."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in composed)
    return " ".join(shown.split())[:most].strip()


def _client(entry: Any) -> Client:
    try:
        persons = list(_persons(entry))
    except BROKEN:
        return Client()
    if len(persons) != 1:
        return Client()
    name, address = persons[0]
    return Client(name=one_line(name, NAME_LETTERS), email=address)


def _persons(entry: Any) -> Iterable[tuple[str, str]]:
    """Name and address of each person who is invited and is not the organizer."""
    attendees = entry.get("ATTENDEE", [])
    organizer = _address(entry.get("ORGANIZER", ""))
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        address = _address(attendee)
        parameters = getattr(attendee, "params", {})
        is_organizer = bool(address) and address.casefold() == organizer.casefold()
        if not is_organizer and str(parameters.get("CUTYPE", "")).upper() not in _NO_PERSONS:
            name = str(parameters.get("CN", ""))
            yield ("" if "@" in name else name), address


def _address(value: Any) -> str:
    text = str(value).strip()
    return text[7:].strip() if text[:7].lower() == "mailto:" else ""
