"""Which mails a change brings along. Pure rules over the mails that stand in the outbox; imports the domain and the ports only.

A mail says what is true when it goes out: whatever waits is withdrawn and written anew when the appointment changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.services.appointments.ports import BookError, Preview
from app.services.appointments.reminders import Reminders

TELLS_OF_THE_LINK = frozenset({MailKind.INVITATION, MailKind.MOVED, MailKind.NEW_LINK})
MAY_HAVE_COME = frozenset({MailState.SENDING, MailState.ACCEPTED, MailState.UNCLEAR})


class MailWriter(Protocol):
    """Port: writes what a client reads. Implemented by the mail's part and by an honest fake."""

    def write(self, kind: MailKind, appointment: Appointment, link: str, *, due_at: int, useless_at: int | None, now: int) -> Mail:
        """A new mail for the outbox, to the appointment's client."""
        ...

    def preview(self, kind: MailKind, appointment: Appointment, link: str) -> Preview: ...

    def copy_text(self, appointment: Appointment, link: str) -> str: ...

    def letter(self, appointment: Appointment, link: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Post:
    """Writes the mails of a change."""

    writer: MailWriter
    link: Callable[[Appointment], str]
    """The personal link; empty without an access."""
    reminders: Reminders

    def mail(self, kind: MailKind, appointment: Appointment, now: int, due_at: int | None = None) -> Mail:
        """One mail, due now unless said otherwise. An invitation is of no use after the end, a reminder none after the start."""
        useless_at = None if kind is MailKind.CANCELLED else appointment.starts_at if kind.is_reminder else appointment.ends_at
        due = now if due_at is None else due_at
        return self.writer.write(kind, appointment, self.link(appointment), due_at=due, useless_at=useless_at, now=now)

    def with_reminders(self, kind: MailKind, appointment: Appointment, now: int) -> tuple[Mail, ...]:
        """A mail and the reminders after it."""
        return (self.mail(kind, appointment, now), *self.reminding(appointment, now))

    def reminding(self, appointment: Appointment, now: int) -> tuple[Mail, ...]:
        """The reminders that lie ahead."""
        ahead = self.reminders.of(appointment.starts_at, now)
        return tuple(self.mail(kind, appointment, now, due_at) for kind, due_at in ahead)

    def after_change(self, before: Appointment, after: Appointment, mails: Sequence[Mail], tell: bool, now: int) -> tuple[Mail, ...] | None:
        """What takes the place of the mails that wait; None where they may stay as they are.

        What was not sent yet is written anew without asking: the person asked for it already. `tell` decides about the rest.
        """
        if what_mails_say(before) == what_mails_say(after):
            return None
        time_changed = (before.starts_at, before.minutes) != (after.starts_at, after.minutes)
        waiting = [mail.kind for mail in mails if mail.state is MailState.WAITING]
        unsent = next((kind for kind in waiting if kind in TELLS_OF_THE_LINK), None)
        told = MailKind.MOVED if time_changed else MailKind.INVITATION if before.client.email != after.client.email else None
        kind = unsent or (told if tell and after.stage in (Stage.INVITED, Stage.WAITING) else None)
        reminds = kind is not None or any(mail.kind.is_reminder and mail.state is not MailState.WITHDRAWN for mail in mails)
        if after.way is not Way.VIDEO or not after.agreed or not after.client.email:
            return ()
        first = () if kind is None else (self.mail(kind, after, now),)
        return (*first, *(self.reminding(after, now) if reminds else ()))


def link_of(appointment: Appointment, link_base: str) -> str:
    """The personal link; empty without an access."""
    return "" if appointment.access is None else f"{link_base}/r#{appointment.access.token}"


def what_mails_say(appointment: Appointment) -> tuple[object, ...]:
    """Two appointments that agree in this have the same mails."""
    client, access = appointment.client, appointment.access
    code = "" if access is None else access.code
    return code, appointment.starts_at, appointment.minutes, appointment.way, client.name, client.email, client.language, client.save_data


def may_know(appointment: Appointment, mails: Sequence[Mail]) -> bool:
    """The client may have heard of the link: it was given out, and not only by a mail that still waits. Whom a deputy writes a new link
    had one before."""
    given_out = appointment.stage in (Stage.INVITED, Stage.WAITING, Stage.IN_SESSION)
    had_one = any(mail.kind is MailKind.NEW_LINK for mail in mails)
    about = [mail for mail in mails if mail.kind in TELLS_OF_THE_LINK and mail.state is not MailState.WITHDRAWN]
    return given_out and (had_one or not about or any(mail.state in MAY_HAVE_COME for mail in about))


def invited_already(appointment: Appointment, mails: Sequence[Mail]) -> Mail | None:
    """The mail with which this link went, or goes, to the client's address."""
    address = appointment.client.email
    return next(
        (
            mail
            for mail in mails
            if mail.kind in TELLS_OF_THE_LINK and mail.recipient == address and (mail.state in MAY_HAVE_COME or mail.state.may_send)
        ),
        None,
    )


def says_the_same(one: Mail, other: Mail) -> bool:
    """Whoever gets both is told twice: each is written for the appointment as it stands when it goes out."""
    return one.kind is other.kind or {one.kind, other.kind} <= TELLS_OF_THE_LINK


def needs_a_person(mail: Mail) -> bool:
    """The client may not know what they should, and the program cannot mend it by itself."""
    lost = mail.state is MailState.LATE and not mail.kind.is_reminder
    return lost or mail.state in (MailState.REFUSED, MailState.UNCLEAR, MailState.RETURNED)


def is_wanted(mail: Mail, appointment: Appointment | None) -> bool:
    """Whether a mail may still go out, however it came to wait: the last question before it is sent."""
    if appointment is None:
        return False
    if mail.kind is MailKind.CANCELLED:
        return appointment.stage is Stage.CANCELLED or appointment.way is not Way.VIDEO
    return appointment.agreed and not appointment.stage.is_over and appointment.way is Way.VIDEO


def with_address(appointment: Appointment) -> Appointment:
    """Raises BookError for a client whose address is not known."""
    if not appointment.client.email:
        raise BookError("app.appointment.no-address", "email")
    return appointment
