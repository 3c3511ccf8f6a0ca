"""Whatever happens in whatever order: no wrong words stand as good ones, and no chat line is lost or doubled."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.rooms import SeatState
from app.domain.secrets import new_token
from app.services.fakes import FakeEngine, ManualClock
from app.services.ports import Delivery, SessionState, WordsState
from app.services.session import LiveSession
from app.services.session_line import CallPlan
from app.wire.messages import Offer
from app.wire.talk import Chat, WordsKeep, WordsOpen
from tests.support.services import WORDS, Browser, prints
from tests.support.session_table import DEVICES, ROOM, Line
from tests.support.soak import rounds

GOOD = (WordsState.READY, WordsState.KEPT)


class SessionMachine(RuleBasedStateMachine):
    """A session, its browser, a network that fails, and sometimes somebody in between."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.engine, self.line = ManualClock(), FakeEngine(), Line()
        self.session = LiveSession(self.line, CallPlan(self.engine, DEVICES, ()), WORDS, self.clock)
        self.session.seat_changed(SeatState.ADMITTED, present=True)
        self.browser = Browser(self.engine.calls[-1])
        self.epoch = 0
        self.between = False
        """Somebody sits in the newest epoch."""
        self.said: list[str] = []
        self.heard: list[str] = []

    @initialize()
    def first_line(self) -> None:
        self._connect(between=False)

    def _connect(self, between: bool, listens: bool = True) -> None:
        self.epoch += 1
        self.between = between
        self.session.take_offer(Offer(seq=1, room=ROOM, epoch=self.epoch, sdp="v=0\r\n"))
        number = self.epoch % 200
        at_browser, at_program = prints(number, 250 if between else number), prints(251 if between else number, number)
        self.browser.connect(self.epoch, at_browser, at_program, listens)

    def _alive(self) -> bool:
        return self.browser.call.talk_epoch is not None

    @rule(between=st.booleans(), listens=st.booleans(), keeps=st.booleans())
    def new_epoch(self, between: bool, listens: bool, keeps: bool) -> None:
        """Without `keeps` the browser's mac does not come (yet)."""
        self.browser.keeps = keeps
        self._connect(between, listens)

    @rule()
    def line_goes(self) -> None:
        self.browser.call.drop_channel()
        self.browser.call.stall(self.epoch)

    @precondition(_alive)
    @rule()
    def browser_listens(self) -> None:
        self.browser.listen()

    @rule()
    def page_is_loaded_again(self) -> None:
        self.browser.nonces, self.browser.words = None, ()
        self._connect(between=False)

    @rule(yes=st.booleans())
    def acknowledgements(self, yes: bool) -> None:
        self.browser.acknowledges = yes

    @rule(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
    def counsellor_says(self, text: str) -> None:
        self.said.append(text)
        self.session.say(text)

    @precondition(_alive)
    @rule(times=st.integers(1, 3))
    def client_says(self, times: int) -> None:
        """A line that the browser sends more than once, because no acknowledgement came."""
        line = f"line-{len(self.heard):06}"
        self.heard.append(line)
        for _ in range(times):
            self.browser.say(Chat(id=line, text=line))

    @precondition(_alive)
    @rule(message=st.sampled_from([WordsKeep, WordsOpen]), token=st.characters(categories=["L"], codec="ascii"))
    def forged_step(self, message: type, token: str) -> None:
        value = token * 42 + "A"
        self.browser.say(message(epoch=self.epoch, **{"mac" if message is WordsKeep else "nonce": value}))

    @precondition(_alive)
    @rule()
    def opens_another_nonce(self) -> None:
        """Who chooses the nonce after the reveal could choose the words."""
        self.browser.commit()
        self.browser.nonces = None
        self.browser.say(WordsOpen(epoch=self.epoch, nonce=new_token()))
        assert self.session.words.state is WordsState.BROKEN

    @rule(seconds=st.sampled_from([0.5, 3.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def end_and_undo(self) -> None:
        self.session.end()
        assert self.session.state is SessionState.ENDING
        self.session.undo_end()

    @invariant()
    def good_words_are_the_browsers_words(self) -> None:
        shown = self.session.words
        assert bool(shown.words) == (shown.state in GOOD) or shown.state is WordsState.COMPARE_AGAIN
        if shown.state in GOOD and not self.between and self.browser.words:
            assert shown.words == self.browser.words

    @invariant()
    def somebody_between_never_shows_equal_words(self) -> None:
        if self.between and self.session.words.words:
            assert self.session.words.state is not WordsState.KEPT
            assert self.session.words.words != self.browser.words

    @invariant()
    def every_line_of_the_client_is_shown_once_in_order(self) -> None:
        assert [line.text for line in self.session.chat if not line.own] == self.heard

    def teardown(self) -> None:
        """At last there is a good line again: whatever was said has arrived, once."""
        self.browser.acknowledges = True
        if not self.epoch:
            return
        self._connect(between=False)
        self.browser.listen()
        own = [line for line in self.session.chat if line.own]
        assert [line.text for line in own] == self.said
        assert {line.delivery for line in own} <= {Delivery.SEEN}
        assert len(self.browser.shown) == len(self.said)
        assert sorted(line.text for line in self.browser.shown) == sorted(self.said)


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=rounds(40), stateful_step_count=30)
