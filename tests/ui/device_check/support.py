"""Windows of the device check over simulated devices, driven by the keyboard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.check_result import CheckResult
from app.domain.checks import FaultTable
from app.media.catalogue import SyntheticCatalogue
from app.media.ports import DeviceChoice
from app.media.scaling import Painter
from app.paths import RESOURCES
from app.services.checks.check_list import CheckList, Length
from app.services.checks.simulated import Draw, Simulation
from app.services.clock import Clock
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.device_check.kit import CheckParts, CheckTools, Protocols
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.theme import Theme

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())


@dataclass
class Bench:
    """What the windows stand on, and what they did to it."""

    simulation: Simulation
    parts: CheckParts
    chosen: list[DeviceChoice] = field(default_factory=list)
    runs: bool = False
    """Whether a conversation has the devices."""
    hints_over: list[bool] = field(default_factory=list)
    """How often the hint was not to be shown any more."""
    going: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set, what measures stands still."""
    lists: list[CheckList] = field(default_factory=list)
    """Every list that was made."""


def bench(texts: Texts, theme: Theme, clock: Clock, tasks: Tasks, draw: Draw | None = None) -> Bench:
    """Nothing takes time, or all of it until `going` is set. `draw` draws another person than the simulation does."""

    async def wait(_seconds: float) -> None:
        await made.going.wait()
        await asyncio.sleep(0)

    simulation = Simulation(TABLE, wait, draw)

    async def make(choice: DeviceChoice, length: Length) -> CheckList:
        made.lists.append(CheckList(simulation.probes(), TABLE, choice, length, wait))
        return made.lists[-1]

    def of_result(result: CheckResult) -> bytes:
        return f"{result.verdict.blame.value}".encode()

    tools = CheckTools(
        make,
        TABLE,
        Protocols(lambda result: of_result(result).decode(), of_result, of_result),
        lambda: made.chosen[-1] if made.chosen else DeviceChoice(),
        lambda choice: made.chosen.append(choice),  # noqa: PLW0108  # `made` follows
    )
    devices = DeviceLists(SyntheticCatalogue("Kamera A", "Mikrofon A", "Lautsprecher A"))
    parts = CheckParts(tools, lambda: made.runs, devices, tasks, Messages(texts), texts, theme, clock, lambda: Painter().paint)
    made = Bench(simulation, parts)
    made.going.set()
    return made


def key(key: Qt.Key, times: int = 1) -> None:
    """Press it wherever the keyboard is."""
    for _ in range(times):
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert isinstance(target, QWidget), "the keyboard is nowhere"
        QTest.keyClick(target, key)
