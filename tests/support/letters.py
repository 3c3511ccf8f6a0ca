"""An agency, its client, and what it writes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any, cast
from zoneinfo import ZoneInfo

import icalendar

from app.domain.appointments import ZONE, Access, Agreement, Appointment, Client, Stage
from app.domain.mails import Mail, MailKind
from app.domain.secrets import new_id, new_token
from app.paths import RESOURCES
from app.services.mail.settings import MailSettings
from app.services.mail.writer import AgencyMailWriter

PHONE = "0221 12 34 56"
SETTINGS = MailSettings(host="mail.agency.example", sender="termine@agency.example", sender_name="Beratung Köln")
LINK_BASE = "https://beratung.example"


def unix(year: int, month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> int:
    """Unix seconds of a time on the wall."""
    return int(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(ZONE), fold=fold).timestamp())


STARTS = unix(2026, 12, 1, 14)
NOW = STARTS - 3 * 86_400


def invited(**values: Any) -> Appointment:
    """Tuesday, 1 December 2026, 14:00, half an hour; everything of the client's is a canary."""
    client = Client(name="Kanari Vogel", email="kunde@client.example", phone="0160 9999999", needs="Kanari-Bedarf")
    made = Appointment(
        id=new_id(),
        starts_at=STARTS,
        minutes=30,
        topic="Kanari-Thema",
        client=client,
        stage=Stage.INVITED,
        agreement=Agreement(text_version="1", agreed_at=NOW),
        access=Access(room=new_id(), token=new_token(), code="123456789"),
        sequence=1,
        owner="kanari-fachkraft",
    )
    return replace(made, **values)


def link_of(appointment: Appointment) -> str:
    return f"{LINK_BASE}/r#{appointment.access.token}" if appointment.access is not None else ""


def writer(settings: MailSettings | None = SETTINGS, agency: str = "Beratung Köln", phone: str = PHONE) -> AgencyMailWriter:
    return AgencyMailWriter.of(agency, phone, settings, RESOURCES)


def written(kind: MailKind, appointment: Appointment, by: AgencyMailWriter | None = None) -> Mail:
    return (by or writer()).write(kind, appointment, link_of(appointment), due_at=NOW, useless_at=None, now=NOW)


def parsed(mail: Mail) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(mail.message, policy=SMTP))


def part(message: EmailMessage, content_type: str) -> EmailMessage:
    [found] = [piece for piece in message.walk() if piece.get_content_type() == content_type]
    return cast(EmailMessage, found)


def entry_in(mail: Mail) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(part(parsed(mail), "text/calendar").get_content())
    [event] = calendar.events
    return calendar, event


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self._in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body |= tag == "body"
        self.tags.add(tag)
        self.text += " " if tag in ("p", "li", "h2", "br", "div") else ""
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "background", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data if self._in_body else ""


def read_html(html: str) -> tuple[str, list[str], set[str]]:
    """Its words with single blanks, where it leads, its tags."""
    reader = _Words()
    reader.feed(html)
    return words(reader.text), reader.addresses, reader.tags


def words(text: str) -> str:
    """With single blanks, without marks of lists."""
    return re.sub(r"\s+", " ", re.sub(r"^- ", "", text, flags=re.MULTILINE)).strip()
