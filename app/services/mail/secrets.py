"""The passwords of the mail: which ones the settings want, whether they lie in the keyring, putting them there and taking them away.

What was put there is never shown again. Imports the key store's port and the settings.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Sequence

from app.services.keys import KeyStore, KeyStoreError
from app.services.mail.credentials import BOUNCES_PASSWORD, CLIENT_SECRET, MAIL_PASSWORD, NoSecret
from app.services.mail.settings import BounceLogin, Login, MailSettings


class MailSecret(enum.Enum):
    """The value is its name in the keyring."""

    MAIL = MAIL_PASSWORD
    CLIENT = CLIENT_SECRET
    """Of the program at the identity provider."""
    BOUNCES = BOUNCES_PASSWORD


class SecretState(enum.Enum):
    """What is known of one."""

    SET = "set"
    FOR_THIS_RUN = "for-this-run"
    """The device has no keyring: it is gone when the program ends."""
    NOT_SET = "not-set"
    CLOSED = "closed"
    """The keyring does not say: it is locked."""


class MailSecrets:
    """For a window."""

    def __init__(self, keys: KeyStore, settings: MailSettings, locked: bool = False) -> None:
        """`locked`: the agency's policy leaves them to IT, and here nobody changes them."""
        self.wanted: Sequence[MailSecret] = _wanted(settings)
        """Those that these settings need."""
        self.locked = locked
        self._keys = keys

    @property
    def lasting(self) -> bool:
        """There is a keyring."""
        return self._keys.lasting

    async def state(self, secret: MailSecret) -> SecretState:
        try:
            kept = await asyncio.to_thread(self._keys.load, secret.value)
        except KeyStoreError:
            return SecretState.CLOSED
        if not kept:
            return SecretState.NOT_SET
        return SecretState.SET if self.lasting else SecretState.FOR_THIS_RUN

    async def keep(self, secret: MailSecret, typed: str) -> None:
        """In the place of the old one. Raises NoSecret if the keyring refuses, or does not have it afterwards."""
        self._refuse_if_locked()
        await asyncio.to_thread(self._keep, secret.value, typed.encode("utf-8"))

    async def remove(self, secret: MailSecret) -> None:
        """Raises NoSecret if the keyring refuses."""
        self._refuse_if_locked()
        try:
            await asyncio.to_thread(self._keys.forget, secret.value)
        except KeyStoreError:
            raise NoSecret from None

    def _keep(self, name: str, secret: bytes) -> None:
        try:
            self._keys.save(name, secret)
            if self._keys.load(name) != secret:
                raise NoSecret
        except KeyStoreError:
            raise NoSecret from None

    def _refuse_if_locked(self) -> None:
        if self.locked:
            raise NoSecret


def _wanted(settings: MailSettings) -> Sequence[MailSecret]:
    found = []
    if settings.login is Login.PASSWORD:
        found.append(MailSecret.MAIL)
    if settings.wants_token and settings.oauth is not None and settings.oauth.proof.wants_secret:
        found.append(MailSecret.CLIENT)
    if settings.bounces is not None and settings.bounces.login is BounceLogin.PASSWORD:
        found.append(MailSecret.BOUNCES)
    return found
