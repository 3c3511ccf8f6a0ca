"""What a person typed about an appointment, held against what can be true. Pure, no I/O; imports domain, ports, rules for addresses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from app.domain.appointments import MAX_MINUTES, Client, Way
from app.services.appointments.ports import BookError, Draft
from app.services.mail.addresses import AddressError, travelling

NAME_LETTERS, TOPIC_LETTERS, NEEDS_LETTERS, PHONE_LETTERS = 200, 200, 1000, 40
EARLIEST, LATEST = 1_577_836_800, 4_102_444_800
"""2020 and 2100, Unix seconds: what lies outside was mistyped, or a clock is wrong."""

_PHONE = re.compile(r"[0-9 +()/-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def checked(draft: Draft, now: int | None = None) -> Draft:
    """The draft as it may be kept: blanks at the ends and foreign line ends gone, letters composed (Unicode NFC).

    With `now` (Unix seconds) a conversation by video has to lie ahead; what was held on the phone or on site may be noted afterwards.
    Raises BookError with the `part` that is to be mended: `starts_at`, `minutes`, `topic`, `name`, `email`, `phone`, `language`, `needs`.
    """
    if draft.minutes <= 0:
        raise BookError("app.appointment.draft.end-before-start", "minutes")
    if draft.minutes > MAX_MINUTES:
        raise BookError("app.appointment.draft.too-long", "minutes", hours=str(MAX_MINUTES // 60))
    if not EARLIEST <= draft.starts_at < LATEST:
        raise BookError("app.appointment.draft.impossible-time", "starts_at")
    if now is not None and draft.way is Way.VIDEO and draft.starts_at + draft.minutes * 60 <= now:
        raise BookError("app.appointment.draft.past", "starts_at")
    topic = _line(draft.topic, "topic", TOPIC_LETTERS)
    return replace(draft, topic=topic, client=_client(draft.client))


def _client(client: Client) -> Client:
    language = client.language.strip()
    if not _LANGUAGE.fullmatch(language):
        raise BookError("app.appointment.draft.language", "language")
    return replace(
        client,
        name=_line(client.name, "name", NAME_LETTERS),
        email=_email(client.email),
        phone=_phone(client.phone),
        language=language,
        needs=text_lines(client.needs, "needs", NEEDS_LETTERS),
    )


def _line(text: str, part: str, most: int) -> str:
    """One line. Letters of every script, marks of direction and joined pictures are welcome; control characters are not."""
    line = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in line):
        raise BookError("app.appointment.draft.control-characters", part)
    if len(line) > most:
        raise BookError("app.appointment.draft.too-many-letters", part, most=str(most))
    return line


def text_lines(text: str, part: str, most: int) -> str:
    """Several lines, at most so many letters in all. Raises BookError with that `part`."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    kept = "\n".join(_line(line, part, most) for line in lines).strip()
    if len(kept) > most:
        raise BookError("app.appointment.draft.too-many-letters", part, most=str(most))
    return kept


def _phone(text: str) -> str:
    phone = text.strip()
    if len(phone) > PHONE_LETTERS or not _PHONE.fullmatch(phone):
        raise BookError("app.appointment.draft.phone", "phone")
    return phone


def _email(text: str) -> str:
    """One address, its domain as it travels (RFC 5891); empty stays empty."""
    try:
        return travelling(text) if text.strip() else ""
    except AddressError:
        raise BookError("app.appointment.draft.email", "email") from None
