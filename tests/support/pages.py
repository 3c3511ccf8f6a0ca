"""Reads what stands in a store's files, whether anything points to it or not: every page, the free ones too, and every frame of the
write-ahead log, decrypted. Written from SQLCipher's and SQLite's papers, without their code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.services.store.keyfile import StoreKey

PAGE = 4096
RESERVED = 80
"""At the end of each page: 16 bytes of initialisation vector, 64 of HMAC-SHA512 (SQLCipher 4)."""
SALT = 16
"""At the beginning of the first page, in the clear."""
CLEAR = ("-shm", ".json", ".lock")
"""Files without pages: numbers of pages, the wrapped keys, nothing."""
LOG_HEADER, FRAME_HEADER = 32, 24
"""SQLite, fileformat2.html, section 4.1."""


def traces(folder: Path, canary: bytes, key: StoreKey | None) -> dict[str, int]:
    """Name of a file below -> how often a half of the canary stands in it, whatever its case. `key` is None for plain SQLite."""
    halves = canary[: len(canary) // 2].lower(), canary[len(canary) // 2 :].lower()
    found: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            texts = [path.read_bytes(), *(_opened(path, key) if key is not None else ())]
            found[path.name] = sum(text.lower().count(half) for text in texts for half in halves)
    return {name: count for name, count in found.items() if count}


def _opened(path: Path, key: StoreKey) -> Iterator[bytes]:
    content = path.read_bytes()
    if path.suffix == ".db":
        assert content[:SALT] == key.store
        assert len(content) % PAGE == 0
        for place in range(0, len(content), PAGE):
            yield _page(content[place : place + PAGE], place == 0, key)
    elif path.name.endswith("-wal"):
        for place in range(LOG_HEADER, len(content), FRAME_HEADER + PAGE):
            number = int.from_bytes(content[place : place + 4], "big")
            yield _page(content[place + FRAME_HEADER :][:PAGE], number == 1, key)
    else:
        assert path.name.endswith(CLEAR) or not content, f"{path.name} is not looked through"


def _page(page: bytes, first: bool, key: StoreKey) -> bytes:
    vector = page[-RESERVED : -RESERVED + 16]
    opened = Cipher(algorithms.AES256(key.secret), modes.CBC(vector)).decryptor()
    return opened.update(page[SALT if first else 0 : -RESERVED]) + opened.finalize()
