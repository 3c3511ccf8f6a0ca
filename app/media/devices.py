"""Which class stands behind a device's id, and what all calls share of the hardware."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.media.cameras import BlackCamera, OpenCvCamera, camera_source
from app.media.catalogue import (
    FILE_PREFIX,
    SIMULATED_PERSONS,
    SIMULATED_VOICE,
    SYNTHETIC_CAMERA,
    SYNTHETIC_LOUDSPEAKER,
    SYNTHETIC_MICROPHONE,
)
from app.media.device_set import SOUND, DeviceSet, Opener, Vanished
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.processing import SoundProcessor
from app.media.routers import BlockTaker, PictureRouter, SoundRouter
from app.media.running import RunningDevice
from app.media.simulated import SimulatedAir, SimulatedCamera, SimulatedLoudspeaker, SimulatedMicrophone, SimulatedPlayer
from app.media.simulated_faults import SimulatedFaults
from app.media.sound_devices import UNHURRIED_S, Listener, PortAudioLoudspeaker, PortAudioMicrophone
from app.media.sound_player import Over, PortAudioPlayer, SoundPlayer
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
    faults: SimulatedFaults
    """Of the simulated devices."""
    air: SimulatedAir

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """See `Opener`."""
        if kind is DeviceKind.CAMERA:
            return self._camera(wanted, vanished)
        return self._microphone(wanted, vanished) if kind is DeviceKind.MICROPHONE else self._loudspeaker(wanted, vanished)

    def in_headphones(self, on: bool) -> None:
        """See `Opener`."""
        self.processor.cancel_echo = not on

    def _camera(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None:
            return BlackCamera(self.pictures)
        if wanted == SYNTHETIC_CAMERA:
            return SyntheticCamera(self.pictures)
        if wanted in SIMULATED_PERSONS:
            return SimulatedCamera(self.pictures, SIMULATED_PERSONS.index(wanted) + 1, self.faults)
        if wanted.startswith(FILE_PREFIX):
            return OpenCvCamera(self.pictures, wanted.removeprefix(FILE_PREFIX), vanished, film=True)
        return OpenCvCamera(self.pictures, camera_source(wanted), vanished)

    def _microphone(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None or wanted == SYNTHETIC_MICROPHONE:
            return SyntheticMicrophone(self.sound, silent=wanted is None)
        if wanted == SIMULATED_VOICE:
            return SimulatedMicrophone(self.sound, self.faults, self.air)
        return PortAudioMicrophone(self.processor, wanted, vanished, self.system)

    def _loudspeaker(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None:
            return SyntheticLoudspeaker(self.playout)
        if wanted == SYNTHETIC_LOUDSPEAKER:
            return SimulatedLoudspeaker(self.playout, self.faults)
        return PortAudioLoudspeaker(self.playout, self.processor, wanted, vanished, self.system)


class Heard(Listener, BlockTaker, Protocol):
    """Takes what a real or a simulated microphone hears."""


class Hardware:
    """What all calls of a process share."""

    def __init__(self, system: SoundSystem | None = None, faults: SimulatedFaults | None = None) -> None:
        """`system` is also the catalogue's, where there is one; `faults` are those of the simulated devices, for a trainer to switch."""
        self.turns = DeviceTurns()
        self.system = system or SoundSystem()
        self.faults = faults or SimulatedFaults()
        self._air = SimulatedAir(self.faults)
        self._sets: weakref.WeakSet[DeviceSet] = weakref.WeakSet()
        self._changed: set[DeviceKind] = set()
        self.faults.watch(lambda: self.turns.put(self._simulated_changed))

    def devices(
        self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer, trouble: Callable[[DeviceKind, DeviceTrouble], None]
    ) -> DeviceSet:
        """Those of one call."""
        devices = DeviceSet(self.opener(pictures, sound, playout), trouble, self.turns)
        self.turns.put(lambda: self._sets.add(devices))
        return devices

    def opener(self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer) -> Opener:
        """For the devices of one call."""
        return DeviceOpener(pictures, SoundProcessor(sound), sound, playout, self.system, self.faults, self._air)

    def bare_microphone(self, heard: Heard, device: str, vanished: Vanished) -> RunningDevice:
        """For a check, which wants to hear the device as it is; not started yet."""
        if device == SYNTHETIC_MICROPHONE:
            return SyntheticMicrophone(heard)
        if device == SIMULATED_VOICE:
            return SimulatedMicrophone(heard, self.faults, self._air)
        return PortAudioMicrophone(heard, device, vanished, self.system, UNHURRIED_S)

    def player(self, sound: npt.NDArray[np.int16], device: str, over: Over, vanished: Vanished) -> SoundPlayer:
        """For a check: plays (samples, 2) at 48 kHz once; not started yet. `over` and `vanished` are told on any thread."""
        if device == SYNTHETIC_LOUDSPEAKER:
            return SimulatedPlayer(sound, over, self.faults, self._air.play)
        return PortAudioPlayer(sound, device, over, vanished, self.system)

    def changed(self, kind: DeviceKind) -> None:
        """The system has other devices of that kind now, or another default. From any thread; returns at once.

        For sound PortAudio is started anew, for which all its streams end for some tenths of a second, faded out and in.
        """
        self.turns.put(lambda: self._note(kind))

    def _simulated_changed(self) -> None:
        """What is well again is used at once."""
        for devices in list(self._sets):
            devices.look_again()

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
            self.system.renew()
        for devices in sets:
            devices.look_again()
        self.system.renewed()
