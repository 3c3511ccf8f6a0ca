"""A mail as it travels: headers, plain text, HTML, calendar entry (RFC 5322, MIME, RFC 6047). Imports the settings only.

No header holds what came from a person except the recipient's address, and that one is checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.services.mail.calendar_entry import Method
from app.services.mail.settings import MailSettings

ENTRY_FILE = "termin.ics"
_POLICY = SMTP.clone(cte_type="7bit")
"""Goes through every server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What one mail says."""

    recipient: str = field(repr=False)
    """As it travels (`app.services.mail.addresses.travelling`)."""
    language: str
    subject: str
    plain: str = field(repr=False)
    html: str = field(repr=False)
    entry: bytes = field(default=b"", repr=False)
    """Calendar entry; empty without one."""
    method: Method = Method.REQUEST


def message_of(contents: Contents, settings: MailSettings) -> bytes:
    """CRLF lines, ASCII; without Date and Message-ID, which the outbox writes."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = Address(addr_spec=contents.recipient)
    if settings.reply_to:
        message["Reply-To"] = Address(addr_spec=settings.reply_to)
    message["Subject"] = contents.subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's "out of office" answers it
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # the same for Exchange
    message.set_content(contents.plain)
    message.add_alternative(contents.html, subtype="html")
    if contents.entry:
        # Twice, as mail programs want it: as an alternative for those that show an invitation, as a file for those that do not.
        text = contents.entry.decode("utf-8")
        message.add_alternative(text, subtype="calendar", params={"method": contents.method.value})
        message.add_attachment(contents.entry, maintype="application", subtype="ics", filename=ENTRY_FILE)
    message["Content-Language"] = contents.language  # last, because new content takes its headers along
    return message.as_bytes()
