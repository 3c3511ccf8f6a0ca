"""Reading the reports that say a mail came back (RFC 3464). Pure, no I/O; imports nothing of `app`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

MAX_BYTES = 1_000_000
"""A report is small; what is larger is none."""
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9_.@-]{3,300}>")
_DIAGNOSTIC_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """One mail of ours that was not delivered."""

    message_id: str
    """With its angle brackets."""
    reason: str = field(repr=False)
    """Status and what the other server said; may name a person."""


def returned_in(raw: bytes) -> Returned | None:
    """What a mail of the bounce mailbox reports. None for anything but a final failure of a mail that is named in it: delays,
    successes, answers by people, other mails."""
    if len(raw) > MAX_BYTES:
        return None
    report = message_from_bytes(raw, policy=default)
    if report.get_content_type() != "multipart/report" or report.get_param("report-type") != "delivery-status":
        return None
    reason = next((_reason(fields) for fields in _recipients(report) if _text(fields, "Action").lower() == "failed"), None)
    message_id = next(_ids(report), "")
    return Returned(message_id, reason) if reason is not None and message_id else None


def _recipients(report: Message) -> Iterator[Message]:
    """The groups of fields for each recipient: all but the first (RFC 3464, section 2.1)."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(groups := part.get_payload(), list):
            yield from (group for group in groups[1:] if isinstance(group, Message))


def _ids(report: Message) -> Iterator[str]:
    """The Message-IDs of what came back."""
    for mail in _came_back(report):
        if found := _MESSAGE_ID.search(_text(mail, "Message-ID")):
            yield found[0]


def _came_back(report: Message) -> Iterator[Message]:
    """The whole mail, or its headers (RFC 6522, section 3)."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(inner := part.get_payload(), list):
            yield from (mail for mail in inner if isinstance(mail, Message))
        elif part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
            yield message_from_bytes(part.get_content().encode("utf-8", "replace"), policy=default)


def _reason(fields: Message) -> str:
    said = f"{_text(fields, 'Status')} {_text(fields, 'Diagnostic-Code')}".split()
    return " ".join(said)[:_DIAGNOSTIC_LETTERS]


def _text(fields: Message, name: str) -> str:
    return str(fields.get(name, "")).strip()
