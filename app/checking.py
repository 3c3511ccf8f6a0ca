"""Composes the device check of the window: what measures, what is remembered, how a check is written down.

A part of the composition root (`app.application`); imports `app.services` and `app.ui`. What measures is loaded on a thread, when somebody
checks.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.checks import FaultTable
from app.media.ports import Device, DeviceChoice
from app.media.turns import SoundSystem
from app.paths import RESOURCES
from app.services.checks.check_list import CheckList, Length, Probes
from app.services.checks.record import CheckRecord
from app.services.checks.remembered import remember, remembered
from app.services.checks.which_server import WhichServer, which_server
from app.services.checks.wording import CheckWording
from app.services.host import Services
from app.texts import Texts
from app.ui.device_check.kit import CheckPlan, CheckTools, Protocols
from app.ui.devices import DeviceLists

if TYPE_CHECKING:
    from app.domain.check_result import CheckResult
    from app.media.devices import Hardware
    from app.media.measuring.probes import HardwareProbes
    from app.media.simulated_faults import SimulatedFaults
    from app.services.checks.simulated import Simulation


class LateHardware:
    """What calls and checks share, made by the first of them, on its thread: it loads the libraries of picture and sound."""

    def __init__(self, system: SoundSystem, faults: SimulatedFaults | None = None) -> None:
        """`system` is that of the catalogue; `faults` are those of simulated devices, where a trainer switches them."""
        self._system = system
        self._faults = faults
        self._making = threading.Lock()
        self._made: Hardware | None = None

    def __call__(self) -> Hardware:
        """The same for everybody."""
        with self._making:
            if self._made is None:
                from app.media.devices import Hardware

                self._made = Hardware(self._system, self._faults)
            return self._made


class WindowsCheck:
    """One for each run of the program. Follows which devices are there: what was chosen for them the last time is used again."""

    def __init__(
        self,
        services: Services,
        hardware: LateHardware,
        lists: DeviceLists,
        texts: Texts,
        simulated: bool,
        simulation: Simulation | None = None,
    ) -> None:
        """Simulated devices are neither remembered nor changed. With a `simulation` network and machine are not measured but invented."""
        self._simulation = simulation
        self._services = services
        self._hardware = hardware
        self._lists = lists
        self._texts = texts
        self._simulated = simulated
        self._choice = services.settings.devices.choice()
        self._sets = dict(services.settings.device_sets)
        self._probes: Probes | None = None
        services.desk.devices_chosen.subscribe(self._chosen)
        if not simulated:
            lists.changed.connect(self._follow)

    @property
    def plan(self) -> CheckPlan:
        """For the shell."""
        keeper = self._services.keeper
        hint = self._services.settings.check_hint and not self._simulated
        return CheckPlan(self._tools, hint, lambda: keeper.change(check_hint=False))

    def _tools(self) -> CheckTools:
        table = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())
        papers = _Protocols(self._texts, CheckWording(self._texts, table, self._server))
        protocols = Protocols(papers.text, papers.json, papers.pdf)

        async def make(choice: DeviceChoice, length: Length) -> CheckList:
            if self._probes is None:
                self._probes = await asyncio.to_thread(self._load)
            return CheckList(self._probes, table, choice, length)

        return CheckTools(make, table, protocols, lambda: self._choice, self._services.desk.use_devices, not self._simulated, self._server)

    @property
    def _server(self) -> WhichServer:
        if self._simulation is not None:
            return WhichServer.OWN  # invented, as all of the network
        return which_server(self._services.settings, self._services.agency.choice)

    def _load(self) -> Probes:
        from app.check_probes import CataloguePresence
        from app.media.catalogue import SoundCatalogue
        from app.media.measuring.probes import HardwareProbes
        from app.media.relay_probe import IceRelayProbe
        from app.services.checks.network import ServerNetworkProbe
        from app.services.checks.system import MachineProbe

        services, hardware = self._services, self._hardware()
        if self._simulation is not None:
            return _invented(HardwareProbes(hardware), self._simulation)
        network = ServerNetworkProbe(services.settings.link_base, IceRelayProbe(), lambda: services.link.ice_servers)
        presence = CataloguePresence(SoundCatalogue(hardware.system))
        return Probes(HardwareProbes(hardware), presence, network, MachineProbe(network.clock_off_s))

    # ---- what is remembered

    @property
    def _there(self) -> Sequence[Device]:
        return [device for devices in (self._lists.lists or {}).values() for device in devices]

    def _chosen(self, choice: DeviceChoice) -> None:
        """By the person, here or in a conversation, or because these devices are there again."""
        self._choice = choice
        if self._there and not self._simulated and remembered(self._sets, self._there) != choice:
            self._sets = remember(self._sets, self._there, choice)
            self._services.keeper.change(device_sets=self._sets)

    def _follow(self) -> None:
        """A conversation that runs looks after its devices itself."""
        talking = any(self._services.desk.session(room.room) is not None for room in self._services.desk.rooms)
        known = remembered(self._sets, self._there)
        if known is not None and known != self._choice and not talking:
            self._services.desk.use_devices(known)


def _invented(devices: HardwareProbes, simulation: Simulation) -> Probes:
    """Simulated devices are really measured; of network and machine there is nothing to measure."""
    from app.services.checks.simulated import SimulatedNetwork, SimulatedPresence, SimulatedSystem

    return Probes(devices, SimulatedPresence(simulation), SimulatedNetwork(simulation), SimulatedSystem(simulation))


class _Protocols:
    """Of a full check, made now."""

    def __init__(self, texts: Texts, wording: CheckWording) -> None:
        self._texts = texts
        self._wording = wording

    def text(self, result: CheckResult) -> str:
        """For an e-mail."""
        paper = _record(result).as_paper(self._wording, self._texts)
        parts = [f"{part} – {outcome}: {sentence} {action}".rstrip() for part, outcome, sentence, action in paper.parts]
        figures = [f"{part}: {name} = {value}" for part, name, value in paper.figures]
        sections = ([paper.title, paper.made], paper.verdict, parts, figures or [paper.no_figures], [paper.private])
        return "\n\n".join("\n".join(lines) for lines in sections)

    def json(self, result: CheckResult) -> bytes:
        """As `videoberatung check --json` has it."""
        return json.dumps(_record(result).as_json(self._wording), ensure_ascii=False, indent=2).encode()

    def pdf(self, result: CheckResult) -> bytes:
        """PDF/UA."""
        from app.services.papers.check import check_paper

        return check_paper(_record(result).as_paper(self._wording, self._texts))


def _record(result: CheckResult) -> CheckRecord:
    return CheckRecord(result, Length.FULL, int(time.time()))
