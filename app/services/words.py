"""The program's side of the safety words (PROTOCOL.md, section 8): a small machine without I/O.

Words stand only while the epoch in use is vouched for: from the moment a new epoch has its certificates until it is authenticated,
nothing is shown. What the words prove, and what not, stands in `docs/decisions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.secrets import new_token
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.ports import SafetyWords, WordsState
from app.wire.safety_words import Fingerprints, commitment_holds, keep_holds, keep_mac, word_indices
from app.wire.talk import Talk, WordsCommit, WordsKeep, WordsOpen, WordsReveal

KEEP_WITHIN_S = 5.0
"""A later epoch that is not authenticated by then, from its certificates on, is compared anew (PROTOCOL.md, section 8)."""

WordsMessage = WordsCommit | WordsReveal | WordsOpen | WordsKeep


class WordsExchange:
    """Answers the browser's commit, checks its opening, authenticates later epochs."""

    def __init__(
        self, send: Callable[[Talk], object], words: Sequence[str], clock: Clock, new_nonce: Callable[[], str] = new_token
    ) -> None:
        """`words` are the 2048 of the appointment's language."""
        self.changed: Event[SafetyWords] = Event()
        self._send = send
        self._list = words
        self._clock = clock
        self._new_nonce = new_nonce
        self._shown = SafetyWords(WordsState.NONE)
        self._epoch = 0
        self._prints: Fingerprints | None = None
        self._commitment: str | None = None
        self._own_nonce = ""
        self._base: tuple[str, str] | None = None
        """The browser's and our nonce of the exchange that the words come from."""
        self._words: tuple[str, ...] = ()
        self._vouched_epoch = 0
        """The epoch for which the words hold."""
        self._once_shown = False
        self._compare_again = False
        self._deadline: Cancellable | None = None

    @property
    def shown(self) -> SafetyWords:
        return self._shown

    def line_made(self, epoch: int, prints: Fingerprints) -> None:
        """An epoch has both its certificates. Its exchange begins; an older one's is dropped."""
        if epoch <= self._epoch:
            return
        self._epoch, self._prints = epoch, prints
        self._commitment = None
        self._cancel_deadline()
        if self._base is not None:
            self._show(WordsState.NONE)
            # From the certificates on, not from the channel: somebody in between may never open one.
            self._deadline = self._clock.call_later(KEEP_WITHIN_S, self._start_over)

    def channel_open(self, epoch: int) -> None:
        """The channel of that epoch carries messages: vouch for it, as the browser does."""
        if epoch != self._epoch or self._base is None or self._prints is None:
            return
        self._send(WordsKeep(epoch=epoch, mac=keep_mac("program", epoch, self._prints, *self._base)))

    def heard(self, epoch: int, message: WordsMessage) -> None:
        """A message that came on the channel of `epoch`. One of another epoch than the newest is late and is passed over."""
        if epoch != self._epoch or message.epoch != epoch or self._prints is None:
            return
        match message:
            case WordsCommit():
                self._begin(message.commitment)
            case WordsOpen():
                self._finish(self._prints, message.nonce)
            case WordsKeep():
                self._check(self._prints, message.mac)
            case WordsReveal():
                self._break()  # revealing is our part

    def new_page(self) -> None:
        """Another browser sits at the other end, its epochs begin anew: nothing that stood before vouches for it."""
        self.close()
        self._epoch, self._prints, self._commitment = 0, None, None
        if self._once_shown:
            self._start_over()

    def program_restarted(self) -> None:
        """Words may have stood before this program was started again; what vouched for them went with it."""
        self._once_shown = True
        self._start_over()

    def close(self) -> None:
        """No timer outlives the conversation."""
        self._cancel_deadline()

    def _begin(self, commitment: str) -> None:
        self._cancel_deadline()
        if self._once_shown:
            self._start_over()
        self._commitment = commitment
        self._own_nonce = self._new_nonce()
        self._send(WordsReveal(epoch=self._epoch, nonce=self._own_nonce))

    def _finish(self, prints: Fingerprints, browser_nonce: str) -> None:
        if self._commitment is None or not commitment_holds(self._commitment, browser_nonce):
            self._break()
            return
        self._commitment = None
        self._base = (browser_nonce, self._own_nonce)
        self._words = tuple(self._list[index] for index in word_indices(prints, *self._base))
        self._vouched_epoch = self._epoch
        self._compare_again = self._once_shown
        self._once_shown = True
        self._show(WordsState.COMPARE_AGAIN if self._compare_again else WordsState.READY, self._words)

    def _check(self, prints: Fingerprints, mac: str) -> None:
        if self._base is None or self._vouched_epoch == self._epoch:
            return  # a program that was started anew has nothing to keep; the page then commits again
        self._cancel_deadline()
        if keep_holds(mac, "browser", self._epoch, prints, *self._base):
            self._vouched_epoch = self._epoch
            self._show(WordsState.COMPARE_AGAIN if self._compare_again else WordsState.KEPT, self._words)
        else:
            self._start_over()

    def _start_over(self) -> None:
        """What stood before no longer holds; the browser commits anew."""
        self._base, self._words = None, ()
        self._show(WordsState.COMPARE_AGAIN)

    def _break(self) -> None:
        self._cancel_deadline()
        self._base, self._words, self._commitment = None, (), None
        self._once_shown = True
        self._show(WordsState.BROKEN)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _show(self, state: WordsState, words: tuple[str, ...] = ()) -> None:
        shown = SafetyWords(state, words)
        if shown != self._shown:
            self._shown = shown
            self.changed.announce(shown)
