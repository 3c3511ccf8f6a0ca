"""Whence the mail server's password or token comes: keyring or identity provider. Imports the key store's port only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from app.services.keys import KeyStore, KeyStoreError
from app.services.tasks import Refusal

MAIL_PASSWORD = "mail-password"  # noqa: S105 - its name in the keyring
BOUNCES_PASSWORD = "mail-bounces-password"  # noqa: S105 - its name in the keyring


class NoSecret(Refusal):
    """There is none, or the keyring is closed."""


class Credentials(Protocol):
    """Port. Raises NoSecret."""

    async def password(self, name: str) -> str:
        """`MAIL_PASSWORD` or `BOUNCES_PASSWORD`."""
        ...

    async def token(self) -> str:
        """A fresh access token for XOAUTH2."""
        ...


class KeptCredentials:
    """Passwords from the key store, tokens from whoever provides them."""

    def __init__(self, keys: KeyStore, provider: Callable[[], Awaitable[str]] | None = None) -> None:
        """`provider` raises NoSecret if the agency's identity provider gives no token."""
        self._keys = keys
        self._provider = provider

    async def password(self, name: str) -> str:
        try:
            secret = await asyncio.to_thread(self._keys.load, name)
            return secret.decode("utf-8") if secret else _none()
        except (KeyStoreError, UnicodeDecodeError):
            raise NoSecret from None

    async def token(self) -> str:
        return await self._provider() if self._provider is not None else _none()

    async def keep_password(self, name: str, password: str) -> None:
        """Raises NoSecret if the key store refuses."""
        try:
            await asyncio.to_thread(self._keys.save, name, password.encode("utf-8"))
        except KeyStoreError:
            raise NoSecret from None


def _none() -> str:
    raise NoSecret
