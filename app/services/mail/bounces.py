"""Where a mailbox for bounces is configured: mails that came back become RETURNED. Imports the store's line and the settings.

A mail is moved out of the way only after its report stands in the store, so a crash in between finds it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from app.domain.mails import MailState
from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import AppointmentStore, StoreError
from app.services.clock import Clock
from app.services.events import Event
from app.services.mail.reports import Returned, returned_in
from app.services.tasks import Refusal, Tasks

LOOK_EVERY_S = 300
_MAY_RETURN = (MailState.ACCEPTED, MailState.UNCLEAR)
_log = structlog.get_logger(__name__)


class MailboxError(Refusal):
    """The mailbox cannot be read at the moment. `key` is the sentence for whoever tests it (catalogue `app`)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Received:
    """One mail in the mailbox."""

    uid: str
    raw: bytes = field(repr=False)


class Mailbox(Protocol):
    """Port. Implementations: `app.services.mail.imap.ImapMailbox`, and `app.services.fakes.FakeMailbox`. Raises MailboxError."""

    async def unread(self) -> Sequence[Received]:
        """At most 50, the oldest first; they stay unread."""
        ...

    async def done(self, uids: Sequence[str]) -> None:
        """These are read."""
        ...

    async def probe(self) -> None:
        """Connect, verify, log in, open the folder: the test button. Changes nothing."""
        ...


class Bounces:
    """Looks into the mailbox from time to time."""

    def __init__(self, store: StoreLine, mailbox: Mailbox, clock: Clock, tasks: Tasks) -> None:
        self.changed: Event[Sequence[str]] = Event()
        """Ids of appointments to which a mail came back."""
        self.readable: bool | None = None
        """Whether the mailbox could be read the last time; None before the first."""
        self._store = store
        self._mailbox = mailbox
        self._clock = clock
        self._tasks = tasks
        self._work: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to look."""
        self._work = self._tasks.start("bounces", self._run())

    async def close(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})

    async def look(self) -> None:
        """Read what is new. Raises MailboxError or StoreError; then it is found again the next time."""
        while received := await self._mailbox.unread():
            now = self._clock.unix()
            reports = [report for mail in received if (report := returned_in(mail.raw)) is not None]
            returned = await self._store.run(_all_written(reports, now))
            await self._mailbox.done([mail.uid for mail in received])
            _log.info("bounces.read", mails=len(received), returned=len(returned))
            if returned:
                self.changed.announce(returned)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
                self.readable = True
            except (MailboxError, StoreError) as error:
                self.readable = False
                _log.warning("bounces.not_read", error=type(error).__name__)
            await self._rest()

    async def _rest(self) -> None:
        wake = asyncio.Event()
        timer = self._clock.call_later(LOOK_EVERY_S, wake.set)
        try:
            await wake.wait()
        finally:
            timer.cancel()


def _all_written(reports: Sequence[Returned], now: int) -> Callable[[AppointmentStore], list[str]]:
    """Work for the store's thread; gives the appointments of the mails that came back."""

    def written(store: AppointmentStore) -> list[str]:
        found = []
        for report in reports:
            mail = store.find_mail(report.message_id.strip("<>").partition("@")[0])
            if mail is None or mail.message_id != report.message_id or mail.state not in _MAY_RETURN:
                continue
            back = replace(mail, state=MailState.RETURNED, reply=report.reason, message=b"", changed_at=now)
            if store.move_mail(back, mail.state):
                found.append(mail.appointment)
        return found

    return written
