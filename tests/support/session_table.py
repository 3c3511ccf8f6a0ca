"""A session with everything around it in the test's hand: desk, engine, clock. No loop, no sockets."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.features import EVERY, Feature
from app.domain.rooms import SeatState
from app.media.ports import DeviceChoice, FrameSlot, I420Frame
from app.services.fakes import FakeCall, FakeEngine, ManualClock
from app.services.ports import RoomEntry, SessionState
from app.services.session import LiveSession
from app.services.session_line import CallPlan, Parting
from app.wire.messages import Offer, OfferReason
from tests.support.services import WORDS, Browser, prints

DEVICES = DeviceChoice("cam", "mic", "speaker")
ROOM = "r" * 22


class Line:
    """The desk, as a session sees it."""

    def __init__(self) -> None:
        self.room = RoomEntry(ROOM, "", 0, 30, "de", "", (), over=False)
        self.answers: list[tuple[int, str]] = []
        self.asked: list[tuple[int, OfferReason]] = []
        self.on_asked: Callable[[], None] = lambda: None
        self.chosen: list[DeviceChoice] = []
        self.ends: list[Parting] = []
        self.server_ms: int | None = None

    def answer(self, epoch: int, sdp: str) -> None:
        self.answers.append((epoch, sdp))

    def need_offer(self, epoch: int, reason: OfferReason) -> None:
        self.asked.append((epoch, reason))
        self.on_asked()

    def devices_chosen(self, choice: DeviceChoice) -> None:
        self.chosen.append(choice)

    def finished(self, how: Parting) -> None:
        self.ends.append(how)


class Picture:
    """A screen that somebody picked: told when it is to show itself."""

    def __init__(self) -> None:
        self.starts = 0
        self.shown = False

    def start(self, _slot: FrameSlot[I420Frame]) -> None:
        self.starts += 1
        self.shown = True

    def stop(self) -> None:
        self.shown = False


class Table:
    """A session with everything around it in the test's hand."""

    def __init__(self, features: frozenset[Feature] = EVERY) -> None:
        self.line, self.engine, self.clock = Line(), FakeEngine(), ManualClock()
        self.session = LiveSession(self.line, CallPlan(self.engine, DEVICES, (), features), WORDS, self.clock)
        self.states: list[SessionState] = []
        self.session.state_changed.subscribe(self.states.append)

    @property
    def call(self) -> FakeCall:
        return self.engine.calls[-1]

    def admitted(self) -> Table:
        self.session.seat_changed(SeatState.ADMITTED, present=True)
        return self

    def offer(self, epoch: int, sdp: str = "v=0\r\n") -> None:
        self.session.take_offer(Offer(seq=1, room=ROOM, epoch=epoch, sdp=sdp))

    def running(self) -> Browser:
        self.admitted().offer(1)
        browser = Browser(self.call)
        browser.connect(1, prints(1, 2))
        return browser
