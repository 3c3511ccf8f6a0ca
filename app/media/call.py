"""One conversation through all its epochs. Commands come from any thread and are carried out on the engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any

import structlog

from app.media.devices import DeviceOpener, DeviceSet
from app.media.epoch import Epoch, Plumbing
from app.media.meter import Heard, Meter
from app.media.playout import PlayoutBuffer
from app.media.ports import CallError, CallListener, CallState, CallStats, DeviceChoice, DeviceKind, FrameSlot, I420Frame
from app.media.routers import PictureRouter, SoundRouter
from app.media.synthetic import SyntheticLoudspeaker
from app.wire.messages import IceServer

log = structlog.get_logger(__name__)

STALL_S = 2.0
"""Without any packet for this long the line is called stalled (PROTOCOL.md, section 5)."""
WATCH_S = 0.25


class AiortcCall:
    """Implements `Call`. Made by the engine, which gives it its loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: CallListener,
        choice: DeviceChoice,
        servers: Sequence[IceServer],
        make_epoch: Callable[[Plumbing, Sequence[IceServer]], Epoch] = Epoch,
    ) -> None:
        self._loop = loop
        self._make_epoch = make_epoch
        self._listener = listener
        self._servers = tuple(servers)
        self._pictures = PictureRouter()
        self._sound = SoundRouter()
        self._playout = PlayoutBuffer()
        self._remote = FrameSlot[I420Frame]()
        self._devices = DeviceSet(DeviceOpener(self._pictures, self._sound, self._playout), self._device_trouble)
        self._plumbing = Plumbing(self._pictures, self._sound, self._remote.put, self._playout.write)
        self._epochs: dict[int, Epoch] = {}
        self._closed = False
        self._state: tuple[int, CallState] = (0, CallState.IDLE)
        self._packets: tuple[int, float] = (0, 0.0)
        self._meter = Meter()
        self._watching: asyncio.Task[None] | None = None
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

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        """See `Call`."""
        return self._run(self._take_offer(epoch, sdp))

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

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """See `Call`."""
        self._servers = tuple(servers)

    def stats(self) -> CallStats:
        """See `Call`."""
        return self._meter.newest

    def microphone_level(self) -> float:
        """See `Call`."""
        return self._sound.level() if self._sound.on else 0.0

    def close(self) -> None:
        """See `Call`. Gives nothing; the engine waits for `closing` at its own end."""
        with contextlib.suppress(CallError):
            self._run(self.closing())

    # ---- on the loop

    async def closing(self) -> None:
        """End all epochs and free the devices. May be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        epochs, self._epochs = list(self._epochs.values()), {}
        await asyncio.gather(*(epoch.close() for epoch in epochs), return_exceptions=True)
        await self._loop.run_in_executor(None, self._devices.close)
        self._tell(self._state[0], CallState.CLOSED)

    async def _take_offer(self, number: int, sdp: str) -> str:
        if self._closed:
            raise CallError("the call is closed")
        if self._epochs and number <= max(self._epochs):
            raise CallError("an older epoch than the newest")
        epoch = self._make_epoch(self._plumbing, self._servers)
        epoch.changed, epoch.opened, epoch.said = self._epoch_changed, self._talk_opened, self._heard
        try:
            answer = await epoch.answer(number, sdp)
        except CallError:
            await epoch.close()
            raise
        self._epochs[number] = epoch
        self._tell(number, CallState.CONNECTING)
        self._epoch_changed(epoch)
        if self._watching is None:
            self._watching = asyncio.ensure_future(self._watch())
        return answer

    def _add_candidate(self, number: int, candidate: str, mid: str | None, line: int | None) -> None:
        if number in self._epochs:
            self._epochs[number].add_candidate(candidate, mid, line)

    def _epoch_changed(self, epoch: Epoch) -> None:
        if self._closed or self._epochs.get(epoch.number) is not epoch or epoch.number != max(self._epochs):
            return
        if epoch.state == "connected" and self._state != (epoch.number, CallState.CONNECTED):
            if epoch.fingerprints is not None:
                self._listener.call_fingerprints(epoch.number, epoch.fingerprints)
            self._packets = (epoch.received_packets, time.monotonic())
            self._tell(epoch.number, CallState.CONNECTED)
            self._drop_older(epoch.number)
        elif epoch.state in ("failed", "closed"):
            self._tell(epoch.number, CallState.STALLED)

    def _drop_older(self, number: int) -> None:
        for older in [n for n in self._epochs if n < number]:
            epoch = self._epochs.pop(older)
            asyncio.ensure_future(epoch.close()).add_done_callback(_log_failure)

    def _talk_opened(self, epoch: Epoch) -> None:
        self._listener.call_talk_open(epoch.number)

    def _heard(self, epoch: Epoch, text: str) -> None:
        self._listener.call_talk(epoch.number, text)

    def _device_trouble(self, *trouble: Any) -> None:
        self._soon(self._listener.call_device_trouble, *trouble)

    async def _watch(self) -> None:
        """Notice a silent line, and measure."""
        while True:
            await asyncio.sleep(WATCH_S)
            newest = self._epochs[max(self._epochs)]
            now = time.monotonic()
            self._meter.look(newest.number, newest.counters(), self._heard_sound(), now)
            if newest.received_packets != self._packets[0]:
                self._packets = (newest.received_packets, now)
                if self._state == (newest.number, CallState.STALLED) and newest.state == "connected":
                    self._tell(newest.number, CallState.CONNECTED)
            elif self._state == (newest.number, CallState.CONNECTED) and now - self._packets[1] > STALL_S:
                self._tell(newest.number, CallState.STALLED)

    def _heard_sound(self) -> Heard:
        loudspeaker = self._devices.running(DeviceKind.LOUDSPEAKER)
        extra: dict[str, float] = {}
        if isinstance(loudspeaker, SyntheticLoudspeaker):
            extra["heard_level"] = loudspeaker.level()
            if (tone := loudspeaker.tone_hz()) is not None:
                extra["heard_tone_hz"] = tone
        return Heard(self._playout.delay_ms(), self._playout.energy, extra)

    def _tell(self, number: int, state: CallState) -> None:
        if self._state != (number, state):
            self._state = (number, state)
            log.info("call_state", epoch=number, state=state.value)
            self._listener.call_state(number, state)

    # ---- crossing threads

    def _run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as error:
            work.close()
            raise CallError("the engine is closed") from error

    def _soon(self, work: Callable[..., Any], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear
            self._loop.call_soon_threadsafe(work, *arguments)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("epoch_close_failed", error=type(task.exception()).__name__)
