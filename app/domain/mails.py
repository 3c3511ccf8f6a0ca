"""Mails to a client, as the outbox keeps them. No I/O, imports nothing of `app`."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class MailKind(enum.Enum):
    """What a mail is for. Each has a template."""

    INVITATION = "invitation"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER_DAY_BEFORE = "reminder-day-before"
    REMINDER_MORNING = "reminder-morning"
    NEW_LINK = "new-link"
    """A deputy took over: the link of before leads nowhere."""

    @property
    def is_reminder(self) -> bool:
        return self in (MailKind.REMINDER_DAY_BEFORE, MailKind.REMINDER_MORNING)


class MailState(enum.Enum):
    """Where a mail stands. Green is none of them: what the recipient's server did is not known to us."""

    WAITING = "waiting"
    """Not sent yet, or to be tried again."""
    SENDING = "sending"
    """Handed to the server now. Found after a crash it counts as UNCLEAR."""
    ACCEPTED = "accepted"
    """The agency's mail server took it; whether it was delivered is unknown."""
    REFUSED = "refused"
    """For good (5xx, RFC 5321, section 4.2.1); `reply` has the reason."""
    UNCLEAR = "unclear"
    """The connection was lost after DATA: only a person decides whether it is sent again, with the same Message-ID."""
    WITHDRAWN = "withdrawn"
    """Not to be sent any more: cancelled, moved or agreement taken back."""
    LATE = "late"
    """A reminder whose appointment had begun before it could be sent."""
    RETURNED = "returned"
    """It came back (RFC 3464); known only where a mailbox for bounces is configured."""

    @property
    def may_send(self) -> bool:
        """By itself."""
        return self is MailState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail of the outbox. Everything that names a person stands in the encrypted store only."""

    id: str
    appointment: str
    kind: MailKind
    message_id: str
    """Message-ID with its angle brackets; the same at every try."""
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)
    """The message (RFC 5322), CRLF lines, without Date and Message-ID: the outbox puts them before it at each try. Emptied once it can no
    longer be sent."""
    due_at: int
    """Unix seconds; not sent before."""
    useless_at: int | None = None
    """Unix seconds; from then on it becomes LATE instead of being sent (the start, for a reminder)."""
    state: MailState = MailState.WAITING
    tries: int = 0
    next_try_at: int = 0
    """Unix seconds."""
    reply: str = field(default="", repr=False)
    """What the server said last: code and text."""
    changed_at: int = 0
    """Unix seconds."""
