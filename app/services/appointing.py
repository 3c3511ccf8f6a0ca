"""Builds what stands behind the book of appointments: the store and its key, the agency's mails, outbox and bounces. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog

from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import OpenStore, StoreError
from app.services.appointments.post import MailWriter
from app.services.appointments.running import AppointmentsPlan, MakeOutbox, Outgoing
from app.services.clock import Clock
from app.services.events import Event
from app.services.keys import KeyStore, team_key, workstation_key
from app.services.mail.credentials import CLIENT_SECRET, KeptCredentials
from app.services.mail.late_writer import LateWriter
from app.services.mail.prescribed import SECRETS_LOCKED, prescribed
from app.services.mail.reminding import reminders_of
from app.services.mail.settings import MailSettings, MailSettingsError, checked
from app.services.mail.way import MailWay
from app.services.policy import Policy
from app.services.profile import Profile, Settings
from app.services.retention import retention_of
from app.services.tasks import Tasks
from app.services.wordlist import WordLists
from app.texts import FIRST_LANGUAGE, Texts

if TYPE_CHECKING:
    from app.services.mail.bounces import Bounces
    from app.services.mail.outbox import Outbox
    from app.services.mail.server import Trouble
    from app.services.mail.template_folder import TemplateFolder
    from app.services.store.care import StoreCare
    from app.services.store.keyfile import StoreKey
    from app.services.store.place import StorePlace
    from app.services.store.recovery import RecoveryKey
    from app.services.store.unlock import AskPassphrase, Unlocker
    from app.services.team.running import TeamPlan

_log = structlog.get_logger(__name__)


class StoreDialogs(Protocol):
    """Port: what a person is asked while the store is opened. Implemented by `app.ui.store.start.StoreStart`."""

    @property
    def ask(self) -> AskPassphrase: ...

    async def mend(self, error: StoreError, place: StorePlace, unlocker: Unlocker, key_store: KeyStore) -> bool:
        """See `app.services.store.late.Mend`."""
        ...

    async def restore(self, place: StorePlace, unlocker: Unlocker, key_store: KeyStore, backup: Path | None = None) -> bool:
        """Put a backup in the place of the store, which is closed. False if the person changed their mind. Raises StoreError."""
        ...


@dataclass(frozen=True, slots=True)
class Office:
    """What the composition root decides."""

    texts: Texts
    """Of the counsellor's language, part `app`."""
    agreement_version: str
    """Of the text that is explained on the phone."""
    dialogs: Callable[[], StoreDialogs]
    """Made when the store is opened."""
    resources: Path
    demonstration: bool = False
    """Links need not lead outside."""
    policy: Policy = field(default_factory=dict)
    """What IT prescribes."""


