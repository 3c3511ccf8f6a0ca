"""Which devices of a call run: opened, changed and closed on the one thread of `DeviceTurns`. No devices in this file.

Nothing raises outwards. A device that fails is told of; the system's default stands in for it, or black pictures and silence, the call
goes on, and the device is tried again until it is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from app.media.catalogue import is_hardware
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.running import DeviceError, RunningDevice
from app.media.turns import DeviceTurns

log = structlog.get_logger(__name__)

Vanished = Callable[[DeviceTrouble], None]
SOUND = (DeviceKind.LOUDSPEAKER, DeviceKind.MICROPHONE)

RETRY_S = 1.0
"""From losing a device to trying it again; twice as long after each failure."""
RETRY_MAX_S = 16.0
"""A plug that was put back is used after so long even where the system does not tell of it."""
CLOSE_S = 5.0
LOOK_S = 1.0
"""Between two looks whether all devices deliver."""


class Opener(Protocol):
    """Makes devices."""

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """The device, not yet started. None gives the one that stands for none. `vanished` is called on any thread if it ends by itself."""
        ...

    def in_headphones(self, on: bool) -> None:
        """Whether the other side is heard in headphones from now on."""
        ...


@dataclass(slots=True, eq=False)
class _Place:
    """What runs for one kind of device."""

    wanted: str | None
    used: str | None
    """`wanted`, the default in its place, or None: what stands for none. Before the first opening what is expected."""
    device: RunningDevice | None = None
    """None only in the middle of a turn."""
    told: DeviceTrouble | None = None
    """The trouble that the person knows of, as long as nothing runs."""
    silent: bool = False
    was_silent: bool = False
    """Silence is told only once."""
    retries: bool = False
    """It will be tried again."""

    def candidates(self) -> tuple[str | None, ...]:
        """What may run here, the best first; the last one always opens."""
        return (self.wanted, "", None) if self.wanted and is_hardware(self.wanted) else (self.wanted, None)


class DeviceSet:
    """Which devices of a call run. Commands return at once, and are carried out after those that any call gave before."""

    def __init__(self, opener: Opener, trouble: Callable[[DeviceKind, DeviceTrouble], None], turns: DeviceTurns) -> None:
        self._opener = opener
        self._trouble = trouble
        self._turns = turns
        self._places: dict[DeviceKind, _Place] = {}
        self._choice = DeviceChoice(None, None, None)
        self._camera_on = True
        self._closing = False
        self._free = threading.Event()
        self._turns.put(self._look)

    def choose(self, choice: DeviceChoice) -> None:
        """Run these from now on. One that runs already is left alone, one that failed is tried again."""
        self._choice = choice
        self._turns.put(self._forget_failed)
        self._turns.put(self._apply_all)

    def set_camera(self, on: bool) -> None:
        """Off closes the device, so that its own light goes out."""
        self._camera_on = on
        self._turns.put(self._apply_all)

    def running(self, kind: DeviceKind) -> RunningDevice | None:
        """The device that runs at the moment."""
        place = self._places.get(kind)
        return None if place is None else place.device

    def begin_closing(self) -> None:
        """Close all for good, before anything that any call asks for after this; returns at once. May be called twice."""
        self._closing = True
        self._turns.put(self._close_all)

    def close(self) -> None:
        """Close all for good and wait until it is free, or a driver hangs. May be called twice."""
        self.begin_closing()
        self._free.wait(CLOSE_S)

    # ---- in a turn

    def let_go_of_sound(self) -> None:
        """Close the streams of real devices; `look_again` in the same turn opens them."""
        for kind in SOUND:
            place = self._places.get(kind)
            if place is not None and is_hardware(place.used):
                self._empty(place)

    def look_again(self) -> None:
        """Try at once what does not run as it was wanted."""
        for kind, place in tuple(self._places.items()):
            if place.device is None:
                self._fill(kind, place)
            else:
                self._improve(kind, place)
        self._tell_of_headphones()

    def _close_all(self) -> None:
        for place in self._places.values():
            self._empty(place)
        self._places.clear()
        self._free.set()

    def _apply_all(self) -> None:
        if self._closing:
            return
        choice = self._choice
        wanted = {
            DeviceKind.LOUDSPEAKER: choice.loudspeaker,
            DeviceKind.MICROPHONE: choice.microphone,
            DeviceKind.CAMERA: choice.camera if self._camera_on else None,
        }
        changed = [kind for kind in wanted if kind not in self._places or self._places[kind].wanted != wanted[kind]]
        for kind in changed:
            self._forget(kind)
        for kind in changed:
            place = self._places[kind] = _Place(wanted[kind], wanted[kind])
            self._fill(kind, place)
        self._tell_of_headphones()

    def _forget_failed(self) -> None:
        for kind, place in tuple(self._places.items()):
            if place.used != place.wanted:
                self._forget(kind)

    def _forget(self, kind: DeviceKind) -> None:
        place = self._places.pop(kind, None)
        if place is not None:
            self._empty(place)

    def _fill(self, kind: DeviceKind, place: _Place, but: str | None = None) -> None:
        """Let the best that opens run in an empty place, `but` not that one. What ran before and does not open now is told of."""
        for candidate in place.candidates():
            if but is not None and candidate == but:
                continue
            try:
                place.device = self._started(kind, candidate)
            except DeviceError as error:
                if place.told is None and candidate == place.used:
                    place.told = self._tell(kind, error.trouble)
                continue
            self._runs(kind, place, candidate)
            return

    def _improve(self, kind: DeviceKind, place: _Place) -> None:
        """Let something better run where something stands in."""
        for candidate in place.candidates():
            if candidate == place.used:
                return
            try:
                device = self._started(kind, candidate)
            except DeviceError:
                continue
            self._empty(place)
            place.device = device
            self._runs(kind, place, candidate)
            return

    def _runs(self, kind: DeviceKind, place: _Place, used: str | None) -> None:
        place.used = used
        if used is not None and place.told is not None:
            place.told = None
            self._tell(kind, DeviceTrouble.RETURNED)
        if used != place.wanted and not place.retries:
            place.retries = True
            self._turns.later(RETRY_S, lambda: self._try_again(kind, place, RETRY_S))

    def _try_again(self, kind: DeviceKind, place: _Place, pause_s: float) -> None:
        place.retries = False
        if self._places.get(kind) is not place:
            return
        self._improve(kind, place)
        if place.used != place.wanted and not place.retries:
            place.retries = True
            pause_s = min(pause_s * 2, RETRY_MAX_S)
            self._turns.later(pause_s, lambda: self._try_again(kind, place, pause_s))
        self._tell_of_headphones()

    def _started(self, kind: DeviceKind, wanted: str | None) -> RunningDevice:
        """Raises DeviceError."""
        device = self._opener.make(kind, wanted, lambda trouble: self._turns.put(lambda: self._lost(kind, device, trouble)))
        device.start()
        return device

    def _lost(self, kind: DeviceKind, device: RunningDevice, trouble: DeviceTrouble) -> None:
        """A device ended by itself. It is not tried at once: it may end again and again."""
        place = self._places.get(kind)
        if place is not None and place.device is device:
            self._empty(place)
            place.told = self._tell(kind, trouble)
            self._fill(kind, place, but=place.used)
            self._tell_of_headphones()

    def _look(self) -> None:
        """Find out devices that stopped without a word, and a microphone that is silent."""
        if self._closing:
            return
        now = time.monotonic()
        for kind, place in tuple(self._places.items()):
            trouble = place.device.health(now) if place.device is not None else None
            if trouble is DeviceTrouble.VANISHED and place.device is not None:
                self._lost(kind, place.device, trouble)
            elif trouble is DeviceTrouble.SILENT and not place.was_silent:
                place.silent = place.was_silent = True
                self._tell(kind, trouble)
            elif trouble is None and place.silent:
                place.silent = False
                self._tell(kind, DeviceTrouble.RETURNED)
        self._turns.later(LOOK_S, self._look)

    def _empty(self, place: _Place) -> None:
        if place.device is not None:
            place.device.close()
            place.device = None

    def _tell_of_headphones(self) -> None:
        """What stands in for headphones may be loud."""
        place = self._places.get(DeviceKind.LOUDSPEAKER)
        self._opener.in_headphones(self._choice.headphones and place is not None and place.used == place.wanted)

    def _tell(self, kind: DeviceKind, trouble: DeviceTrouble) -> DeviceTrouble:
        log.warning("device_trouble", kind=kind.value, trouble=trouble.value)
        self._trouble(kind, trouble)
        return trouble
