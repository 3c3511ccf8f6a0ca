"""What a check of the settings finds: a sentence's key with what belongs into it. No I/O; never a value that may be a secret."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Level(enum.Enum):
    """How bad it is."""

    ERROR = "error"
    """The server does not start with it, or does not do what it is for."""
    DOUBT = "doubt"
    """It runs, and it may be meant so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence."""

    level: Level
    key: str
    """Of the catalogue `running`."""
    setting: str
    """The variable it is about, `VB_…`; empty if it is about none."""
    values: Mapping[str, object] = field(default_factory=dict)


def wrong(key: str, setting: str = "", **values: object) -> Finding:
    """Something that has to be mended."""
    return Finding(Level.ERROR, key, setting, values)


def doubtful(key: str, setting: str = "", **values: object) -> Finding:
    """Something to be looked at."""
    return Finding(Level.DOUBT, key, setting, values)


def variable(field_name: str) -> str:
    """The variable of a setting, as it stands in the file of settings."""
    return f"VB_{field_name.upper()}"
