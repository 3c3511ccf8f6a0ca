"""Builds what stands behind the book of appointments: the store and its key, the agency's mails, outbox and bounces. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import OpenStore
from app.services.appointments.post import MailWriter
from app.services.appointments.running import AppointmentsPlan, MakeOutbox, Outgoing
from app.services.clock import Clock
from app.services.keys import KeyStore
from app.services.mail.credentials import KeptCredentials
from app.services.mail.late_writer import LateWriter
from app.services.mail.reminding import reminders_of
from app.services.mail.settings import MailSettings, MailSettingsError, checked
from app.services.profile import Profile, Settings
from app.services.tasks import Tasks
from app.texts import Texts

if TYPE_CHECKING:
    from app.services.mail.bounces import Bounces
    from app.services.mail.outbox import Outbox
    from app.services.store.unlock import AskPassphrase

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """What the composition root decides."""

    texts: Texts
    """Of the counsellor's language, part `app`."""
    agreement_version: str
    """Of the text that is explained on the phone."""
    ask: AskPassphrase
    resources: Path
    demonstration: bool = False
    """Links need not lead outside."""


class Appointing:
    """Plans for one profile. `trouble` says what IT has to mend about mails, if anything."""

    def __init__(self, office: Office, profile: Profile, settings: Settings, keys: KeyStore) -> None:
        self.trouble: MailSettingsError | None = None
        self._office = office
        self._profile = profile
        self._settings = settings
        self._keys = keys
        self.mail = self._checked(settings.mail)

    def _checked(self, mail: MailSettings | None) -> MailSettings | None:
        try:
            return None if mail is None else checked(mail)
        except MailSettingsError as error:
            _log.warning("mail.settings", code=error.key)
            self.trouble = error
            return None

    def plan(self) -> AppointmentsPlan:
        """For the program."""
        office = self._office
        return AppointmentsPlan(
            prepare=self._prepare,
            writer=LateWriter(self._writer),
            texts=office.texts,
            agreement_version=office.agreement_version,
            outbox=None if self.mail is None else self._mailing(self.mail),
            demonstration=office.demonstration,
            reminders=reminders_of(self.mail),
        )

    async def _prepare(self) -> OpenStore:
        """What the store needs is loaded, and its key found, while the window stands already."""
        await asyncio.to_thread(_load_store)
        from app.services.store.opening import open_store
        from app.services.store.place import StorePlace
        from app.services.store.unlock import Unlocker

        place = await asyncio.to_thread(StorePlace.of, self._profile.folder)
        key = await Unlocker(place, self._keys, self._office.ask).key()
        return lambda: open_store(place, key)

    def _writer(self) -> MailWriter:
        from app.services.mail.writer import AgencyMailWriter

        settings = self._settings
        return AgencyMailWriter.of(settings.label, settings.phone, self.mail, self._office.resources)

    def _mailing(self, mail: MailSettings) -> MakeOutbox:
        def make(store: StoreLine, clock: Clock, tasks: Tasks) -> Outgoing:
            from app.services.mail.bounces import Bounces
            from app.services.mail.imap import ImapMailbox
            from app.services.mail.outbox import Outbox
            from app.services.mail.smtp import SmtpServer

            credentials = KeptCredentials(self._keys)
            outbox = Outbox(store, SmtpServer(mail, credentials), clock, tasks)
            if mail.bounces is None:
                return outbox
            return _WithBounces(outbox, Bounces(store, ImapMailbox(mail.bounces, credentials), clock, tasks))

        return make


def _load_store() -> None:
    """SQL takes a moment to load."""
    import app.services.store.opening  # noqa: F401


class _WithBounces:
    """An outbox that also learns what came back."""

    def __init__(self, outbox: Outbox, bounces: Bounces) -> None:
        self.changed = outbox.changed
        self._outbox = outbox
        self._bounces = bounces
        bounces.changed.subscribe(outbox.changed.announce)

    async def open(self) -> None:
        await self._outbox.open()
        self._bounces.open()

    def look(self) -> None:
        self._outbox.look()

    async def close(self) -> None:
        await self._bounces.close()
        await self._outbox.close()
