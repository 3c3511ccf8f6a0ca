"""What stands below the store's SQL: SQLCipher in the program; plain SQLite only as a reference in benchmarks and tests."""

from __future__ import annotations

import sqlite3
from types import ModuleType
from typing import Any, Protocol

from sqlcipher3 import dbapi2 as sqlcipher

from app.services.store.keyfile import StoreKey


class Driver(Protocol):
    """One kind of SQLite."""

    @property
    def module(self) -> ModuleType:
        """PEP 249."""
        ...

    def unlock(self, connection: Any) -> None:
        """Before anything else is done with a new connection."""
        ...


class SqlCipher:
    """SQLCipher 4: AES-256-CBC with HMAC-SHA512 for each page of 4096 bytes. The key is used as it is: it is random already."""

    module = sqlcipher

    def __init__(self, key: StoreKey) -> None:
        self._key = key

    def unlock(self, connection: Any) -> None:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr; errors come as exceptions
        connection.execute(f"PRAGMA key = \"x'{self._key.secret.hex()}{self._key.store.hex()}'\"")


class PlainSqlite:
    """Encrypts nothing."""

    module = sqlite3

    def unlock(self, connection: Any) -> None:
        """Nothing is locked."""
