"""What a conversation offers besides picture and sound. An agency may leave parts out. Pure; imports nothing."""

from __future__ import annotations

import enum


class Feature(enum.Enum):
    """A part that can be left out."""

    CHAT = "chat"
    SCREEN = "screen"
    """Either side shows its screen."""


EVERY = frozenset(Feature)
