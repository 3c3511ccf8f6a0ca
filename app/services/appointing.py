"""Builds what stands behind the book of appointments: the store and its key, the agency's mails, outbox and bounces. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.services.appointments.ground import StoreLine
from app.services.appointments.running import AppointmentsPlan, MakeOutbox, Outgoing
from app.services.clock import Clock
from app.services.keys import KeyStore
from app.services.mail.bounces import Bounces
from app.services.mail.credentials import KeptCredentials
from app.services.mail.imap import ImapMailbox
from app.services.mail.outbox import Outbox
from app.services.mail.server import MailServer
from app.services.mail.settings import MailSettings, MailSettingsError, checked
from app.services.mail.smtp import SmtpServer
from app.services.mail.writer import AgencyMailWriter, reminders_of
from app.services.profile import Profile, Settings
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.unlock import AskPassphrase, Unlocker
from app.services.tasks import Tasks
from app.texts import Texts

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
        self.server: MailServer | None = None if self.mail is None else SmtpServer(self.mail, KeptCredentials(keys))

    def _checked(self, mail: MailSettings | None) -> MailSettings | None:
        try:
            return None if mail is None else checked(mail)
        except MailSettingsError as error:
            _log.warning("mail.settings", code=error.key)
            self.trouble = error
            return None

    async def plan(self) -> AppointmentsPlan:
        """Finds the store's key, which may ask the person, and reads the agency's templates. Raises StoreError."""
        office, settings = self._office, self._settings
        place = await asyncio.to_thread(StorePlace.of, self._profile.folder)
        key = await Unlocker(place, self._keys, office.ask).key()
        writer = await asyncio.to_thread(AgencyMailWriter.of, settings.label, settings.phone, self.mail, office.resources)
        return AppointmentsPlan(
            open_store=lambda: open_store(place, key),
            writer=writer,
            texts=office.texts,
            agreement_version=office.agreement_version,
            outbox=None if self.server is None else self._mailing(self.server),
            demonstration=office.demonstration,
            reminders=reminders_of(self.mail),
        )

    def _mailing(self, server: MailServer) -> MakeOutbox:
        mail, keys = self.mail, self._keys
        mailbox = None if mail is None or mail.bounces is None else ImapMailbox(mail.bounces, KeptCredentials(keys))

        def make(store: StoreLine, clock: Clock, tasks: Tasks) -> Outgoing:
            outbox = Outbox(store, server, clock, tasks)
            return outbox if mailbox is None else _WithBounces(outbox, Bounces(store, mailbox, clock, tasks))

        return make


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
