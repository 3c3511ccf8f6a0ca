"""Every fault of the table on both sides: what our check finds, what the client's devices do, how bad the way becomes."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.checks import Fault, Part, Side
from app.media.ports import DeviceKind
from app.media.roughness import SMOOTH
from app.media.simulated_faults import SIMULATED
from app.services.fakes.client_media import FakeClientMedia
from app.services.fakes.desk import FakeDesk
from app.services.training.client import ClientState, SimulatedClient
from app.services.training.faults import NO_NETWORK, TrainingFaults
from app.services.training.training import Training
from app.services.training.way import WAYS, way_of


@pytest.fixture
def faults(table) -> TrainingFaults:
    return TrainingFaults(table)


def test_each_side_can_meet_what_the_table_says(faults, table) -> None:
    for side in Side:
        assert set(faults.can(side)) == {row.fault for row in table.rows if side in row.provoked_by}
        parts = [table.row(fault).part for fault in faults.can(side)]
        assert parts == sorted(parts, key=list(Part).index)


def test_every_fault_of_ours_is_found_by_the_check_or_made_by_a_device(faults, table) -> None:
    for fault in faults.can(Side.COUNSELLOR):
        faults.switch(Side.COUNSELLOR, fault, on=True)
        assert faults.on(Side.COUNSELLOR) == {fault}
        assert faults.our_check.faults == (fault,)
        assert faults.our_devices.on(fault) is (fault in SIMULATED)
        assert faults.their_devices.all_on() == frozenset()
        faults.switch(Side.COUNSELLOR, fault, on=False)
        assert faults.our_check.faults == ()
        assert faults.our_devices.all_on() == frozenset()


def test_a_fault_of_the_client_leaves_our_devices_alone(faults) -> None:
    for fault in faults.can(Side.CLIENT):
        faults.switch(Side.CLIENT, fault, on=True)
        assert faults.their_devices.on(fault) is (fault in SIMULATED)
        assert faults.client_cut_off is (fault in NO_NETWORK)
        assert (way_of(faults.way) == SMOOTH) is (fault not in WAYS)
        faults.clear()
        assert faults.their_devices.all_on() == frozenset()
        assert way_of(faults.way) == SMOOTH
    assert faults.our_check.faults == ()


def test_a_side_does_not_meet_what_is_not_its_own(faults) -> None:
    with pytest.raises(ValueError, match="not met"):
        faults.switch(Side.CLIENT, Fault.KEYRING_NONE, on=True)


def test_two_bad_ways_are_as_bad_as_each() -> None:
    way = way_of({Fault.LOSS_HIGH, Fault.BANDWIDTH_SMALL, Fault.CAMERA_DARK})
    assert (way.loss, way.kbps, way.delay_s) == (WAYS[Fault.LOSS_HIGH].loss, WAYS[Fault.BANDWIDTH_SMALL].kbps, 0.0)


async def test_faults_reach_the_client(client: SimulatedClient, media: FakeClientMedia, faults, tasks) -> None:
    training = Training(client, faults, FakeDesk(), tasks)
    told: list[None] = []
    training.changed.subscribe(told.append)
    faults.switch(Side.COUNSELLOR, Fault.LOSS_HIGH, on=True)
    assert media.way == WAYS[Fault.LOSS_HIGH]
    faults.switch(Side.CLIENT, Fault.CAMERA_BUSY, on=True)
    assert client.talk._own.camera is False
    training.speak(False)
    assert not media.speaks
    assert client.talk._own.microphone is False
    faults.clear()
    assert media.way == SMOOTH
    assert client.talk._own.camera
    assert told
    assert faults.their_devices.opening(DeviceKind.CAMERA) is None
    await training.close()
    told.clear()
    faults.switch(Side.CLIENT, Fault.LOSS_HIGH, on=True)
    assert told == []


async def test_without_a_network_the_client_drops_out_and_comes_back(server, client: SimulatedClient, faults, tasks) -> None:
    from tests.unit.services.training.test_client import talking

    training = Training(client, faults, FakeDesk(), tasks)
    async with talking(server, client) as (work, *_):
        faults.switch(Side.CLIENT, Fault.SERVER_UNREACHABLE, on=True)
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            while client.state is not ClientState.DROPPED:  # noqa: ASYNC110
                await asyncio.sleep(0)
        faults.switch(Side.CLIENT, Fault.SERVER_UNREACHABLE, on=False)
        await work.line.expect("offer", epoch=2)
    await training.close()