class Appointing:
    """Plans for one profile."""

    def __init__(self, office: Office, profile: Profile, settings: Settings, keys: KeyStore) -> None:
        self.refused: MailSettingsError | None = None
        """What IT has to mend about the settings of mails, if anything."""
        self.troubled: Event[Trouble] = Event()
        """The mail server as a whole cannot be used any more."""
        self._office = office
        self._profile = profile
        self._settings = settings
        self._keys = keys
        self._key: StoreKey | None = None
        self._locked: frozenset[str] = frozenset()
        self._late = LateWriter(self._writer)
        self.mail = self._checked(settings.mail)

    def _checked(self, own: MailSettings | None) -> MailSettings | None:
        try:
            mail, self._locked = prescribed(own, self._office.policy)
            return None if mail is None else checked(mail)
        except MailSettingsError as error:
            _log.warning("mail.settings", code=error.key)
            self.refused = error
            return None

    def plan(self) -> AppointmentsPlan:
        """For the program."""
        office = self._office
        return AppointmentsPlan(
            prepare=self._prepare,
            mend=self._mend,
            writer=self._late,
            texts=office.texts,
            agreement_version=office.agreement_version,
            outbox=None if self.mail is None else self._mailing(self.mail),
            team=None if self._settings.team is None else self._team,
            demonstration=office.demonstration,
            reminders=reminders_of(self.mail),
            retention=retention_of(self._settings, office.policy),
        )

    async def _prepare(self) -> OpenStore:
        """What the store needs is loaded, and its key found, while the window stands already."""
        await asyncio.to_thread(_load_store)
        from app.services.store.opening import open_store

        place, unlocker = self._place, self._unlocker
        self._key = key = await unlocker.key()
        return lambda: open_store(place, key)

    async def _mend(self, error: StoreError) -> bool:
        return await self._dialogs.mend(error, self._place, self._unlocker, self._keys)

    async def _team(self) -> TeamPlan | None:
        return await asyncio.to_thread(self._find_team)

    def _find_team(self) -> TeamPlan | None:
        from app.services.team.running import TeamPlan

        sealing = team_key(self._keys)
        if sealing is None or self._settings.team is None:
            return None
        words = WordLists(self._office.resources / "words")(FIRST_LANGUAGE)
        return TeamPlan(self._settings.team, workstation_key(self._keys), sealing, words)

    async def restore(self, backup: Path) -> None:
        """When the services have ended. Raises StoreError, and nothing has changed."""
        await self._dialogs.restore(self._place, self._unlocker, self._keys, backup)

    def care_of(self, store: StoreLine) -> StoreCare:
        """For the open store."""
        return _Care(self, store)

    def mail_way(self) -> MailWay:
        """For the window of the mail server. Each test asks the identity provider anew."""
        mail = self.mail
        if mail is None:
            return MailWay()
        from app.services.mail.imap import ImapMailbox
        from app.services.mail.secrets import MailSecrets
        from app.services.mail.smtp import SmtpServer

        credentials = self._credentials(mail, keep=False)
        mailbox = None if mail.bounces is None else ImapMailbox(mail.bounces, credentials)
        secrets = MailSecrets(self._keys, mail, bool(self._office.policy.get(SECRETS_LOCKED)))
        return MailWay(mail, SmtpServer(mail, credentials), mailbox, secrets, self._locked)

    def mail_texts(self) -> TemplateFolder:
        """The agency's own texts, to be looked at; what is read again there holds from then on."""
        from app.services.mail.template_folder import TemplateFolder

        settings, mail = self._settings, self.mail
        folder = Path(mail.templates_folder) if mail is not None and mail.templates_folder else None
        reply = mail is not None and bool(mail.reply_to)
        return TemplateFolder(self._office.resources / "mail", folder, settings.label, settings.phone, reply, self._late.renew)

    def _credentials(self, mail: MailSettings, keep: bool = True) -> KeptCredentials:
        if not mail.wants_token or mail.oauth is None:
            return KeptCredentials(self._keys)
        from app.services.mail.tokens import TokenSource

        passwords = KeptCredentials(self._keys)
        return KeptCredentials(self._keys, TokenSource(mail.oauth, lambda: passwords.password(CLIENT_SECRET), keep=keep))

    @cached_property
    def _dialogs(self) -> StoreDialogs:
        return self._office.dialogs()

    @cached_property
    def _place(self) -> StorePlace:
        from app.services.store.place import StorePlace

        return StorePlace.of(self._profile.folder)

    @cached_property
    def _unlocker(self) -> Unlocker:
        from app.services.store.unlock import Unlocker

        return Unlocker(self._place, self._keys, self._dialogs.ask)

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

            credentials = self._credentials(mail)
            outbox = Outbox(store, SmtpServer(mail, credentials), clock, tasks)
            outbox.troubled.subscribe(lambda trouble: self.troubled.announce(trouble) if trouble is not None else None)
            if mail.bounces is None:
                return outbox
            return _WithBounces(outbox, Bounces(store, ImapMailbox(mail.bounces, credentials), clock, tasks))

        return make


def _load_store() -> None:
    """SQL takes a moment to load."""
    import app.services.store.opening  # noqa: F401


class _Care:
    """`StoreCare` of a store whose key is known once it is open."""

    def __init__(self, appointing: Appointing, store: StoreLine) -> None:
        self._appointing = appointing
        self._store = store

    async def back_up(self, target: Path) -> None:
        await self._live().back_up(target)

    async def new_recovery_key(self) -> RecoveryKey:
        return await self._live().new_recovery_key()

    def _live(self) -> StoreCare:
        from app.services.store.care import LiveStoreCare

        of = self._appointing
        if of._key is None:
            raise StoreError("app.store.closed")
        return LiveStoreCare(of._place, self._store, of._unlocker, of._key)


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
