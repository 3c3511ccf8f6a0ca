"""An engine that loads slowly: nobody waits for it, and nothing that was asked meanwhile is lost."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import pytest

from app.domain.rooms import SeatState
from app.media.ports import CallError, CallState, DeviceChoice, DeviceKind, Engine, PictureLimit
from app.services.fakes import FakeEngine, ManualClock
from app.services.late_engine import LateEngine
from app.services.ports import SessionState
from app.services.session import LiveSession
from app.services.session_line import CallPlan
from app.wire.messages import IceServer, Offer
from tests.support.pictures import grey
from tests.support.services import WORDS, Browser, prints
from tests.support.session_table import DEVICES, ROOM, Line, Picture


class Listener:
    def __init__(self) -> None:
        self.states: list[tuple[int, CallState]] = []

    def call_state(self, epoch: int, state: CallState) -> None:
        self.states.append((epoch, state))

    def call_doubted(self, *_: object) -> None: ...
    def call_fingerprints(self, *_: object) -> None: ...
    def call_talk_open(self, *_: object) -> None: ...
    def call_talk(self, *_: object) -> None: ...
    def call_device_trouble(self, *_: object) -> None: ...


class SlowLibraries:
    """The import of libraries that takes as long as the test wants."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.may_end = threading.Event()
        self.handed_over: queue.Queue[Callable[[], None]] = queue.Queue()
        self.late = LateEngine(self._load, self.handed_over.put)

    def _load(self) -> Engine:
        assert self.may_end.wait(10)
        return self.engine

    def loaded(self) -> None:
        """Let the import end, and take what it hands over."""
        self.may_end.set()
        self.handed_over.get(timeout=10)()


def test_an_admission_right_after_the_start_waits_for_nothing() -> None:
    slow, line, clock = SlowLibraries(), Line(), ManualClock()
    session = LiveSession(line, CallPlan(slow.late, DEVICES, ()), WORDS, clock)
    session.seat_changed(SeatState.ADMITTED, present=True)
    session.take_offer(Offer(seq=1, room=ROOM, epoch=1, sdp="v=0\r\n"))
    assert session.state is SessionState.CONNECTING
    assert line.answers == []
    session.set_camera(False)
    slow.loaded()
    (call,) = slow.engine.calls
    assert line.answers == [(1, "v=0\r\ns=answer 1\r\n")]
    assert (call.choice, call.camera_on) == (DEVICES, False)
    Browser(call).connect(1, prints(1, 2))
    assert session.state is SessionState.RUNNING
    call.remote_picture.put(grey(7))
    newest = session.remote_picture.newest()[1]
    assert newest is not None
    assert newest.y[0, 0] == 7
    session.close()
    assert call.closed
    slow.late.close()
    assert slow.engine.closed


def test_devices_that_change_are_told_once_there_is_an_engine() -> None:
    slow = SlowLibraries()
    slow.late.devices_changed(DeviceKind.CAMERA)
    slow.late.warm()
    slow.loaded()
    slow.late.devices_changed(DeviceKind.MICROPHONE)
    assert slow.engine.changed == [DeviceKind.MICROPHONE]
    slow.late.close()


def test_what_was_asked_meanwhile_is_done_in_its_order() -> None:
    slow = SlowLibraries()
    call = slow.late.open_call(Listener(), DEVICES, ())
    other, servers, picture = DeviceChoice("other"), (IceServer(urls=["stun:relay.example.org"]),), Picture()
    call.set_microphone(False)
    call.set_microphone(True)
    call.choose_devices(other)
    call.set_ice_servers(servers)
    call.limit_picture(PictureLimit(360, 400))
    call.share_screen(picture)
    answer = call.take_offer(3, "v=0\r\n")
    call.add_candidate(3, "candidate:1", "0", 0)
    assert (call.talk("lost"), call.microphone_level(), call.carries_screen) == (False, 0.0, False)
    assert not answer.done()
    slow.loaded()
    (real,) = slow.engine.calls
    assert answer.result(0) == "v=0\r\ns=answer 3\r\n"
    assert (real.microphone_on, real.choice, real.ice_servers) == (True, other, servers)
    assert (real.limit, real.screen, [c.epoch for c in real.candidates]) == (PictureLimit(360, 400), picture, [3])
    assert call.take_offer(4, "v=0\r\n").result(0) == "v=0\r\ns=answer 4\r\n"
    assert call.stats() == real.stats()
    slow.late.close()


def test_a_call_that_is_closed_before_opens_no_device() -> None:
    slow, listener = SlowLibraries(), Listener()
    call = slow.late.open_call(listener, DEVICES, ())
    answer = call.take_offer(1, "v=0\r\n")
    call.close()
    call.close()
    assert answer.cancelled()
    assert listener.states == [(1, CallState.CONNECTING), (1, CallState.CLOSED)]
    slow.loaded()
    assert slow.engine.calls == []
    with pytest.raises(CallError):
        call.take_offer(2, "v=0\r\n").result(0)
    slow.late.close()


def test_calls_have_their_engine_before_what_can_wait_is_loaded() -> None:
    engine, handed_over, may_end = FakeEngine(), queue.Queue[Callable[[], None]](), threading.Event()
    threads: list[str] = []

    def afterwards() -> None:
        threads.append(threading.current_thread().name)
        assert may_end.wait(10)

    late = LateEngine(lambda: engine, handed_over.put, afterwards)
    answer = late.open_call(Listener(), DEVICES, ()).take_offer(1, "v=0\r\n")
    handed_over.get(timeout=10)()
    assert answer.result(0) == "v=0\r\ns=answer 1\r\n", "while the rest still loads"
    may_end.set()
    late.close()
    assert threads == ["engine-import"]
    assert engine.closed


def test_libraries_that_do_not_load_answer_no_offer() -> None:
    reported: list[threading.ExceptHookArgs] = []
    before, threading.excepthook = threading.excepthook, reported.append
    began = threading.Event()

    def load() -> Engine:
        assert began.wait(10)
        raise ImportError("no library")

    try:
        handed_over: queue.Queue[Callable[[], None]] = queue.Queue()
        late = LateEngine(load, handed_over.put)
        call = late.open_call(Listener(), DEVICES, ())
        answer = call.take_offer(1, "v=0\r\n")
        began.set()
        handed_over.get(timeout=10)()
        with pytest.raises(CallError):
            answer.result(0)
        late.close()
    finally:
        threading.excepthook = before
    assert [args.exc_type for args in reported] == [ImportError], "whoever reports crashes hears of it"
    with pytest.raises(CallError):
        late.open_call(Listener(), DEVICES, ())


def test_an_engine_that_nobody_needed_closes() -> None:
    slow = SlowLibraries()
    slow.late.start()
    slow.late.close()
    assert not slow.engine.closed
    slow.late.warm()
    slow.late.warm()
    slow.may_end.set()
    slow.late.close()
    assert slow.engine.closed
