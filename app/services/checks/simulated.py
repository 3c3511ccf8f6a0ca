"""Probes without a device, a network or a sound: for `check --simulate`, the trainer's mode and tests. They ship with the product.

Each fault is brought about by the figures that would bring it about on a real machine; the rules find it. Imports `app.domain` and ports.

    simulation = Simulation(table)
    checks = CheckList(simulation.probes(), table)
    simulation.provoke(Fault.MIC_SILENT)        # also while a probe is open
    simulation.person(Question.HEARD_VOICE)     # what somebody would answer who hears what is simulated
    simulation.clear()
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import TypeVar

import numpy as np

from app.domain.check_result import Figures, Measured
from app.domain.check_rules import CameraFigures, LoudspeakerFigures, MicrophoneFigures, NetworkFigures, SystemFigures
from app.domain.checks import Fault, FaultTable, Part, Side
from app.media.check_ports import CameraProbe, Ear, MicrophoneProbe
from app.media.ports import FrameSlot, I420Frame
from app.services.checks.check_list import Probes, Question
from app.services.checks.ports import NetworkProbe, SystemProbe

WELL = Measured(
    camera=CameraFigures(fps=25.0, luma=120.0, backlight=1.1, still_s=0.0),
    microphone=MicrophoneFigures(peak_dbfs=-12.0, speech_dbfs=-26.0, clipped_share=0.0, hum_share=0.05),
    loudspeaker=LoudspeakerFigures(echo_db=-52.0, echo_delay_ms=38.0),
    network=NetworkFigures(udp=True, relay=True, round_trip_ms=24.0, jitter_ms=3.0, loss=0.0, down_kbps=8000.0, up_kbps=4000.0),
    system=SystemFigures(clock_off_s=0.4, keyring=True, memory_mb=5200.0, load_share=0.2),
)
"""An ordinary office."""

CHANGES: dict[Fault, dict[str, float | bool | None]] = {
    Fault.CAMERA_FROZEN: {"still_s": 3.0},
    Fault.CAMERA_DARK: {"luma": 18.0},
    Fault.CAMERA_BACKLIGHT: {"luma": 38.0, "backlight": 4.2},
    Fault.CAMERA_SLOW: {"fps": 6.0},
    Fault.CAMERA_WRONG: {},
    Fault.MIC_SILENT: {"peak_dbfs": -100.0, "speech_dbfs": -100.0, "hum_share": 0.0},
    Fault.MIC_QUIET: {"peak_dbfs": -44.0, "speech_dbfs": -58.0},
    Fault.MIC_CLIPPING: {"peak_dbfs": 0.0, "speech_dbfs": -3.0, "clipped_share": 0.04},
    Fault.MIC_HUM: {"hum_share": 0.8},
    Fault.MIC_WRONG: {"speech_dbfs": -40.0, "other_hears_better": True},
    Fault.SPEAKER_WRONG: {"echo_db": None, "echo_delay_ms": None},
    Fault.SPEAKER_ECHO: {"echo_db": -12.0},
    Fault.UDP_BLOCKED: {"udp": False},
    Fault.RELAY_REFUSED: {"udp": False, "relay": False},
    Fault.BANDWIDTH_SMALL: {"down_kbps": 420.0, "up_kbps": 180.0},
    Fault.LOSS_HIGH: {"loss": 0.12},
    Fault.DELAY_HIGH: {"round_trip_ms": 640.0},
    Fault.JITTER_HIGH: {"jitter_ms": 130.0},
    Fault.CLOCK_WRONG: {"clock_off_s": -3600.0},
    Fault.KEYRING_NONE: {"keyring": False},
    Fault.MEMORY_LOW: {"memory_mb": 180.0},
    Fault.LOAD_HIGH: {"load_share": 0.98},
    Fault.BATTERY_LOW: {"battery_share": 0.06},
}
"""What is measured otherwise when a fault is there; nothing, where the person alone can tell.
Faults that are missing here hinder the measuring itself: they stand in `trouble`."""

FPS = 12
WIDTH, HEIGHT = 320, 180
F = TypeVar("F", bound=Figures)
Pause = Callable[[float], Awaitable[None]]
Draw = Callable[[CameraFigures], I420Frame]
"""The picture that a camera with these figures would give, now."""


class Simulation:
    """What is wrong at the moment. One for all its probes; may be changed while they are open."""

    def __init__(self, table: FaultTable, pause: Pause = asyncio.sleep, draw: Draw | None = None) -> None:
        """`pause` in seconds is what playing and listening take; `draw` draws the camera's picture."""
        self._table = table
        self._faults: list[Fault] = []
        self.pause = pause
        self.draw = picture if draw is None else draw

    @property
    def faults(self) -> tuple[Fault, ...]:
        """That were provoked, in the order in which they were."""
        return tuple(self._faults)

    def provoke(self, *faults: Fault) -> None:
        """From now on these are there as well."""
        self._faults += [fault for fault in faults if fault not in self._faults]

    def clear(self, *faults: Fault) -> None:
        """These are gone; without any, all are."""
        self._faults = [fault for fault in self._faults if faults and fault not in faults]

    def measured(self, part: Part) -> Figures:
        """The figures of a part. Raises RuntimeError where the check itself is to break down."""
        if Fault.NOT_MEASURED in self._faults and part is self._table.row(Fault.NOT_MEASURED).part:
            raise RuntimeError("simulated: the check breaks down")
        figures = WELL.part(part)
        if figures is None:
            raise ValueError(part)
        for fault in self._faults:
            if self._table.row(fault).part is part:
                change: dict[str, object] = {**CHANGES[fault]} if fault in CHANGES else {"trouble": fault}
                figures = replace(figures, **change)  # type: ignore[arg-type]
        return figures

    def of(self, part: Part, kind: type[F]) -> F:
        """The same, for who knows which figures those are."""
        figures = self.measured(part)
        if not isinstance(figures, kind):
            raise TypeError(part)
        return figures

    def trouble(self, part: Part) -> Fault | None:
        """Why that part does not work at all."""
        found: Fault | None = getattr(self.measured(part), "trouble", None)
        return found

    def person(self, question: Question) -> bool:
        """What somebody would answer who sits before the simulated devices."""
        if question is Question.SEES_SELF:
            return Fault.CAMERA_WRONG not in self._faults and self.trouble(Part.CAMERA) is None
        heard = Fault.SPEAKER_WRONG not in self._faults and self.trouble(Part.LOUDSPEAKER) is None
        deaf = {Fault.MIC_SILENT, Fault.MIC_WRONG} & set(self._faults) or self.trouble(Part.MICROPHONE) is not None
        return heard and not (question is Question.HEARD_VOICE and deaf)

    def probes(self) -> Probes:
        """All of them."""
        return Probes(SimulatedDevices(self), SimulatedPresence(self), SimulatedNetwork(self), SimulatedSystem(self))


