"""The lines of one conversation: in memory only, acknowledged, sent again after a new epoch, shown once (PROTOCOL.md, section 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.secrets import new_id
from app.services.clock import Clock
from app.services.events import Event
from app.services.ports import ChatLine, Delivery
from app.wire.talk import MAX_LINE_CHARS, Chat, ChatSeen, Talk

MOST_LINES = 2000
"""Lines of the other side kept in one conversation; a flood beyond that is neither shown nor acknowledged."""


class ChatLog:
    """One side's view of the chat."""

    def __init__(self, send: Callable[[Talk], object], clock: Clock) -> None:
        """`send` may fail in silence; what is not acknowledged goes out again with `channel_open`."""
        self.changed: Event[Sequence[ChatLine]] = Event()
        self._send = send
        self._clock = clock
        self._lines: list[ChatLine] = []
        self._theirs: set[str] = set()

    @property
    def lines(self) -> Sequence[ChatLine]:
        """In the order in which they were shown."""
        return tuple(self._lines)

    def say(self, text: str) -> None:
        """An own line. Raises ValueError if it is empty or too long."""
        if not 1 <= len(text) <= MAX_LINE_CHARS:
            raise ValueError(f"a chat line has 1 to {MAX_LINE_CHARS} characters")
        text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate from an input method has no UTF-8
        line = ChatLine(new_id(), text, own=True, at=self._clock.unix(), delivery=Delivery.SENDING)
        self._lines.append(line)
        self.changed.announce(self.lines)
        self._send(Chat(id=line.id, text=text))

    def channel_open(self) -> None:
        """A new channel carries messages: whatever nobody acknowledged goes out again, in its order."""
        for line in self._lines:
            if line.own and line.delivery is Delivery.SENDING:
                self._send(Chat(id=line.id, text=line.text))

    def heard(self, message: Chat | ChatSeen) -> None:
        """A message of the other side."""
        if isinstance(message, ChatSeen):
            self._acknowledged(message.id)
        elif message.id in self._theirs:
            self._send(ChatSeen(id=message.id))  # our acknowledgement was lost with its channel
        elif len(self._theirs) < MOST_LINES:
            self._theirs.add(message.id)
            self._lines.append(ChatLine(message.id, message.text, own=False, at=self._clock.unix(), delivery=Delivery.SEEN))
            self.changed.announce(self.lines)
            self._send(ChatSeen(id=message.id))

    def _acknowledged(self, id_: str) -> None:
        for place, line in enumerate(self._lines):
            if line.own and line.id == id_ and line.delivery is Delivery.SENDING:
                self._lines[place] = replace(line, delivery=Delivery.SEEN)
                self.changed.announce(self.lines)
