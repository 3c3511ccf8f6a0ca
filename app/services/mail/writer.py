"""Writes what a client reads: mails, the letter, the text to copy. Keeps the appointments' port `MailWriter`. No I/O once it is made.

Imports the parts of the mail, which do not know each other.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import time
from pathlib import Path

from app.domain.appointments import Appointment
from app.domain.mails import Mail, MailKind
from app.domain.secrets import new_id
from app.services.appointments.ports import BookError, Preview
from app.services.appointments.reminders import Reminders
from app.services.mail.addresses import AddressError, domain_of, travelling
from app.services.mail.blocks import blocks_of, plain_of
from app.services.mail.calendar_entry import Entry, Method, calendar_of
from app.services.mail.html import Frame
from app.services.mail.message import Contents, message_of
from app.services.mail.paper import Paper
from app.services.mail.places import Places, Sender
from app.services.mail.settings import MailSettings
from app.services.mail.templates import ENTRY, LETTER, Templates

MAX_NAME_LETTERS = 200
_METHODS = {
    MailKind.INVITATION: Method.REQUEST,
    MailKind.MOVED: Method.REQUEST,
    MailKind.NEW_LINK: Method.REQUEST,
    MailKind.CANCELLED: Method.CANCEL,
}
"""Kinds that bring a calendar entry; reminders bring none."""


def reminders_of(settings: MailSettings | None) -> Reminders:
    """As the agency wants them."""
    if settings is None:
        return Reminders()
    day_before, morning = settings.day_before_hour, settings.morning_hour
    return Reminders(
        day_before=time(day_before) if day_before is not None else None,
        morning=time(morning) if morning is not None else None,
    )


class AgencyMailWriter:
    """Writes in the agency's name. May be called on any thread."""

    def __init__(self, sender: Sender, settings: MailSettings | None, templates: Templates, frame: Frame, paper: Paper) -> None:
        """`settings` are checked; without them there is the letter, the text to copy and previews, but no mail."""
        self.templates = templates
        self._sender = sender
        self._settings = settings
        self._frame = frame
        self._paper = paper

    @classmethod
    def of(cls, agency: str, phone: str, settings: MailSettings | None, resources: Path) -> AgencyMailWriter:
        """With the product's texts from `resources/mail` and the agency's above them. Reads files."""
        own = resources / "mail"
        theirs = Path(settings.templates_folder) if settings is not None and settings.templates_folder else None
        sender = Sender(agency=agency, phone=phone, reply=settings is not None and bool(settings.reply_to))
        return cls(sender, settings, Templates.read(own, theirs), Frame(own / "frame.html"), Paper(own / "letter.typ"))

    def write(self, kind: MailKind, appointment: Appointment, link: str, *, due_at: int, useless_at: int | None, now: int) -> Mail:
        """For the outbox. The calendar entry takes the appointment's `sequence` as it stands. Raises BookError."""
        settings = self._settings
        if settings is None:
            raise BookError("app.appointment.locked.no-mail-server")
        contents = self._contents(kind, _fit(appointment), link, settings, now)
        ident = new_id()
        return Mail(
            id=ident,
            appointment=appointment.id,
            kind=kind,
            message_id=f"<{ident}@{domain_of(settings.sender)}>",
            recipient=contents.recipient,
            message=message_of(contents, settings),
            due_at=due_at,
            useless_at=useless_at,
            next_try_at=due_at,
            changed_at=now,
        )

    def preview(self, kind: MailKind, appointment: Appointment, link: str) -> Preview:
        """Raises BookError."""
        subject, plain, html = self._said(kind, _fit(appointment), link)
        return Preview(subject=subject, plain=plain, html=html, recipient=appointment.client.email)

    def preview_template(self, name: str, language: str, text: str, places: Places) -> Preview:
        """What a new template of the agency's would say. Raises TemplateRefused."""
        said = self.templates.tried(name, language, text, places)
        html = self._frame.around(said.subject, blocks_of(said.body, places), language)
        return Preview(subject=said.subject, plain=plain_of(said.body), html=html, recipient="")

    def copy_text(self, appointment: Appointment, link: str) -> str:
        """The invitation for another way of sending it. Raises BookError."""
        language = self.templates.language_for(appointment.client.language)
        places = Places.of(_fit(appointment), link, language, self._sender, by_mail=False)
        return plain_of(self.templates.say(MailKind.INVITATION.value, language, places).body)

    def letter(self, appointment: Appointment, link: str) -> bytes:
        """PDF/UA. Takes a moment. Raises BookError."""
        language = self.templates.language_for(appointment.client.language)
        places = Places.of(_fit(appointment), link, language, self._sender, by_mail=False)
        said = self.templates.say(LETTER, language, places)
        return self._paper.letter(said.subject, blocks_of(said.body, places), language, self._sender.agency, appointment.client.name)

    def _said(self, kind: MailKind, appointment: Appointment, link: str) -> tuple[str, str, str]:
        """Subject, plain text, HTML."""
        language = self.templates.language_for(appointment.client.language)
        places = Places.of(appointment, link, language, self._sender)
        said = self.templates.say(kind.value, language, places)
        return said.subject, plain_of(said.body), self._frame.around(said.subject, blocks_of(said.body, places), language)

    def _contents(self, kind: MailKind, appointment: Appointment, link: str, settings: MailSettings, now: int) -> Contents:
        subject, plain, html = self._said(kind, appointment, link)
        contents = Contents(
            recipient=_address(appointment),
            language=self.templates.language_for(appointment.client.language),
            subject=subject,
            plain=plain,
            html=html,
        )
        method = _METHODS.get(kind)
        if method is None:
            return contents
        return replace(contents, entry=self._entry(method, appointment, link, contents, settings, now), method=method)

    def _entry(self, method: Method, appointment: Appointment, link: str, contents: Contents, settings: MailSettings, now: int) -> bytes:
        said = self.templates.say(ENTRY, contents.language, Places.of(appointment, link, contents.language, self._sender))
        entry = Entry(
            method=method,
            summary=said.subject,
            description=said.body if method is Method.REQUEST else "",
            link=link,
            organizer=settings.organizer or settings.sender,
            organizer_name=settings.sender_name,
            attendee=contents.recipient,
        )
        return calendar_of(appointment, entry, now)


def _address(appointment: Appointment) -> str:
    try:
        return travelling(appointment.client.email)
    except AddressError:
        raise BookError("app.appointment.draft.email", "email") from None


def _fit(appointment: Appointment) -> Appointment:
    """Drafts are checked before they are kept; this is for what came in another way. Raises BookError."""
    name = appointment.client.name
    if len(name) > MAX_NAME_LETTERS:
        raise BookError("app.appointment.draft.too-many-letters", "name", most=str(MAX_NAME_LETTERS))
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in name):
        raise BookError("app.appointment.draft.control-characters", "name")
    return appointment
