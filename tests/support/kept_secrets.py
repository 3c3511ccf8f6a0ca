"""Passwords and tokens for tests."""

from __future__ import annotations

from app.services.mail.credentials import NoSecret


class NoCredentials:
    """Has none."""

    async def password(self, name: str) -> str:
        raise NoSecret

    async def token(self) -> str:
        raise NoSecret

    def refused(self, token: str) -> None:
        raise AssertionError("there was no token")


class FixedCredentials:
    """Has these."""

    def __init__(self, password: str = "", token: str = "") -> None:
        self._password, self._token = password, token

    async def password(self, name: str) -> str:
        return self._password

    async def token(self) -> str:
        return self._token

    def refused(self, token: str) -> None:
        """It has no other."""
