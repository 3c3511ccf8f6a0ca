"""For tests of the services: a browser in Python that speaks on the talk channel, and waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.domain.secrets import new_token
from app.services.fakes import FakeCall
from app.wire.safety_words import Fingerprints, commitment, keep_holds, keep_mac, word_indices
from app.wire.talk import (
    Chat,
    ChatSeen,
    LineReport,
    MediaState,
    Talk,
    TalkMessage,
    WordsCommit,
    WordsKeep,
    WordsOpen,
    WordsReveal,
    encode_talk,
    parse_talk,
)

T = TypeVar("T")

WORDS = tuple(f"word{n}" for n in range(2048))


def prints(browser: int, program: int) -> Fingerprints:
    """Fingerprints that differ where the numbers do (0 to 255)."""
    return Fingerprints(":".join([f"{browser:02X}"] * 32), ":".join([f"{program:02X}"] * 32))


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until `holds`; fails after 10 s."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - any condition will do, not only one that has an event
            await asyncio.sleep(0)


class Browser:
    """The other end of a `FakeCall`'s data channel, as `resources/web` does it: commits, opens, keeps, acknowledges."""

    def __init__(self, call: FakeCall) -> None:
        self.call = call
        self.epoch = 0
        self.prints: Fingerprints | None = None
        self.nonces: tuple[str, str] | None = None
        self.words: tuple[str, ...] = ()
        self.shown: list[Chat] = []
        self.acknowledges = True
        self.keeps = True
        self.media: MediaState | None = None
        self.report: LineReport | None = None
        self._nonce = ""
        self._read = len(call.sent)

    def connect(self, epoch: int, at_browser: Fingerprints, at_program: Fingerprints | None = None, listens: bool = True) -> None:
        """An epoch's line stands; the two ends see the same certificates unless somebody stands between. Without `listens` what the
        program sends lies there until `listen`."""
        self.epoch, self.prints = epoch, at_browser
        self._read = len(self.call.sent)  # what went out on the old channel is gone with it
        self.call.connect(epoch, at_program or at_browser)
        if self.nonces is None:
            self.commit()
        elif self.keeps:
            self.say(WordsKeep(epoch=epoch, mac=keep_mac("browser", epoch, at_browser, *self.nonces)))
        if listens:
            self.listen()

    def commit(self) -> None:
        """Begin the exchange."""
        self.nonces, self.words, self._nonce = None, (), new_token()
        self.say(WordsCommit(epoch=self.epoch, commitment=commitment(self._nonce)))

    def say(self, message: Talk) -> None:
        """Send on the newest channel."""
        self.call.hear(self.epoch, encode_talk(message))

    def listen(self) -> None:
        """Take in what the program sent on this channel so far, answering as a browser does."""
        while self._read < len(self.call.sent):
            text = self.call.sent[self._read]
            self._read += 1
            self._take(parse_talk(text))

    def _take(self, message: TalkMessage) -> None:
        match message:
            case WordsReveal():
                assert self.prints is not None
                self.nonces = (self._nonce, message.nonce)
                self.words = tuple(WORDS[i] for i in word_indices(self.prints, *self.nonces))
                self.say(WordsOpen(epoch=self.epoch, nonce=self._nonce))
            case WordsKeep() if self.nonces is not None:
                assert self.prints is not None
                if not keep_holds(message.mac, "program", self.epoch, self.prints, *self.nonces):
                    self.commit()
            case Chat():
                if all(line.id != message.id for line in self.shown):
                    self.shown.append(message)
                if self.acknowledges:
                    self.say(ChatSeen(id=message.id))
            case MediaState():
                self.media = message
            case LineReport():
                self.report = message


async def until_told(queue: asyncio.Queue[T], seconds: float = 30) -> T:
    """The next thing that was told."""
    async with asyncio.timeout(seconds):
        return await queue.get()
