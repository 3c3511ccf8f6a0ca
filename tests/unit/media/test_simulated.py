"""Simulated devices with faults, as a conversation meets them."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checks import Fault
from app.media.catalogue import SIMULATED_PERSONS, SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, PersonCatalogue
from app.media.devices import Hardware
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.routers import BLOCK, BLOCK_S, PictureRouter, SoundRouter
from app.media.running import DeviceError
from app.media.simulated import ECHO_S, SimulatedAir, SimulatedCamera, SimulatedLoudspeaker, SimulatedMicrophone
from app.media.simulated_faults import OPENING, SIMULATED, SimulatedFaults

CAMERA, MICROPHONE, LOUDSPEAKER = DeviceKind.CAMERA, DeviceKind.MICROPHONE, DeviceKind.LOUDSPEAKER


@pytest.fixture
def faults() -> SimulatedFaults:
    return SimulatedFaults()


def test_every_device_fault_is_simulated_and_no_other(faults: SimulatedFaults) -> None:
    for fault in Fault:
        if fault.value.startswith(("camera-", "mic-", "speaker-")):
            faults.switch(fault, True)
            assert faults.on(fault)
        else:
            with pytest.raises(ValueError, match="not simulated"):
                faults.switch(fault, True)
    assert faults.all_on() == SIMULATED
    faults.clear()
    assert not faults.all_on()


@pytest.mark.parametrize(("kind", "fault"), [(kind, fault) for kind, faults in OPENING.items() for fault in faults])
def test_what_does_not_open_and_ends(faults: SimulatedFaults, kind: DeviceKind, fault: Fault) -> None:
    devices = {
        CAMERA: SimulatedCamera(PictureRouter(), 1, faults),
        MICROPHONE: SimulatedMicrophone(SoundRouter(), faults, SimulatedAir(faults)),
        LOUDSPEAKER: SimulatedLoudspeaker(PlayoutBuffer(), faults),
    }
    faults.switch(fault, True)
    assert devices[kind].health(time.monotonic()) is DeviceTrouble.VANISHED
    with pytest.raises(DeviceError) as caught:
        devices[kind].start()
    assert caught.value.trouble in (DeviceTrouble.NOT_FOUND, DeviceTrouble.BUSY)
    devices[kind].close()
    faults.switch(fault, False)
    assert devices[kind].health(time.monotonic()) is None


def test_a_conversation_hears_of_it_and_goes_on(faults: SimulatedFaults) -> None:
    hardware, told, changed = Hardware(faults=faults), list[tuple[DeviceKind, DeviceTrouble]](), threading.Condition()

    def tell(kind: DeviceKind, trouble: DeviceTrouble) -> None:
        with changed:
            told.append((kind, trouble))
            changed.notify_all()

    def wait_for(kind: DeviceKind, trouble: DeviceTrouble) -> None:
        with changed:
            assert changed.wait_for(lambda: (kind, trouble) in told, 20), told

    hardware.turns.start()
    devices = hardware.devices(PictureRouter(), SoundRouter(), PlayoutBuffer(), tell)
    devices.choose(DeviceChoice(SIMULATED_PERSONS[1], SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER))
    ready = threading.Event()
    hardware.turns.put(ready.set)
    assert ready.wait(10)
    faults.switch(Fault.CAMERA_ENDED, True)
    faults.switch(Fault.MIC_SILENT, True)
    wait_for(CAMERA, DeviceTrouble.VANISHED)
    wait_for(MICROPHONE, DeviceTrouble.SILENT)
    faults.clear()
    wait_for(CAMERA, DeviceTrouble.RETURNED)
    wait_for(MICROPHONE, DeviceTrouble.RETURNED)
    devices.close()
    hardware.turns.close(5)


def test_a_frozen_camera_shows_one_picture(faults: SimulatedFaults) -> None:
    router = PictureRouter()
    camera = SimulatedCamera(router, 3, faults)
    faults.switch(Fault.CAMERA_FROZEN, True)
    camera.start()
    number, first = router.wait_newer(0, 10)
    for _ in range(3):
        number, frame = router.wait_newer(number, 10)
        assert first is not None
        assert frame is not None
        assert (frame.y == first.y).all()
    camera.close()


@given(st.floats(-0.2, 0.2))
def test_what_is_played_arrives_in_its_time(at: float) -> None:
    faults = SimulatedFaults()
    air = SimulatedAir(faults)
    faults.switch(Fault.SPEAKER_ECHO, True)
    air.play(np.full(BLOCK, 1000, np.int16), 0.0)
    heard = air.heard(at)
    share = max(0.0, 1 - abs(at - ECHO_S) / BLOCK_S)
    assert np.count_nonzero(heard) == pytest.approx(share * BLOCK, abs=1)
    faults.clear()
    assert not air.heard(at).any()


def test_the_catalogue_of_training() -> None:
    catalogue = PersonCatalogue(("A", "B", "C"), "Mikrofon", "Lautsprecher")
    cameras = catalogue.devices(CAMERA)
    assert [(device.id, device.name, device.is_default) for device in cameras] == [
        ("synthetic:person-1", "A", True),
        ("synthetic:person-2", "B", False),
        ("synthetic:person-3", "C", False),
    ]
    assert [device.id for kind in (MICROPHONE, LOUDSPEAKER) for device in catalogue.devices(kind)] == [
        SIMULATED_VOICE,
        SYNTHETIC_LOUDSPEAKER,
    ]
