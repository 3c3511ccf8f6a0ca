"""Opens and closes devices for a check, in turn with the devices of all calls, without holding up the caller's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import structlog

from app.media.devices import Hardware
from app.media.ports import DeviceTrouble
from app.media.running import DeviceError, RunningDevice

OPEN_S = 15.0
"""A driver that has not opened a device by then hangs. Cameras under Windows are known to take up to 10 s."""
CLOSE_S = 5.0

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Turns:
    """The devices' thread, as coroutines."""

    def __init__(self, hardware: Hardware) -> None:
        self._hardware = hardware

    async def do(self, work: Callable[[], T], seconds: float) -> T:
        """Gives what `work` gives, raises what it raises; TimeoutError after so long, and the work goes on."""
        done: Future[T] = Future()

        def turn() -> None:
            try:
                done.set_result(work())
            except Exception as error:
                done.set_exception(error)

        self._hardware.turns.put(turn)
        self._hardware.turns.start()
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(done)), seconds)

    async def start(self, device: RunningDevice) -> DeviceTrouble | None:
        """Open it; why it did not open. One that is not wanted any more, or hangs, is closed as soon as that is possible."""
        try:
            await self.do(device.start, OPEN_S)
        except DeviceError as error:
            return error.trouble
        except TimeoutError:
            self._hardware.turns.put(device.close)
            return DeviceTrouble.BUSY
        except asyncio.CancelledError:
            self._hardware.turns.put(device.close)
            raise
        except Exception as error:  # a driver may raise whatever it likes
            log.warning("device_not_opened", error=type(error).__name__)
            return DeviceTrouble.BUSY
        return None

    async def close(self, device: RunningDevice) -> None:
        """Free it, also when the caller is cancelled; waits at most CLOSE_S."""
        try:
            await self.do(device.close, CLOSE_S)
        except TimeoutError:
            return
