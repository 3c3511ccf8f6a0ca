"""The folder of a report: all its files or none of them. Also reads and writes the head office's and the sites' small files."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from app.domain.secrets import b64url, from_b64url
from app.services.evaluation.accepting import Rejected
from app.services.evaluation.figures import Figures
from app.services.evaluation.merging import Batches
from app.services.evaluation.schema import KeyFile, SiteList

MOST_BYTES = 4 * 1024 * 1024


class FileTrouble(Exception):
    """A file of the command line that cannot be used. `key` is the sentence (catalogue part `app.evaluation`), with `{file}`."""

    def __init__(self, key: str, file: Path) -> None:
        super().__init__(key)
        self.key = key
        self.file = file


class _Published(msgspec.Struct, frozen=True):
    """Of the summary of an earlier report."""

    least: int
    published: dict[str, list[list[str]]]


def read_sites(file: Path) -> SiteList:
    """The list of trusted sites. Raises FileTrouble."""
    try:
        return msgspec.json.decode(_content(file), type=SiteList)
    except (msgspec.DecodeError, UnicodeError):
        raise FileTrouble("app.evaluation.trouble.sites", file) from None


def read_key(file: Path, of: str) -> bytes:
    """A private key, 32 bytes. Raises FileTrouble."""
    try:
        key = msgspec.json.decode(_content(file), type=KeyFile)
        if key.videoberatung_key == of:
            return from_b64url(key.private)
    except (msgspec.DecodeError, UnicodeError, ValueError):
        pass
    raise FileTrouble("app.evaluation.trouble.key", file)


def read_previous(file: Path) -> Batches:
    """What the report before published. Raises FileTrouble."""
    try:
        return msgspec.json.decode(_content(file), type=_Published).published
    except (msgspec.DecodeError, UnicodeError):
        raise FileTrouble("app.evaluation.trouble.previous", file) from None


def write_key(file: Path, key: KeyFile) -> None:
    """A new file that only its owner can read; never over one that is there. Raises FileTrouble."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(msgspec.json.format(msgspec.json.encode(key), indent=2) + b"\n")
    except FileExistsError:
        raise FileTrouble("app.evaluation.trouble.key-there", file) from None
    except OSError:
        raise FileTrouble("app.evaluation.trouble.not-written", file) from None


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Everything is written beside the folder first. Files of an earlier report there are replaced, others stay. Raises FileTrouble."""
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".report-"))
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        folder.mkdir(exist_ok=True)
        for name in files:
            (fresh / name).replace(folder / name)
    except (OSError, ValueError):
        raise FileTrouble("app.evaluation.trouble.not-written", folder) from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def summary(figures: Figures, rejected: Sequence[Rejected]) -> bytes:
    """`summary.json`: the figures for machines, and what the next report needs to know of this one."""
    return (
        json.dumps(
            {
                "invented": figures.invented,
                "sites": figures.sites,
                "answers": figures.answers,
                "quarters": list(figures.quarters),
                "least": figures.least,
                "rejected": [{"file": file.file, "reason": file.reason.value} for file in rejected],
                "indicators": {id_: None if share is None else round(share.value, 3) for id_, share in figures.indicators.items()},
                "published": figures.batches,
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    ).encode()


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        raise FileTrouble("app.evaluation.trouble.unreadable", file) from None
    return data if len(data) <= MOST_BYTES else b""


def public_of(private: bytes) -> str:
    """The office's public key as the sites need it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return b64url(X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())
