"""One conversation through all its epochs. Commands come from any thread and are carried out on the engine's loop."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import structlog

from app.media.budget import Wishes
from app.media.devices import Hardware
from app.media.epoch import Epoch, Plumbing, Screens
from app.media.meter import Heard, Meter
from app.media.patches.relay_path import Reserve
from app.media.playout import PlayoutBuffer
from app.media.ports import (
    CallError,
    CallListener,
    CallState,
    CallStats,
    DeviceChoice,
    DeviceKind,
    FrameSlot,
    I420Frame,
    PictureLimit,
    ScreenSource,
)
from app.media.relay_places import relays_of
from app.media.routers import PictureRouter, SoundRouter
from app.media.sharing import Sharing
from app.media.silence import Silence, Verdict
from app.media.synthetic import SyntheticLoudspeaker
from app.wire.messages import IceServer

log = structlog.get_logger(__name__)

STALL_S = 2.0
"""Without any packet for this long the line is called stalled (PROTOCOL.md, section 5)."""
WATCH_S = 0.25
"""Between two measurements."""
LISTEN_S = WATCH_S / 2
"""Between two looks whether anything came."""
ABANDONED_S = 10.0
"""An epoch that brought no connection in this time is not waited for any longer while an older one carries."""


class AiortcCall:
    """Implements `Call`. Made by the engine, which gives it its loop and the hardware."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: CallListener,
        choice: DeviceChoice,
        servers: Sequence[IceServer],
        hardware: Hardware,
        make_epoch: Callable[[Plumbing, Sequence[IceServer]], Epoch] = Epoch,
    ) -> None:
        self.ended: Callable[[AiortcCall], None] = lambda call: None
        """Called on the loop when all is closed."""
        self._loop = loop
        self._make_epoch = make_epoch
        self._listener = listener
        self._servers = tuple(servers)
        self._pictures = PictureRouter()
        self._sound = SoundRouter()
        self._playout = PlayoutBuffer()
        self._remote = FrameSlot[I420Frame]()
        self._devices = hardware.devices(self._pictures, self._sound, self._playout, self._device_trouble)
        self._wishes = Wishes()
        self._remote_screen = FrameSlot[I420Frame]()
        self._sharing = Sharing(self._wishes)
        screens = Screens(self._sharing.router, self._remote_screen.put, self._wishes)
        self._plumbing = Plumbing(self._pictures, self._sound, self._remote.put, self._playout.write, screens)
        self._epochs: dict[int, Epoch] = {}
        self._closed = False
        self._state: tuple[int, CallState] = (0, CallState.IDLE)
        self._flowing = 0
        """The epoch that was told as connected and has not stalled since; 0 for none."""
        self._packets: tuple[int, float] = (0, 0.0)
        self._silence = Silence()
        self._reserve: Reserve | None = None
        self._meter = Meter()
        self._watching: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._devices.choose(choice)

    # ---- the port, from any thread

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        """See `Call`."""
        return self._remote

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        """See `Call`."""
        return self._pictures.own

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        """See `Call`."""
        return self._remote_screen

    @property
    def carries_screen(self) -> bool:
        """See `Call`."""
        epochs = self._epochs.copy()
        return bool(epochs) and epochs[max(epochs)].carries_screen

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        """See `Call`."""
        answer: Future[str] = Future()
        if not self._soon(self._open_epoch, epoch, sdp, answer):
            answer.set_exception(CallError("the engine is closed"))
        return answer

    def add_candidate(self, epoch: int, candidate: str, mid: str | None, line: int | None) -> None:
        """See `Call`."""
        self._soon(self._add_candidate, epoch, candidate, mid, line)

    def talk(self, text: str) -> bool:
        """See `Call`."""
        newest = max((e for e in self._epochs.copy().values() if e.talks), key=lambda e: e.number, default=None)
        if newest is None:
            return False
        self._soon(newest.talk, text)
        return True

    def set_microphone(self, on: bool) -> None:
        """See `Call`."""
        self._sound.on = on

    def set_camera(self, on: bool) -> None:
        """See `Call`."""
        self._devices.set_camera(on)

    def choose_devices(self, choice: DeviceChoice) -> None:
        """See `Call`."""
        self._devices.choose(choice)

    def share_screen(self, source: ScreenSource | None) -> None:
        """See `Call`."""
        self._sharing.share(source)

    def limit_picture(self, limit: PictureLimit) -> None:
        """See `Call`."""
        self._wishes.limit = limit

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """See `Call`."""
        self._servers = tuple(servers)

    def stats(self) -> CallStats:
        """See `Call`."""
        return replace(self._meter.newest, remote_level=self._playout.level())

    def microphone_level(self) -> float:
        """See `Call`."""
        return self._sound.level() if self._sound.on else 0.0

    def close(self) -> None:
        """See `Call`. Gives nothing; the engine waits for `closing` at its own end. A call opened after this finds the devices free."""
        self._sharing.share(None)
        self._devices.begin_closing()
        self._soon(self._begin_closing)

    # ---- on the loop

    async def closing(self) -> None:
        """End all epochs and free the devices; done when all is free. May be called twice."""
        await self._begin_closing()

    def _begin_closing(self) -> asyncio.Task[None]:
        self._closed = True
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        return self._closing

    async def _close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        self._give_reserve_back()
        epochs, self._epochs = list(self._epochs.values()), {}
        await asyncio.gather(*(epoch.close() for epoch in epochs), *self._tasks, return_exceptions=True)
        await self._loop.run_in_executor(None, self._devices.close)
        self._forget_pictures()
        self.ended(self)
        self._tell(self._state[0], CallState.CLOSED)

    def _forget_pictures(self) -> None:
        """Nobody's face stays in memory, whoever still holds this call."""
        self._pictures.own.clear()
        self._pictures.clear()
        self._remote.clear()
        self._remote_screen.clear()

    def _open_epoch(self, number: int, sdp: str, answer: Future[str]) -> None:
        """At once, so that candidates that follow on the heels of the offer find their epoch."""
        if not answer.set_running_or_notify_cancel():
            return
        if self._closed or number <= max(self._epochs, default=0):
            answer.set_exception(CallError("the call is closed" if self._closed else "not newer than the newest epoch"))
            return
        self._drop([n for n, e in self._epochs.items() if e.state != "connected"])
        epoch = self._make_epoch(self._plumbing, self._servers)
        if self._silence.long:
            epoch.hurry(self._reserve)
            self._reserve = None
        epoch.changed, epoch.opened, epoch.said = self._epoch_changed, self._talk_opened, self._heard
        self._epochs[number] = epoch
        self._in_background(self._answer(epoch, number, sdp, answer))

    async def _answer(self, epoch: Epoch, number: int, sdp: str, answer: Future[str]) -> None:
        try:
            text = await epoch.answer(number, sdp)
        except CallError as error:
            self._epochs.pop(number, None)
            await epoch.close()
            answer.set_exception(error)
            return
        self._tell(number, CallState.CONNECTING)
        answer.set_result(text)
        self._epoch_changed(epoch)
        if self._watching is None and not self._closed:
            self._watching = self._in_background(self._watch())

    def _add_candidate(self, number: int, candidate: str, mid: str | None, line: int | None) -> None:
        if number in self._epochs:
            self._epochs[number].add_candidate(candidate, mid, line)

    def _epoch_changed(self, epoch: Epoch) -> None:
        if self._closed or epoch.number != max(self._epochs, default=0) or self._epochs[epoch.number] is not epoch:
            return
        if epoch.state == "connected" and self._state != (epoch.number, CallState.CONNECTED):
            if epoch.fingerprints is not None:
                self._listener.call_fingerprints(epoch.number, epoch.fingerprints)
            self._packets = (epoch.received_packets, time.monotonic())
            self._tell(epoch.number, CallState.CONNECTED)
            self._drop([n for n in self._epochs if n < epoch.number])
            if not epoch.carries_screen:
                self._remote_screen.clear()
        elif epoch.state in ("failed", "closed"):
            if 0 < self._flowing < epoch.number:
                self._drop([epoch.number])
            else:
                self._tell(epoch.number, CallState.STALLED)

    def _drop(self, numbers: Sequence[int]) -> None:
        """Close these epochs; from now on nothing of theirs is seen or heard."""
        for number in numbers:
            epoch = self._epochs.pop(number)
            epoch.mute()
            self._in_background(epoch.close())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call_work_failed", exc_info=error)

    def _talk_opened(self, epoch: Epoch) -> None:
        self._listener.call_talk_open(epoch.number)

    def _heard(self, epoch: Epoch, text: str) -> None:
        self._listener.call_talk(epoch.number, text)

    def _device_trouble(self, *trouble: Any) -> None:
        self._soon(self._listener.call_device_trouble, *trouble)

    async def _watch(self) -> None:
        """Look at the epoch that carries, if there is one: the only one may have failed to be answered."""
        for number in itertools.count():
            await asyncio.sleep(LISTEN_S)
            if self._epochs:
                carrier, now = self._carrier(), time.monotonic()
                self._listen(carrier, now)
                if number % 2:
                    self._meter.look(carrier.number, carrier.counters(), self._heard_sound(), now)

    def _carrier(self) -> Epoch:
        """The newest that is connected; before there is one, the newest."""
        return max(self._epochs.values(), key=lambda epoch: (epoch.state == "connected", epoch.number))

    def _listen(self, carrier: Epoch, now: float) -> None:
        """Notice a silent line, first in doubt, then for certain; and one that speaks again."""
        number, packets = carrier.number, carrier.received_packets
        self._doubt(carrier, self._silence.look(number, packets, carrier.path_answers, now))
        if self._reserve is not None and self._reserve.old:
            self._give_reserve_back()
        if packets != self._packets[0]:
            self._packets = (packets, now)
            if self._flowing != number and carrier.state == "connected":
                self._tell(number, CallState.CONNECTED)
            self._drop([n for n, e in self._epochs.items() if n > number and e.answered and now - e.begun_at > ABANDONED_S])
        elif self._flowing == number and now - self._packets[1] > STALL_S:
            self._tell(number, CallState.STALLED)

    def _doubt(self, carrier: Epoch, verdict: Verdict) -> None:
        if self._flowing != carrier.number or verdict is Verdict.NOTHING:
            return
        carrier.ask_path()
        if verdict is Verdict.DOUBT and carrier.number == max(self._epochs):
            log.info("line_doubted", epoch=carrier.number)
            if relays_of(self._servers):
                self._give_reserve_back()
                self._reserve = Reserve(self._servers)
            self._listener.call_doubted(carrier.number)

    def _give_reserve_back(self) -> None:
        if self._reserve is not None:
            self._reserve.give_back()
            self._reserve = None

    def _heard_sound(self) -> Heard:
        loudspeaker = self._devices.running(DeviceKind.LOUDSPEAKER)
        extra: dict[str, float] = {}
        if isinstance(loudspeaker, SyntheticLoudspeaker):
            extra["heard_level"] = loudspeaker.level()
            if (tone := loudspeaker.tone_hz()) is not None:
                extra["heard_tone_hz"] = tone
            if loudspeaker.burst_at is not None:
                extra["heard_burst_at"] = loudspeaker.burst_at
        return Heard(self._playout.delay_ms(), self._playout.energy, extra)

    def _tell(self, number: int, state: CallState) -> None:
        if self._state != (number, state):
            self._state = (number, state)
            if state is CallState.CONNECTED:
                self._flowing = number
            elif state is not CallState.CONNECTING and number >= self._flowing:
                self._flowing = 0
            log.info("call_state", epoch=number, state=state.value)
            self._listener.call_state(number, state)

    # ---- crossing threads

    def _soon(self, work: Callable[..., Any], *arguments: Any) -> bool:
        """False if the engine is closed and nobody is left to do it."""
        try:
            self._loop.call_soon_threadsafe(work, *arguments)
        except RuntimeError:
            return False
        return True
