"""What a session shows: states, safety words, chat lines, switches. Belongs to `app.services.ports`, imports nothing of `app`."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class SessionState(enum.Enum):
    """Where a session stands, as the counsellor sees it."""

    WAITING_FOR_CLIENT = "waiting-for-client"
    """Admitted; the browser has not offered yet."""
    CONNECTING = "connecting"
    RUNNING = "running"
    RECOVERING = "recovering"
    """The line is gone for the moment; it comes back by itself."""
    CLIENT_AWAY = "client-away"
    """The client left by a tap, or their browser is gone; the seat is kept."""
    ENDING = "ending"
    """`end` was pressed: the media are already off, 10 s remain to undo."""
    OVER = "over"


class WordsState(enum.Enum):
    """The safety words."""

    NONE = "none"
    READY = "ready"
    """Four words stand there to be compared."""
    KEPT = "kept"
    """A later epoch was authenticated by itself; the words stand."""
    COMPARE_AGAIN = "compare-again"
    """New words after the line was set up anew: "neu vergleichen"."""
    BROKEN = "broken"
    """A step failed: the connection cannot be vouched for."""


@dataclass(frozen=True, slots=True)
class SafetyWords:
    """What to show."""

    state: WordsState
    words: tuple[str, ...] = ()
    """Four words in the appointment's language, or none."""


class Delivery(enum.Enum):
    """What became of an own chat line."""

    SENDING = "sending"
    SEEN = "seen"
    """Acknowledged by the other side."""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the chat; lives in memory only and goes with the session."""

    id: str
    text: str
    own: bool
    at: int
    """Unix seconds."""
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """One side's own switches."""

    microphone: bool = True
    camera: bool = True
    screen: bool = False
    paused: bool = False
