"""What the simulated client says on the data channel by itself: words, chat, reports on the line (PROTOCOL.md, sections 7 to 9). No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.secrets import new_token
from app.services.clock import Clock
from app.services.tasks import Tasks
from app.services.training.ports import ClientMedia
from app.wire.codes import WireError
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

REPORT_S = 3.0


@dataclass(frozen=True, slots=True)
class Nonces:
    """Of the first epoch."""

    browser: str
    program: str


class ClientTalk:
    """Belongs to one `SimulatedClient`. The media's events come on other threads and are handed over."""

    def __init__(self, media: ClientMedia, clock: Clock, tasks: Tasks, changed: Callable[[], None]) -> None:
        self.lines: list[str] = []
        """What the counsellor wrote."""
        self.words: tuple[int, ...] = ()
        """Indices of the four safety words; empty while there are none."""
        self.counsellor = MediaState(microphone=True, camera=True)
        """How the counsellor's switches stand."""
        self._media, self._tasks, self._changed = media, tasks, changed
        self._epoch = 0
        self._prints: Fingerprints | None = None
        self._nonce = ""
        self._nonces: Nonces | None = None
        self._open = False
        self._seen: set[str] = set()
        self._own = MediaState(microphone=True, camera=True)
        self._reporting: asyncio.Task[None] | None = None
        media.heard = lambda text: clock.hand_over(lambda: self._hear(text))
        media.opened = lambda: clock.hand_over(self._opened)

    @property
    def counsellor_shows(self) -> bool:
        """A screen."""
        return self.counsellor.screen

    def own_media(self, microphone: bool, camera: bool) -> None:
        """How the client's own switches stand."""
        self._own = MediaState(microphone=microphone, camera=camera)
        if self._open:
            self._say(self._own)

    def vouched(self, epoch: int, prints: Fingerprints) -> None:
        """Both certificates of that epoch are known."""
        self._epoch, self._prints = epoch, prints
        if self._open:
            self._compare()

    def hung_up(self) -> None:
        """There is no channel any more."""
        self._open, self._prints = False, None
        self.counsellor = MediaState(microphone=True, camera=True)
        if self._reporting is not None:
            self._reporting.cancel()
            self._reporting = None

    def forget(self) -> None:
        """Another client."""
        self.hung_up()
        self.lines, self.words, self._nonces = [], (), None
        self._seen.clear()

    def close(self) -> None:
        """For the end."""
        self.hung_up()

    # ---- the channel

    def _opened(self) -> None:
        self._open = True
        self._say(self._own)
        if self._reporting is None:
            self._reporting = self._tasks.start("simulated-client-reports", self._report())
        if self._prints is not None:
            self._compare()

    def _compare(self) -> None:
        if self._prints is None:
            return
        if self._nonces is None:
            self._commit()
        else:
            mac = keep_mac("browser", self._epoch, self._prints, self._nonces.browser, self._nonces.program)
            self._say(WordsKeep(epoch=self._epoch, mac=mac))

    def _commit(self) -> None:
        self._nonces, self.words, self._nonce = None, (), new_token()
        self._say(WordsCommit(epoch=self._epoch, commitment=commitment(self._nonce)))

    def _hear(self, text: str) -> None:
        try:
            self._take(parse_talk(text))
        except WireError:
            return  # passed over, as the page does
        self._changed()

    def _take(self, message: TalkMessage) -> None:
        match message:
            case WordsReveal() if self._prints is not None and message.epoch == self._epoch:
                self._nonces = Nonces(self._nonce, message.nonce)
                self.words = word_indices(self._prints, self._nonce, message.nonce)
                self._say(WordsOpen(epoch=self._epoch, nonce=self._nonce))
            case WordsKeep() if self._nonces is not None and self._prints is not None and message.epoch == self._epoch:
                if not keep_holds(message.mac, "program", self._epoch, self._prints, self._nonces.browser, self._nonces.program):
                    self._commit()
            case Chat():
                if message.id not in self._seen:
                    self._seen.add(message.id)
                    self.lines.append(message.text)
                self._say(ChatSeen(id=message.id))
            case MediaState():
                self.counsellor = message

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            figures = self._media.figures
            trip = None if figures.round_trip_s is None else round(min(60.0, figures.round_trip_s) * 1000)
            self._say(LineReport(loss=min(1.0, max(0.0, figures.loss)), round_trip_ms=trip))

    def _say(self, message: Talk) -> None:
        self._media.say(encode_talk(message))
