"""The composition of the device check: what is remembered for which devices, and records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from app.application import SIMULATED
from app.checking import LateHardware, WindowsCheck
from app.domain.check_result import judge
from app.domain.checks import Fault, Side
from app.media.measuring.probes import HardwareProbes
from app.media.ports import Device, DeviceChoice, DeviceKind
from app.media.turns import SoundSystem
from app.services.checks.check_list import Length, Step
from app.services.checks.simulated import WELL
from app.services.events import Event
from app.services.fakes.agency import FakeAgencyDoor
from app.services.profile import Devices, Settings
from tests.ui.device_check.support import TABLE

HEADSET = Device(DeviceKind.MICROPHONE, "headset", "Headset")
BUILT_IN = Device(DeviceKind.MICROPHONE, "built-in", "Eingebaut")


class Lists(QObject):
    """Of devices; `plug` changes them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[DeviceKind, Sequence[Device]] | None = None

    def plug(self, *devices: Device) -> None:
        self.lists = {DeviceKind.MICROPHONE: devices}
        self.changed.emit()


@dataclass
class Desk:
    """As much of it as is asked."""

    devices_chosen: Event[DeviceChoice] = field(default_factory=Event)
    talks: bool = False
    used: list[DeviceChoice] = field(default_factory=list)

    @property
    def rooms(self) -> list[Any]:
        return [type("Entry", (), {"room": "room"})]

    def session(self, _room: str) -> object | None:
        return self if self.talks else None

    def use_devices(self, choice: DeviceChoice) -> None:
        self.used.append(choice)
        self.devices_chosen.announce(choice)


@dataclass
class Keeper:
    """Notes what was changed."""

    changes: dict[str, Any] = field(default_factory=dict)

    def change(self, **changes: object) -> None:
        self.changes |= changes


@dataclass
class Services:
    """As much of them as is asked."""

    settings: Settings = field(default_factory=Settings)
    desk: Desk = field(default_factory=Desk)
    keeper: Keeper = field(default_factory=Keeper)
    agency: FakeAgencyDoor = field(default_factory=FakeAgencyDoor)


def check_over(services: Services, lists: Lists, texts, simulated: bool = False) -> WindowsCheck:
    return WindowsCheck(services, LateHardware(SoundSystem()), lists, texts, simulated)  # type: ignore[arg-type]


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def lists() -> Lists:
    return Lists()


def test_what_was_chosen_for_these_devices_is_used_when_they_are_there_again(qapp, texts, services: Services, lists: Lists) -> None:
    check = check_over(services, lists, texts)
    at_the_dock, elsewhere = DeviceChoice(microphone="headset", headphones=True), DeviceChoice(microphone="built-in")
    lists.plug(HEADSET, BUILT_IN)
    services.desk.use_devices(at_the_dock)
    lists.plug(BUILT_IN)
    services.desk.use_devices(elsewhere)
    lists.plug(HEADSET, BUILT_IN)
    assert services.desk.used[-1] == at_the_dock
    assert check.plan.tools().choice() == at_the_dock
    lists.plug(BUILT_IN)
    assert services.desk.used[-1] == elsewhere
    assert sorted(services.keeper.changes["device_sets"].values(), key=str) == sorted(
        [Devices.of(at_the_dock), Devices.of(elsewhere)], key=str
    )


def test_a_conversation_keeps_its_devices(qapp, texts, services: Services, lists: Lists) -> None:
    check_over(services, lists, texts)
    lists.plug(HEADSET)
    services.desk.use_devices(DeviceChoice(microphone="headset"))
    lists.plug(BUILT_IN)
    services.desk.use_devices(DeviceChoice(microphone="built-in"))
    services.desk.talks = True
    lists.plug(HEADSET)
    assert services.desk.used[-1] == DeviceChoice(microphone="built-in")


def test_devices_that_nobody_chose_from_change_nothing(qapp, texts, services: Services, lists: Lists) -> None:
    check_over(services, lists, texts)
    lists.plug(HEADSET)
    assert services.desk.used == []
    assert services.keeper.changes == {}


def test_simulated_devices_are_not_remembered_and_hint_at_nothing(qapp, texts, services: Services, lists: Lists) -> None:
    check = check_over(services, lists, texts, simulated=True)
    lists.plug(HEADSET)
    services.desk.use_devices(SIMULATED)
    assert services.keeper.changes == {}
    assert not check.plan.hint
    assert not check.plan.tools().offer_default


def test_the_hint_is_put_away_for_good(qapp, texts, services: Services, lists: Lists) -> None:
    plan = check_over(services, lists, texts).plan
    assert plan.hint
    plan.hint_over()
    assert services.keeper.changes == {"check_hint": False}


def test_the_record_says_the_same_in_every_form(qapp, texts, services: Services, lists: Lists) -> None:
    protocols = check_over(services, lists, texts).plan.tools().protocols
    result = judge(WELL.broken(next(iter(TABLE.rows)).part), TABLE, Side.COUNSELLOR)
    assert result.verdict.fault is Fault.NOT_MEASURED
    read = json.loads(protocols.json(result))
    assert read["verdict"]["fault"] == "not-measured"
    for said in (read["verdict"]["sentence"], texts("app.fault.not-measured.sentence"), texts("app.check.paper.private")):
        assert said in protocols.text(result)
    assert protocols.pdf(result).startswith(b"%PDF-")


def test_calls_and_checks_share_one_set_of_devices() -> None:
    hardware = LateHardware(SoundSystem())
    assert hardware() is hardware()


async def test_what_measures_is_loaded_with_the_first_list_and_kept(qapp, texts, services: Services, lists: Lists) -> None:
    tools = check_over(services, lists, texts, simulated=True).plan.tools()
    first = await tools.make_list(SIMULATED, Length.FULL)
    second = await tools.make_list(SIMULATED, Length.SHORT)
    assert first._probes is second._probes
    assert isinstance(first._probes.devices, HardwareProbes)
    await first.run(Step.CAMERA)
    assert first.result().measured.camera is not None
    await second.run(Step.LOUDSPEAKER)
    assert second.result().measured.loudspeaker is not None
    await first.close()
    assert first.picture is None
