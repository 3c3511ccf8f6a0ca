"""Which class stands behind a device's id, and what all calls share of the hardware."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass

from app.media.cameras import BlackCamera, OpenCvCamera, camera_source
from app.media.catalogue import FILE_PREFIX, SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
from app.media.device_set import SOUND, DeviceSet, Opener, Vanished
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.processing import SoundProcessor
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import RunningDevice
from app.media.sound_devices import PortAudioLoudspeaker, PortAudioMicrophone
from app.media.synthetic import SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone
from app.media.turns import DeviceTurns, SoundSystem

TOGETHER_S = 0.3
"""A headset is a microphone, a loudspeaker and often a new default: several changes told one after the other are looked at once."""


@dataclass(frozen=True, slots=True)
class DeviceOpener:
    """Knows which class stands behind an id."""

    pictures: PictureRouter
    processor: SoundProcessor
    sound: SoundRouter
    playout: PlayoutBuffer
    system: SoundSystem

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """See `Opener`."""
        if kind is DeviceKind.CAMERA:
            return self._camera(wanted, vanished)
        if kind is DeviceKind.MICROPHONE:
            if wanted is None or wanted == SYNTHETIC_MICROPHONE:
                return SyntheticMicrophone(self.sound, silent=wanted is None)
            return PortAudioMicrophone(self.processor, wanted, vanished, self.system)
        if wanted is None or wanted == SYNTHETIC_LOUDSPEAKER:
            return SyntheticLoudspeaker(self.playout)
        return PortAudioLoudspeaker(self.playout, self.processor, wanted, vanished, self.system)

    def in_headphones(self, on: bool) -> None:
        """See `Opener`."""
        self.processor.cancel_echo = not on

    def _camera(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None:
            return BlackCamera(self.pictures)
        if wanted == SYNTHETIC_CAMERA:
            return SyntheticCamera(self.pictures)
        if wanted.startswith(FILE_PREFIX):
            return OpenCvCamera(self.pictures, wanted.removeprefix(FILE_PREFIX), vanished, film=True)
        return OpenCvCamera(self.pictures, camera_source(wanted), vanished)


class Hardware:
    """What all calls of a process share."""

    def __init__(self, system: SoundSystem | None = None) -> None:
        """`system` is also the catalogue's, where there is one."""
        self.turns = DeviceTurns()
        self._system = system or SoundSystem()
        self._sets: weakref.WeakSet[DeviceSet] = weakref.WeakSet()
        self._changed: set[DeviceKind] = set()

    def devices(
        self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer, trouble: Callable[[DeviceKind, DeviceTrouble], None]
    ) -> DeviceSet:
        """Those of one call."""
        devices = DeviceSet(self.opener(pictures, sound, playout), trouble, self.turns)
        self.turns.put(lambda: self._sets.add(devices))
        return devices

    def opener(self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer) -> Opener:
        """For the devices of one call."""
        return DeviceOpener(pictures, SoundProcessor(sound), sound, playout, self._system)

    def changed(self, kind: DeviceKind) -> None:
        """The system has other devices of that kind now, or another default. From any thread; returns at once.

        For sound PortAudio is started anew, for which all its streams end for some tenths of a second, faded out and in.
        """
        self.turns.put(lambda: self._note(kind))

    def _note(self, kind: DeviceKind) -> None:
        if not self._changed:
            self.turns.later(TOGETHER_S, self._look_again)
        self._changed.add(kind)

    def _look_again(self) -> None:
        sets, changed = list(self._sets), set(self._changed)
        self._changed.clear()
        if changed.intersection(SOUND):
            for devices in sets:
                devices.let_go_of_sound()
            self._system.renew()
        for devices in sets:
            devices.look_again()
        self._system.renewed()
