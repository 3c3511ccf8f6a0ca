"""The media engine: one thread, one asyncio loop of its own, all calls on it. Never blocks whoever calls it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Sequence

import cv2
import structlog

from app.domain.udp_ports import UdpPorts
from app.media import patches
from app.media.call import AiortcCall
from app.media.devices import Hardware
from app.media.epoch import Epoch
from app.media.media_loop import MediaLoop
from app.media.ports import CallError, CallListener, DeviceChoice, DeviceKind
from app.media.priority import Urgency, raise_priority
from app.wire.messages import IceServer

log = structlog.get_logger(__name__)

CLOSE_S = 2.5
SWITCH_S = 0.001


class AiortcEngine:
    """Implements `Engine` on aiortc."""

    def __init__(
        self,
        prepare: Callable[[], None] = patches.install,
        make_epoch: Callable[..., Epoch] = Epoch,
        hardware: Hardware | None = None,
        ports: UdpPorts | None = None,
    ) -> None:
        """`prepare` and `make_epoch` are others only in the benchmark's comparison with unchanged aiortc; `hardware` is given where
        somebody else uses the sound system, too. `ports` are those that the agency's firewall lets through; None takes any."""
        self._hardware = hardware or Hardware()
        self._prepare = prepare
        self._make_epoch = make_epoch
        self._ports = ports
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._calls: set[AiortcCall] = set()
        """Those that are not closed yet."""

    def start(self) -> None:
        """Start the thread; returns when its loop runs."""
        if self._thread is not None:
            return
        self._prepare()
        # A picture passes four threads on its way out; with Python's usual 5 ms each of them may wait that long for the others.
        sys.setswitchinterval(SWITCH_S)
        cv2.setNumThreads(1)  # a second thread costs more than it saves at these sizes
        running = threading.Event()
        self._loop = MediaLoop(self._ports)
        self._loop.call_soon(running.set)
        self._thread = threading.Thread(target=self._run, name="media-engine", daemon=True)
        self._thread.start()
        self._hardware.turns.start()
        running.wait()
        # What is loaded by now stays: a full collection over it would stop every thread for 50 to 100 ms in the middle of joining.
        if not gc.get_freeze_count():
            gc.freeze()

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> AiortcCall:
        """See `Engine`."""
        if self._loop is None or self._thread is None:
            raise CallError("the engine does not run")
        call = AiortcCall(self._loop, listener, choice, ice_servers, self._hardware, self._make_epoch)
        call.ended = self._calls.discard
        self._calls.add(call)
        return call

    def devices_changed(self, kind: DeviceKind) -> None:
        """See `Engine`."""
        self._hardware.changed(kind)

    def close(self) -> None:
        """See `Engine`. May be called twice."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        for call in tuple(self._calls):
            call.share_screen(None)
        closing = asyncio.run_coroutine_threadsafe(self._close_calls(), loop)
        with contextlib.suppress(TimeoutError):
            closing.result(CLOSE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSE_S)
        self._hardware.turns.close(CLOSE_S)

    async def _close_calls(self) -> None:
        await asyncio.gather(*(call.closing() for call in tuple(self._calls)), return_exceptions=True)
        # What aiortc leaves behind ends in the next turns of the loop.
        await asyncio.sleep(0.01)

    def _run(self) -> None:
        loop = self._loop
        if loop is None:
            return
        asyncio.set_event_loop(loop)
        raise_priority(Urgency.SOUND)
        try:
            loop.run_forever()
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
