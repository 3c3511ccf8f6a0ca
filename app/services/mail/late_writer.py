"""Writes by a writer that is made at the first word: its libraries would hold up the program's start. Imports the ports."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.domain.appointments import Appointment
from app.domain.mails import Mail, MailKind
from app.services.appointments.ports import Preview
from app.services.appointments.post import MailWriter


class LateWriter:
    """A `MailWriter`. May be called on any thread, as the one that it makes."""

    def __init__(self, make: Callable[[], MailWriter]) -> None:
        self._make = make
        self._made: MailWriter | None = None
        self._making = threading.Lock()

    def warm(self) -> MailWriter:
        """Make it now, on this thread."""
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made

    def renew(self) -> None:
        """The next word is said by one that is made anew, of files as they are now. Takes a moment; may be called on any thread."""
        made = self._make()
        with self._making:
            self._made = made

    def write(self, kind: MailKind, appointment: Appointment, link: str, *, due_at: int, useless_at: int | None, now: int) -> Mail:
        return self.warm().write(kind, appointment, link, due_at=due_at, useless_at=useless_at, now=now)

    def preview(self, kind: MailKind, appointment: Appointment, link: str) -> Preview:
        return self.warm().preview(kind, appointment, link)

    def copy_text(self, appointment: Appointment, link: str) -> str:
        return self.warm().copy_text(appointment, link)

    def letter(self, appointment: Appointment, link: str) -> bytes:
        return self.warm().letter(appointment, link)
