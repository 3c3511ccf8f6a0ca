"""Whence the mail server's password or token comes: keyring or identity provider. Imports the key store's port, and troubles."""

from __future__ import annotations

import asyncio
from typing import Protocol

from app.services.keys import KeyStore, KeyStoreError
from app.services.mail.server import Trouble
from app.services.tasks import Refusal

MAIL_PASSWORD = "mail-password"  # noqa: S105 - its name in the keyring
BOUNCES_PASSWORD = "mail-bounces-password"  # noqa: S105 - its name in the keyring
CLIENT_SECRET = "mail-client-secret"  # noqa: S105 - its name in the keyring


class NoSecret(Refusal):
    """There is none, or the keyring is closed."""


class TokenError(Refusal):
    """The identity provider gives no token. `trouble` is one of its kinds."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.key)
        self.trouble = trouble

    @property
    def passes(self) -> bool:
        """Whether it may well be gone in some minutes."""
        return self.trouble is Trouble.SIGN_IN_UNREACHABLE


class Provider(Protocol):
    """Port: the agency's identity provider. Implementation: `app.services.mail.tokens.TokenSource`."""

    async def token(self) -> str:
        """Raises TokenError or NoSecret."""
        ...

    def refused(self, token: str) -> None:
        """A server did not take it."""
        ...


class Credentials(Protocol):
    """Port. Raises NoSecret."""

    async def password(self, name: str) -> str:
        """`MAIL_PASSWORD`, `BOUNCES_PASSWORD` or `CLIENT_SECRET`."""
        ...

    async def token(self) -> str:
        """An access token for XOAUTH2. Raises TokenError, too."""
        ...

    def refused(self, token: str) -> None:
        """A server did not take it: the next `token` gives another one."""
        ...


class KeptCredentials:
    """Passwords from the key store, tokens from whoever provides them."""

    def __init__(self, keys: KeyStore, provider: Provider | None = None) -> None:
        self._keys = keys
        self._provider = provider

    async def password(self, name: str) -> str:
        try:
            secret = await asyncio.to_thread(self._keys.load, name)
            return secret.decode("utf-8") if secret else _none()
        except (KeyStoreError, UnicodeDecodeError):
            raise NoSecret from None

    async def token(self) -> str:
        return await self._provider.token() if self._provider is not None else _none()

    def refused(self, token: str) -> None:
        if self._provider is not None:
            self._provider.refused(token)


def _none() -> str:
    raise NoSecret