def can_be_simulated(table: FaultTable) -> Collection[Fault]:
    """Every fault that the counsellor can meet, in the order of the table."""
    return [row.fault for row in table.rows if Side.COUNSELLOR in row.provoked_by]


class SimulatedDevices:
    """`DeviceProbes`; whatever the ids are, there is one device of each kind."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def camera(self, device: str) -> CameraProbe:
        return SimulatedCamera(self._simulation)

    async def microphone(self, device: str) -> MicrophoneProbe:
        return SimulatedMicrophone(self._simulation)

    async def others_louder(self, device: str, seconds: float) -> bool:
        await self._simulation.pause(seconds)
        return Fault.MIC_WRONG in self._simulation.faults

    async def tone(self, loudspeaker: str, ear: Ear) -> Fault | None:
        trouble = self._simulation.trouble(Part.LOUDSPEAKER)
        if trouble is None:
            await self._simulation.pause(1.0)
        return trouble

    async def own_voice(self, microphone: str, loudspeaker: str, seconds: float = 3.0) -> Fault | None:
        trouble = self._simulation.trouble(Part.MICROPHONE) or self._simulation.trouble(Part.LOUDSPEAKER)
        if trouble is None:
            await self._simulation.pause(2 * seconds)
        return trouble

    async def echo(self, microphone: str, loudspeaker: str) -> LoudspeakerFigures:
        await self._simulation.pause(1.0)
        return self._simulation.of(Part.LOUDSPEAKER, LoudspeakerFigures)


class SimulatedCamera:
    """`CameraProbe`: draws while somebody looks."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._slot: FrameSlot[I420Frame] = FrameSlot()
        self._drawing: asyncio.Task[None] | None = asyncio.ensure_future(self._draw())

    @property
    def slot(self) -> FrameSlot[I420Frame]:
        return self._slot

    def figures(self) -> CameraFigures:
        return self._simulation.of(Part.CAMERA, CameraFigures)

    async def close(self) -> None:
        drawing, self._drawing = self._drawing, None
        if drawing is not None:
            drawing.cancel()
            await asyncio.wait([drawing])
            self._slot.clear()

    async def _draw(self) -> None:
        while True:
            figures = self.figures()
            if figures.trouble is not None:
                self._slot.clear()
            elif not figures.still_s or self._slot.newest()[1] is None:
                self._slot.put(self._simulation.draw(figures))
            await asyncio.sleep(1 / min(FPS, figures.fps or FPS))


class SimulatedMicrophone:
    """`MicrophoneProbe`: somebody speaks, with pauses, as loud as the figures say."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def level_dbfs(self) -> float:
        figures = self.figures()
        if figures.trouble is not None or figures.speech_dbfs is None:
            return -100.0
        return max(-100.0, figures.speech_dbfs + 6.0 * math.sin(7.0 * time.monotonic()))

    def figures(self) -> MicrophoneFigures:
        return self._simulation.of(Part.MICROPHONE, MicrophoneFigures)

    async def close(self) -> None:
        pass


class SimulatedPresence:
    """`Presence`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def loudspeaker(self, device: str) -> bool:
        return self._simulation.trouble(Part.LOUDSPEAKER) is not Fault.SPEAKER_NONE


class SimulatedNetwork(NetworkProbe):
    """`NetworkProbe`; brief measuring knows no bandwidth."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def measure(self, *, brief: bool = False) -> NetworkFigures:
        await self._simulation.pause(0.5 if brief else 2.0)
        figures = self._simulation.of(Part.NETWORK, NetworkFigures)
        return replace(figures, down_kbps=None, up_kbps=None) if brief else figures


class SimulatedSystem(SystemProbe):
    """`SystemProbe`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def measure(self) -> SystemFigures:
        return self._simulation.of(Part.SYSTEM, SystemFigures)


def picture(figures: CameraFigures) -> I420Frame:
    """Head and shoulders in grey, as bright as the figures say, swaying a little."""
    luma = 120.0 if figures.luma is None else figures.luma
    border = min(235.0, luma * (figures.backlight or 1.0))
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    middle = WIDTH / 2 + 6 * math.sin(time.monotonic())
    head = ((across - middle) / 34) ** 2 + ((down - 70) / 44) ** 2 < 1
    shoulders = ((across - middle) / 90) ** 2 + ((down - HEIGHT) / 62) ** 2 < 1
    y = np.full((HEIGHT, WIDTH), 16 + border * 0.85, np.uint8)
    y[shoulders] = int(16 + luma * 0.5)
    y[head] = int(16 + luma * 0.85)
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return I420Frame(y, grey, grey, time.monotonic())
