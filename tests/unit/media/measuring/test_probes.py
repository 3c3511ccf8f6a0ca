"""A check over films, files and simulated devices, through the same objects as over real ones."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain import check_rules
from app.domain.checks import Fault, FaultTable
from app.media.catalogue import SIMULATED_PERSONS, SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
from app.media.check_ports import CameraProbe, Ear, MicrophoneProbe
from app.media.devices import Hardware
from app.media.measuring.microphone import MeasuredMicrophone
from app.media.measuring.opening import Turns
from app.media.measuring.probes import HardwareProbes, _figures
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.simulated import ECHO_S
from app.media.simulated_faults import OPENING

LIMITS = FaultTable.parse((Path(__file__).resolve().parents[4] / "resources/web/faults.json").read_bytes()).limits
PERSON = SIMULATED_PERSONS[0]


@pytest.fixture
async def hardware() -> AsyncIterator[Hardware]:
    hardware = Hardware()
    yield hardware
    hardware.turns.close(5)


@pytest.fixture
def probes(hardware: Hardware) -> HardwareProbes:
    return HardwareProbes(hardware)


async def until(holds: Callable[[], bool]) -> None:
    over = threading.Event()

    def look() -> None:
        for _ in range(500):
            if holds() or over.wait(0.02):
                return
        raise AssertionError("it never came to hold")

    try:
        await asyncio.to_thread(look)
    finally:
        over.set()


def film(path: Path, luma: Callable[[int], np.ndarray], rate: int = 25, pictures: int = 8) -> str:
    """YUV4MPEG2 of 160x90 grey pictures; each is (90, 160)."""
    chroma = np.full(160 * 90 // 2, 128, np.uint8).tobytes()
    frames = b"".join(b"FRAME\n" + luma(number).astype(np.uint8).tobytes() + chroma for number in range(pictures))
    path.write_bytes(f"YUV4MPEG2 W160 H90 F{rate}:1 Ip A1:1 C420mpeg2\n".encode() + frames)
    return str(path)


def noisy(level: int) -> Callable[[int], np.ndarray]:
    return lambda number: np.random.default_rng(number).integers(level - 4, level + 4, (90, 160))


def before_a_window(number: int) -> np.ndarray:
    luma = noisy(225)(number)
    luma[18:68, 50:110] = 40
    return luma


def faults(probe: CameraProbe | MicrophoneProbe) -> tuple[Fault, ...]:
    figures = probe.figures()
    rule = check_rules.camera if isinstance(figures, check_rules.CameraFigures) else check_rules.microphone
    return rule(figures, LIMITS)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("luma", "rate", "expected"),
    [
        (noisy(130), 25, ()),
        (noisy(25), 25, (Fault.CAMERA_DARK,)),
        (before_a_window, 25, (Fault.CAMERA_BACKLIGHT,)),
        (noisy(130), 5, (Fault.CAMERA_SLOW,)),
        (lambda number: np.full((90, 160), 130), 25, (Fault.CAMERA_FROZEN,)),
    ],
)
async def test_a_cameras_fault_is_seen(
    tmp_path: Path, probes: HardwareProbes, luma: Callable[[int], np.ndarray], rate: int, expected: tuple[Fault, ...]
) -> None:
    probe = await probes.camera("file:" + film(tmp_path / "film.y4m", luma, rate))
    await until(lambda: probe.figures().fps is not None and faults(probe) == expected)
    assert probe.slot.newest()[1] is not None
    await probe.close()
    await probe.close()
    assert probe.slot.newest()[1] is None


async def test_a_camera_that_ends_is_told(tmp_path: Path, probes: HardwareProbes) -> None:
    probe = await probes.camera(film(tmp_path / "video", noisy(130)))
    await until(lambda: faults(probe) == (Fault.CAMERA_ENDED,))
    await probe.close()


async def test_so_is_one_that_stops_without_a_word(tmp_path: Path, probes: HardwareProbes) -> None:
    pipe, over = tmp_path / "pipe.y4m", threading.Event()
    os.mkfifo(pipe)
    whole = Path(film(tmp_path / "film.y4m", noisy(130), rate=100, pictures=40))

    def deliver() -> None:
        with pipe.open("wb") as out:
            out.write(whole.read_bytes())
            out.flush()
            over.wait(30)

    driver = threading.Thread(target=deliver)
    driver.start()
    probe = await probes.camera(f"file:{pipe}")
    await until(lambda: faults(probe) == (Fault.CAMERA_ENDED,))
    await probe.close()
    over.set()
    driver.join()


async def test_one_that_does_not_open_tells_why(tmp_path: Path, probes: HardwareProbes) -> None:
    junk = tmp_path / "video"
    junk.write_bytes(b"nothing that anybody could show")
    for device, fault in (("/dev/video77", Fault.CAMERA_NONE), (str(junk), Fault.CAMERA_BUSY)):
        probe = await probes.camera(device)
        assert faults(probe) == (fault,)
        await probe.close()


async def test_the_simulated_devices_are_well(probes: HardwareProbes) -> None:
    camera, microphone = await probes.camera(PERSON), await probes.microphone(SIMULATED_VOICE)
    await until(lambda: camera.figures().fps is not None and microphone.figures().hum_share is not None)
    await until(lambda: faults(camera) == faults(microphone) == ())
    assert microphone.level_dbfs() < 0
    assert await probes.tone(SYNTHETIC_LOUDSPEAKER, Ear.LEFT) is None
    assert await probes.own_voice(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, 0.1) is None
    assert not await probes.others_louder(SIMULATED_VOICE, 0.01)
    await camera.close()
    await microphone.close()


@pytest.mark.parametrize("fault", OPENING[DeviceKind.CAMERA])
async def test_a_simulated_camera_goes_and_comes_back(hardware: Hardware, probes: HardwareProbes, fault: Fault) -> None:
    probe = await probes.camera(PERSON)
    await until(lambda: probe.figures().luma is not None and faults(probe) == ())
    hardware.faults.switch(fault, True)
    assert faults(probe) == (fault,)
    hardware.faults.clear()
    assert faults(probe) == ()
    await probe.close()


@pytest.mark.parametrize("person", SIMULATED_PERSONS)
@pytest.mark.parametrize("fault", [Fault.CAMERA_DARK, Fault.CAMERA_BACKLIGHT])
async def test_a_simulated_person_sits_in_a_poor_light(hardware: Hardware, probes: HardwareProbes, person: str, fault: Fault) -> None:
    hardware.faults.switch(fault, True)
    probe = await probes.camera(person)
    await until(lambda: faults(probe) == (fault,))
    await probe.close()


async def test_a_simulated_camera_that_looks_past_the_person_is_well_for_all_that_can_be_measured(
    hardware: Hardware, probes: HardwareProbes
) -> None:
    probe = await probes.camera(PERSON)

    def skin() -> float:
        """How much of what is no wall stands in the middle."""
        frame = probe.slot.newest()[1]
        assert frame is not None
        middle = frame.y[:, frame.y.shape[1] * 3 // 8 : frame.y.shape[1] * 5 // 8]
        return float(middle.std())

    await until(lambda: probe.slot.newest()[1] is not None)
    person = skin()
    hardware.faults.switch(Fault.CAMERA_WRONG, True)
    await until(lambda: skin() < person / 2)
    await until(lambda: probe.figures().fps is not None and faults(probe) == ())
    await probe.close()


async def test_a_simulated_camera_is_slow_and_then_frozen(hardware: Hardware, probes: HardwareProbes) -> None:
    hardware.faults.switch(Fault.CAMERA_SLOW, True)
    probe = await probes.camera(PERSON)
    await until(lambda: faults(probe) == (Fault.CAMERA_SLOW,))
    hardware.faults.switch(Fault.CAMERA_FROZEN, True)
    await until(lambda: faults(probe) == (Fault.CAMERA_FROZEN,))
    await probe.close()


@pytest.mark.parametrize("fault", [Fault.MIC_QUIET, Fault.MIC_SILENT, Fault.MIC_CLIPPING, Fault.MIC_HUM])
async def test_a_simulated_microphones_fault_is_heard(hardware: Hardware, probes: HardwareProbes, fault: Fault) -> None:
    hardware.faults.switch(fault, True)
    probe = await probes.microphone(SIMULATED_VOICE)
    await until(lambda: probe.figures().hum_share is not None and faults(probe) == (fault,))
    await probe.close()


@pytest.mark.parametrize("fault", [Fault.MIC_NONE, Fault.MIC_BUSY, Fault.MIC_DENIED, Fault.MIC_BLOCKED, Fault.MIC_ENDED])
async def test_why_a_simulated_microphone_does_not_open(hardware: Hardware, probes: HardwareProbes, fault: Fault) -> None:
    probe = await probes.microphone(SIMULATED_VOICE)
    assert faults(probe) == ()
    hardware.faults.switch(fault, True)
    assert faults(probe) == (fault,)
    another = await probes.microphone(SIMULATED_VOICE)
    assert faults(another) == (fault,)
    assert await probes.own_voice(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, 0.01) is fault
    assert (await probes.echo(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER)).trouble is None
    await another.close()


@pytest.mark.parametrize("fault", [Fault.SPEAKER_NONE, Fault.SPEAKER_BUSY])
async def test_why_a_simulated_loudspeaker_does_not_open(hardware: Hardware, probes: HardwareProbes, fault: Fault) -> None:
    hardware.faults.switch(fault, True)
    assert await probes.tone(SYNTHETIC_LOUDSPEAKER, Ear.BOTH) is fault
    assert (await probes.echo(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER)).trouble is fault


async def test_a_simulated_echo_has_its_delay(hardware: Hardware, probes: HardwareProbes) -> None:
    hardware.faults.switch(Fault.SPEAKER_ECHO, True)
    figures = await probes.echo(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER)
    assert check_rules.loudspeaker(figures, LIMITS) == (Fault.SPEAKER_ECHO,)
    assert figures.echo_delay_ms == pytest.approx(ECHO_S * 1000, abs=10)


@pytest.mark.parametrize(("delay_s", "told_ms"), [(-0.069, None), (-0.004, 0.0), (0.069, 69.0), (None, None)])
def test_nothing_comes_back_before_it_was_played(delay_s: float | None, told_ms: float | None) -> None:
    figures = _figures(-14.0, delay_s)
    assert figures.echo_db == -14.0
    assert figures.echo_delay_ms == (None if told_ms is None else pytest.approx(told_ms))


@pytest.mark.parametrize("microphone", [SIMULATED_VOICE, SYNTHETIC_MICROPHONE])
async def test_in_a_headset_nothing_comes_back(probes: HardwareProbes, microphone: str) -> None:
    figures = await probes.echo(microphone, SYNTHETIC_LOUDSPEAKER)
    assert (figures.echo_db, figures.trouble) == (None, None)


async def test_another_microphone_hears_better_if_it_shall(hardware: Hardware, probes: HardwareProbes) -> None:
    hardware.faults.switch(Fault.MIC_WRONG, True)
    assert await probes.others_louder(SIMULATED_VOICE, 0.01)


async def test_a_device_opens_once_a_kind(probes: HardwareProbes) -> None:
    first = await probes.microphone(SYNTHETIC_MICROPHONE)
    second = await probes.microphone(SIMULATED_VOICE)
    await until(lambda: second.figures().peak_dbfs is not None)
    assert first.figures().peak_dbfs is None, "it is closed and has forgotten"
    await second.close()


async def test_nobody_goes_on_listening_when_the_own_voice_is_broken_off(probes: HardwareProbes) -> None:
    probe = await probes.microphone(SIMULATED_VOICE)
    assert isinstance(probe, MeasuredMicrophone)
    before = probe.ears._feeds
    speaking = asyncio.create_task(probes.own_voice(SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, 60))
    await until(lambda: len(probe.ears._feeds) > len(before))
    speaking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await speaking
    assert probe.ears._feeds == before
    await probe.close()


async def test_a_driver_that_raises_is_busy(hardware: Hardware) -> None:
    class Broken:
        def start(self) -> None:
            raise OSError("the driver's own words")

        def close(self) -> None: ...

        def health(self, now: float) -> DeviceTrouble | None: ...

    assert await Turns(hardware).start(Broken()) is DeviceTrouble.BUSY


async def test_who_does_not_want_it_any_more_leaves_nothing_open(hardware: Hardware, probes: HardwareProbes) -> None:
    opening = asyncio.create_task(probes.camera(PERSON))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    free = threading.Event()
    hardware.turns.put(free.set)
    await asyncio.to_thread(free.wait, 10)
    assert not [thread for thread in threading.enumerate() if thread.name == "simulated-camera"]
