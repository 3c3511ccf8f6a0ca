"""All that a device check may ask of cameras, microphones and loudspeakers: real ones, films and simulated ones alike."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import numpy as np

from app.domain.check_rules import LoudspeakerFigures
from app.domain.checks import Fault
from app.media.catalogue import SoundCatalogue, is_hardware
from app.media.check_ports import CameraProbe, Ear, MicrophoneProbe
from app.media.devices import Hardware
from app.media.measuring.camera import MeasuredCamera
from app.media.measuring.faults import fault_of
from app.media.measuring.levels import FLOOR_DBFS, SoundMeter
from app.media.measuring.microphone import MeasuredMicrophone, Recording
from app.media.measuring.opening import OPEN_S, Turns
from app.media.measuring.sounds import LEAD_S, Echo, Sound, find_echo, measuring_sound, tone
from app.media.opus import SAMPLE_RATE
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.sound_player import Timeline

SPEAKER = DeviceKind.LOUDSPEAKER
LOUDER_DB = 12.0
"""Four times the amplitude: as between a microphone before the mouth and one across the table."""
HEARD_DBFS = -55.0
"""Another microphone that is not even that loud does not hear the person either."""
OTHERS = 6
"""So many others are listened to at once at most. Under Linux ALSA shows the same microphone under many names."""
ECHO_TRIES = 3
CLOCKS_S = 0.01
"""So much may the clocks of two devices differ."""
PATIENCE_S = 5.0
"""A loudspeaker that takes so much longer than the sound lasts plays nothing."""


class _Try(NamedTuple):
    """One playing of the measuring sound."""

    echo: Echo | None
    steady: bool
    """The sound system kept its time, so that the delay can be believed."""


class HardwareProbes:
    """Implements `DeviceProbes`."""

    def __init__(self, hardware: Hardware) -> None:
        """`hardware` is that of the calls, where there are any: a check waits until they have given back what it wants."""
        self._hardware, self._turns = hardware, Turns(hardware)
        self._catalogue = SoundCatalogue(hardware.system)
        self._camera: MeasuredCamera | None = None
        self._microphone: MeasuredMicrophone | None = None

    async def camera(self, device: str) -> CameraProbe:
        """See `DeviceProbes`. Closes the one before."""
        if self._camera is not None:
            await self._camera.close()
        self._camera = MeasuredCamera(self._hardware, device)
        await self._camera.open()
        return self._camera

    async def microphone(self, device: str) -> MicrophoneProbe:
        """See `DeviceProbes`. Closes the one before."""
        if self._microphone is not None:
            await self._microphone.close()
        self._microphone = MeasuredMicrophone(self._hardware, device)
        await self._microphone.open()
        return self._microphone

    async def others_louder(self, device: str, seconds: float) -> bool:
        """See `DeviceProbes`."""
        if not is_hardware(device):
            await asyncio.sleep(seconds)
            return self._hardware.faults.on(Fault.MIC_WRONG)
        others = [MeasuredMicrophone(self._hardware, other) for other in await self._other_microphones(device)]
        try:
            async with self._listening(device) as chosen:
                for other in others:
                    await other.open()
                levels = await _speech([chosen, *others], seconds)
        finally:
            for other in others:
                await other.close()
        return any(level > max(levels[0] + LOUDER_DB, HEARD_DBFS) for level in levels[1:])

    async def tone(self, loudspeaker: str, ear: Ear) -> Fault | None:
        """See `DeviceProbes`."""
        return (await self._play(tone(ear), loudspeaker))[0]

    async def own_voice(self, microphone: str, loudspeaker: str, seconds: float = 3.0) -> Fault | None:
        """See `DeviceProbes`."""
        recording = Recording()
        both = np.zeros((0, 2), np.int16)
        try:
            async with self._listening(microphone) as heard:
                with heard.ears.heard_by(recording.take):
                    await asyncio.sleep(seconds)
                if heard.trouble is not None:
                    return heard.trouble
            both = np.repeat(recording.samples()[:, None], 2, axis=1)
            return (await self._play(both, loudspeaker))[0]
        finally:
            recording.forget()
            both.fill(0)

    async def echo(self, microphone: str, loudspeaker: str) -> LoudspeakerFigures:
        """See `DeviceProbes`. Plays again where the sound system lost its time, and tells no delay if it never kept it.

        Where nothing is heard because the microphone does not open nothing is told of an echo.
        """
        tries: list[_Try] = []
        while len(tries) < ECHO_TRIES and not (tries and tries[-1].steady):
            fault, attempt = await self._echo_once(microphone, loudspeaker)
            if attempt is None:
                return LoudspeakerFigures(trouble=fault)
            tries.append(attempt)
        heard = [attempt.echo for attempt in tries if attempt.echo is not None]
        if not heard:
            return LoudspeakerFigures()
        last = tries[-1]
        if last.steady:
            return LoudspeakerFigures() if last.echo is None else _figures(last.echo.level_db, last.echo.delay_s)
        return _figures(max(echo.level_db for echo in heard), None)

    async def _echo_once(self, microphone: str, loudspeaker: str) -> tuple[Fault | None, _Try | None]:
        recording = Recording()
        try:
            async with self._listening(microphone) as heard:
                if heard.trouble is not None:
                    return None, None
                with heard.ears.heard_by(recording.take):
                    fault, played = await self._play(measuring_sound(), loudspeaker)
            return fault, None if fault is not None else await asyncio.to_thread(_try, recording, played)
        finally:
            recording.forget()

    @asynccontextmanager
    async def _listening(self, device: str) -> AsyncIterator[MeasuredMicrophone]:
        """The one that is open already if it is this one: many devices open only once."""
        probe = self._microphone
        if probe is not None and probe.device == device and probe.usable:
            yield probe
            return
        own = MeasuredMicrophone(self._hardware, device)
        try:
            await own.open()
            yield own
        finally:
            await own.close()

    async def _other_microphones(self, device: str) -> Sequence[str]:
        try:
            listed = await self._turns.do(lambda: self._catalogue.devices(DeviceKind.MICROPHONE), OPEN_S)
        except TimeoutError:
            return ()
        return [other.id for other in listed if other.id != device and not (other.is_default and not device)][:OTHERS]

    async def _play(self, sound: Sound, loudspeaker: str) -> tuple[Fault | None, Timeline]:
        """Why it was not played to its end, and when it was heard."""
        over: asyncio.Future[DeviceTrouble | None] = asyncio.get_running_loop().create_future()
        tell = _teller(over)
        player = self._hardware.player(sound, loudspeaker, lambda: tell(None), tell)
        trouble = await self._turns.start(player)
        if trouble is None:
            try:
                trouble = await asyncio.wait_for(over, len(sound) / SAMPLE_RATE + PATIENCE_S)
            except TimeoutError:
                trouble = DeviceTrouble.VANISHED
            finally:
                await self._turns.close(player)
        simulated = None if is_hardware(loudspeaker) or trouble is None else self._hardware.faults.opening(SPEAKER)
        return simulated or (trouble and fault_of(SPEAKER, trouble)), player.timeline


def _try(recording: Recording, played: Timeline) -> _Try:
    begins, played_at = recording.timeline.begins_at(), played.begins_at()
    if begins is None or played_at is None:
        return _Try(None, False)
    steady = recording.timeline.steady() and played.steady()
    return _Try(find_echo(recording.samples(), begins - played_at - LEAD_S), steady)


def _figures(level_db: float, delay_s: float | None) -> LoudspeakerFigures:
    """Nothing comes back before it was played: there the sound system does not know its own delay, and none is told."""
    if delay_s is not None:
        delay_s = None if delay_s < -CLOCKS_S else max(0.0, delay_s)
    return LoudspeakerFigures(echo_db=level_db, echo_delay_ms=None if delay_s is None else delay_s * 1000)


async def _speech(microphones: Sequence[MeasuredMicrophone], seconds: float) -> list[float]:
    """How loud each hears the person in so many seconds, dBFS."""
    meters = [SoundMeter() for _ in microphones]
    with contextlib.ExitStack() as listening:
        for microphone, meter in zip(microphones, meters, strict=True):
            listening.enter_context(microphone.ears.heard_by(meter.take))
        await asyncio.sleep(seconds)
    heard = [meter.figures().speech_dbfs for meter in meters]
    return [FLOOR_DBFS if level is None else level for level in heard]


def _teller(over: asyncio.Future[DeviceTrouble | None]) -> Callable[[DeviceTrouble | None], None]:
    """Ends the future from any thread, once."""
    loop = over.get_loop()

    def end(trouble: DeviceTrouble | None) -> None:
        if not over.done():
            over.set_result(trouble)

    def tell(trouble: DeviceTrouble | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(end, trouble)

    return tell
