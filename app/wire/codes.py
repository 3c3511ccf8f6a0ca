"""Stable codes of what can go wrong on the wire. Each code has a sentence in the catalogue (`page.error.CODE`). Imports nothing."""

from __future__ import annotations

import enum


class Code(enum.Enum):
    """Why something was refused. Part of the wire: a code is never renamed, only added."""

    MALFORMED = "malformed"
    """The message is no JSON object of a known shape."""
    UNKNOWN_TYPE = "unknown-type"
    """A type this side does not know; the connection stays open."""
    TOO_LARGE = "too-large"
    """Over 64 KiB, or more rooms than one workstation may have."""
    OUT_OF_ORDER = "out-of-order"
    """The sequence did not rise, or the message does not fit the state of the connection."""
    TOO_MANY = "too-many"
    """Rate limit; try again after a pause."""
    UNKNOWN_LINK = "unknown-link"
    """No room has this token; a malformed token gets the same answer."""
    UNKNOWN_CODE = "unknown-code"
    """The dictated code leads nowhere: never given out, not valid yet or any more, or used. The answer does not say which."""
    TOO_EARLY = "too-early"
    """The waiting room is not open yet."""
    EXPIRED_LINK = "expired-link"
    """The appointment is over."""
    REVOKED_LINK = "revoked-link"
    """The agency took the link back."""
    ROOM_FULL = "room-full"
    """Too many devices wait with this link."""
    UNKNOWN_SEAT = "unknown-seat"
    """The seat does not exist in this room, or its secret is not the right one."""
    NOT_ADMITTED = "not-admitted"
    """Only an admitted seat may send that."""
    CONFLICT = "conflict"
    """Somebody else was faster; look at the new state."""
    NOT_YOURS = "not-yours"
    """The room belongs to another workstation or site."""
    UNAUTHORISED = "unauthorised"
    """The workstation's proof did not hold, or its key is not known here."""
    NO_RIGHT = "no-right"
    """This seat or room has no right to answer the survey (any more)."""
    RIGHT_SPENT = "right-spent"
    """With this right somebody answered already."""
    RIGHT_INVALID = "right-invalid"
    """The right is none, or of another key."""
    PERIOD_CLOSED = "period-closed"
    """Answers of this quarter are not counted, or no longer."""
    PERIOD_OPEN = "period-open"
    """The quarter still runs; it is counted when it is closed."""
    UNKNOWN_VERSION = "unknown-version"
    """The questions are others by now."""
    NOT_READY = "not-ready"
    """The server cannot do it at the moment (for example its database is gone)."""

    @classmethod
    def _missing_(cls, _: object) -> Code:
        """A code of a later version: something was not done, and only a newer program knows why."""
        return cls.UNKNOWN_TYPE


class WireError(Exception):
    """A message of the other side that cannot be accepted. Carries the code that goes back; its text is for us, never for a person."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code


class CloseCode(enum.IntEnum):
    """WebSocket close codes of our own (RFC 6455, section 7.4.2: 4000 to 4999 are for applications)."""

    OVER = 4000
    """The conversation ended, or the person left; do not connect again by yourself."""
    REFUSED = 4001
    """The last `refused` said why; do not connect again by yourself."""
    TAKEN_OVER = 4002
    """The same tab connected again; this connection is the older one."""
    BAD_MESSAGE = 4003
    """Malformed, too large or out of order."""
    SLOW_DOWN = 4004
    """Rate limit; connect again after a pause."""
    GOING_AWAY = 4005
    """The server stops or moves; connect again at once."""
