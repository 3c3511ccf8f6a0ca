"""An engine whose libraries are loaded on a thread of their own: calls can be opened at once and become real a moment later.

Nobody waits for the import, least of all the window's thread. Imports `app.media.ports` and `app.wire` only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from app.media.ports import (
    Call,
    CallError,
    CallListener,
    CallState,
    CallStats,
    DeviceChoice,
    DeviceKind,
    Engine,
    FrameSlot,
    I420Frame,
    PictureLimit,
    ScreenSource,
)
from app.services.mirror import mirror
from app.wire.messages import IceServer


class LateEngine:
    """An `Engine` that is loaded when it is warmed, or when the first call is opened. Used on one thread, save for `close`."""

    def __init__(
        self,
        load: Callable[[], Engine],
        hand_over: Callable[[Callable[[], None]], None],
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        """`load` gives a started engine; it may take seconds and is called once, on a thread. `hand_over` comes back from there.
        `afterwards` is called on that thread when calls have their engine: for what need not be there before the first answer."""
        self._load = load
        self._hand_over = hand_over
        self._afterwards = afterwards
        self._engine: Engine | None = None
        self._failed = False
        self._waiting: list[LateCall] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """See `Engine`; leaves the work to `warm`."""

    def warm(self) -> None:
        """Begin to load; returns at once. May be called twice."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="engine-import", daemon=True)
            self._thread.start()

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> Call:
        """See `Engine`. While the libraries load, what is asked of the call is done later, in its order."""
        self.warm()
        if self._failed:
            raise CallError("the media engine did not start")
        if self._engine is not None:
            return self._engine.open_call(listener, choice, ice_servers)
        call = LateCall(listener, choice, ice_servers)
        self._waiting.append(call)
        return call

    def devices_changed(self, kind: DeviceKind) -> None:
        """See `Engine`. Calls that wait will look for themselves."""
        if self._engine is not None:
            self._engine.devices_changed(kind)

    def close(self) -> None:
        """See `Engine`."""
        if self._thread is not None:
            self._thread.join()
        if self._engine is not None:
            self._engine.close()

    def _run(self) -> None:
        try:
            self._engine = self._load()
        except BaseException:
            self._failed = True
            raise  # whoever reports crashes hears of it
        finally:
            self._hand_over(self._loaded)
        self._afterwards()

    def _loaded(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call.become(self._engine)


class LateCall:
    """A `Call` that is opened as soon as there is an engine."""

    def __init__(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> None:
        self._listener = listener
        self._opened_with = (choice, ice_servers)
        self._call: Call | None = None
        self._epoch = 0
        """Of the newest offer that waits."""
        self._closed = False
        self._later: list[Callable[[Call], object]] = []
        self._unanswered: list[Future[str]] = []
        self._remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self._own_picture: FrameSlot[I420Frame] = FrameSlot()
        self._remote_screen: FrameSlot[I420Frame] = FrameSlot()

    def become(self, engine: Engine | None) -> None:
        """The engine is there, or (None) will never be."""
        if self._closed:
            return
        try:
            if engine is None:
                raise CallError("the media engine did not start")
            self._open(engine)
        except CallError as error:
            self._closed = True
            for answer in self._unanswered:
                answer.set_exception(error)

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        return self._remote_picture

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        return self._own_picture

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        return self._remote_screen

    @property
    def carries_screen(self) -> bool:
        return self._call is not None and self._call.carries_screen

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        answer: Future[str] = Future()
        if self._closed:
            answer.set_exception(CallError("closed"))
            return answer
        if self._call is not None:
            return self._call.take_offer(epoch, sdp)
        self._epoch = epoch
        self._unanswered.append(answer)
        self._later.append(lambda call: _pass_on(call.take_offer(epoch, sdp), answer))
        self._listener.call_state(epoch, CallState.CONNECTING)
        return answer

    def add_candidate(self, epoch: int, candidate: str, mid: str | None, line: int | None) -> None:
        self._do(lambda call: call.add_candidate(epoch, candidate, mid, line))

    def talk(self, text: str) -> bool:
        return self._call is not None and self._call.talk(text)

    def set_microphone(self, on: bool) -> None:
        self._do(lambda call: call.set_microphone(on))

    def set_camera(self, on: bool) -> None:
        self._do(lambda call: call.set_camera(on))

    def choose_devices(self, choice: DeviceChoice) -> None:
        self._do(lambda call: call.choose_devices(choice))

    def share_screen(self, source: ScreenSource | None) -> None:
        self._do(lambda call: call.share_screen(source))

    def limit_picture(self, limit: PictureLimit) -> None:
        self._do(lambda call: call.limit_picture(limit))

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        self._do(lambda call: call.set_ice_servers(servers))

    def stats(self) -> CallStats:
        return CallStats() if self._call is None else self._call.stats()

    def microphone_level(self) -> float:
        return 0.0 if self._call is None else self._call.microphone_level()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._later.clear()
        for answer in self._unanswered:
            answer.cancel()
        if self._call is not None:
            self._call.close()
            return
        self._listener.call_state(self._epoch, CallState.CLOSED)

    def _open(self, engine: Engine) -> None:
        call = engine.open_call(self._listener, *self._opened_with)
        mirror(call.remote_picture, self._remote_picture)
        mirror(call.own_picture, self._own_picture)
        mirror(call.remote_screen, self._remote_screen)
        self._call = call
        for step in self._later:
            step(call)
        self._later.clear()
        self._unanswered.clear()

    def _do(self, step: Callable[[Call], object]) -> None:
        if self._call is not None:
            step(self._call)
        elif not self._closed:
            self._later.append(step)


def _pass_on(result: Future[str], answer: Future[str]) -> None:
    """Give the real call's answer to whoever waits for it."""

    def passed(done: Future[str]) -> None:
        if done.cancelled():
            answer.cancel()
        elif not answer.set_running_or_notify_cancel():
            return  # the call was closed before it was a real one
        elif (error := done.exception()) is not None:
            answer.set_exception(error)
        else:
            answer.set_result(done.result())

    result.add_done_callback(passed)
