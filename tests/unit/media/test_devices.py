"""Opening, changing and losing devices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.media.cameras import BlackCamera, OpenCvCamera
from app.media.catalogue import SoundCatalogue
from app.media.clock import read_clock
from app.media.device_set import LOOK_S, RETRY_MAX_S, DeviceSet
from app.media.devices import Hardware
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble, I420Frame
from app.media.processing import SoundProcessor
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError, RunningDevice
from app.media.simulated import SimulatedCamera, SimulatedLoudspeaker, SimulatedMicrophone
from app.media.sound_devices import PortAudioLoudspeaker, PortAudioMicrophone
from app.media.synthetic import Landscape, SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone
from app.media.turns import DeviceTurns, SoundSystem

CAMERA, MICROPHONE, LOUDSPEAKER = DeviceKind.CAMERA, DeviceKind.MICROPHONE, DeviceKind.LOUDSPEAKER
SIMULATED = DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker")


@dataclass
class Gadget:
    """A device that only writes down what happens to it."""

    name: str
    diary: list[str]
    trouble: DeviceTrouble | None
    vanished: Callable[[DeviceTrouble], None]
    looks: DeviceTrouble | None = None

    def start(self) -> None:
        self.diary.append(f"start {self.name}")
        if self.trouble is not None:
            raise DeviceError(self.trouble)

    def close(self) -> None:
        self.diary.append(f"close {self.name}")

    def health(self, now: float) -> DeviceTrouble | None:
        return self.looks


@dataclass
class Bench:
    """An opener of gadgets, and what the person is told."""

    diary: list[str] = field(default_factory=list)
    told: list[tuple[DeviceKind, DeviceTrouble]] = field(default_factory=list)
    broken: dict[str, DeviceTrouble] = field(default_factory=dict)
    gadgets: dict[str, Gadget] = field(default_factory=dict)
    headphones: bool = False

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Callable[[DeviceTrouble], None]) -> RunningDevice:
        name = f"{kind.value} {wanted}"
        self.gadgets[name] = Gadget(name, self.diary, self.broken.get(name), vanished)
        return self.gadgets[name]

    def in_headphones(self, on: bool) -> None:
        self.headphones = on

    def tell(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.told.append((kind, trouble))


@pytest.fixture
def bench() -> Bench:
    return Bench()


class QuickTurns(DeviceTurns):
    """What is to be done later is done when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []
        self.pauses: list[float] = []

    def later(self, seconds: float, job: Callable[[], None]) -> None:
        self.waiting.append(job)
        self.pauses.append(seconds)

    def pass_time(self) -> None:
        """All that waits now is due."""
        waiting, self.waiting = self.waiting, []
        for job in waiting:
            self.put(job)


@pytest.fixture
def turns() -> Iterator[QuickTurns]:
    turns = QuickTurns()
    turns.start()
    yield turns
    turns.close()


@pytest.fixture
def devices(bench: Bench, turns: QuickTurns) -> Iterator[DeviceSet]:
    devices = DeviceSet(bench, bench.tell, turns)
    yield devices
    devices.close()


def settled(devices: DeviceSet) -> None:
    """Wait until everything asked for so far was done: jobs are done in order."""
    done = threading.Event()
    devices._turns.put(done.set)
    assert done.wait(10)


def test_what_is_chosen_runs(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(DeviceChoice("synthetic:a", None, "synthetic:c"))
    settled(devices)
    assert sorted(bench.diary) == ["start camera synthetic:a", "start loudspeaker synthetic:c", "start microphone None"]
    assert devices.running(CAMERA) is bench.gadgets["camera synthetic:a"]


def test_only_what_changed_is_touched(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(DeviceChoice("synthetic:a", "synthetic:b", None))
    settled(devices)
    bench.diary.clear()
    devices.choose(DeviceChoice("synthetic:a", "synthetic:d", None))
    settled(devices)
    assert bench.diary == ["close microphone synthetic:b", "start microphone synthetic:d"]


def test_a_camera_that_is_off_is_closed(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(SIMULATED)
    settled(devices)
    devices.set_camera(False)
    settled(devices)
    assert bench.diary[-2:] == ["close camera synthetic:camera", "start camera None"]
    devices.set_camera(True)
    settled(devices)
    assert bench.diary[-1] == "start camera synthetic:camera"


def test_one_that_does_not_open_is_told_and_replaced(bench: Bench, devices: DeviceSet) -> None:
    bench.broken["camera synthetic:a"] = DeviceTrouble.BUSY
    devices.choose(DeviceChoice("synthetic:a", None, None))
    settled(devices)
    assert bench.told == [(CAMERA, DeviceTrouble.BUSY)]
    assert devices.running(CAMERA) is bench.gadgets["camera None"]


def test_one_that_failed_is_tried_again_when_chosen_again(bench: Bench, devices: DeviceSet) -> None:
    bench.broken["camera synthetic:a"] = DeviceTrouble.BUSY
    for _ in range(2):
        devices.choose(DeviceChoice("synthetic:a", None, None))
        settled(devices)
    assert bench.told == [(CAMERA, DeviceTrouble.BUSY)] * 2, "who chooses it again is told again"
    bench.broken.clear()
    devices.choose(DeviceChoice("synthetic:a", None, None))
    settled(devices)
    assert devices.running(CAMERA) is bench.gadgets["camera synthetic:a"]
    assert len(bench.told) == 2


def test_one_that_vanishes_is_told_once_and_replaced(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(SIMULATED)
    settled(devices)
    for _ in range(2):
        bench.gadgets["microphone synthetic:microphone"].vanished(DeviceTrouble.VANISHED)
    settled(devices)
    assert bench.told == [(MICROPHONE, DeviceTrouble.VANISHED)]
    assert devices.running(MICROPHONE) is bench.gadgets["microphone None"]
    assert "close microphone synthetic:microphone" in bench.diary


def test_the_default_stands_in_until_the_device_is_there_again(bench: Bench, devices: DeviceSet, turns: QuickTurns) -> None:
    devices.choose(DeviceChoice(None, "sound:headset", "sound:headset", headphones=True))
    settled(devices)
    assert bench.headphones
    bench.broken["loudspeaker sound:headset"] = DeviceTrouble.NOT_FOUND
    bench.gadgets["loudspeaker sound:headset"].vanished(DeviceTrouble.VANISHED)
    settled(devices)
    assert bench.told == [(LOUDSPEAKER, DeviceTrouble.VANISHED), (LOUDSPEAKER, DeviceTrouble.RETURNED)]
    assert devices.running(LOUDSPEAKER) is bench.gadgets["loudspeaker "]
    assert not bench.headphones, "what stands in for headphones may be loud"
    turns.pass_time()
    settled(devices)
    assert devices.running(LOUDSPEAKER) is bench.gadgets["loudspeaker "]
    bench.broken.clear()
    turns.pass_time()
    settled(devices)
    assert devices.running(LOUDSPEAKER) is bench.gadgets["loudspeaker sound:headset"]
    assert bench.headphones
    assert len(bench.told) == 2, "there was no trouble in between"
    assert bench.diary[-1] == "close loudspeaker "


def test_nothing_stands_in_for_a_simulated_device(bench: Bench, devices: DeviceSet) -> None:
    bench.broken["camera file:film"] = DeviceTrouble.NOT_FOUND
    devices.choose(DeviceChoice("file:film", None, None))
    settled(devices)
    assert devices.running(CAMERA) is bench.gadgets["camera None"]
    assert "start camera " not in bench.diary


def test_without_any_device_it_is_tried_again_less_and_less_often(bench: Bench, devices: DeviceSet, turns: QuickTurns) -> None:
    for name in ("microphone sound:a", "microphone "):
        bench.broken[name] = DeviceTrouble.NOT_FOUND
    devices.choose(DeviceChoice(None, "sound:a", None))
    for _ in range(8):
        settled(devices)
        turns.pass_time()
    settled(devices)
    assert bench.told == [(MICROPHONE, DeviceTrouble.NOT_FOUND)]
    pauses = [pause for pause in turns.pauses if pause != LOOK_S]
    assert pauses[:5] == [2, 4, 8, RETRY_MAX_S, RETRY_MAX_S]
    del bench.broken["microphone "]
    turns.pass_time()
    settled(devices)
    assert bench.told[1:] == [(MICROPHONE, DeviceTrouble.RETURNED)]
    assert devices.running(MICROPHONE) is bench.gadgets["microphone "]


def test_a_device_that_stops_without_a_word_has_vanished(bench: Bench, devices: DeviceSet, turns: QuickTurns) -> None:
    devices.choose(DeviceChoice("synthetic:a", None, None))
    settled(devices)
    frozen = bench.gadgets["camera synthetic:a"]
    frozen.looks = DeviceTrouble.VANISHED
    turns.pass_time()
    settled(devices)
    assert bench.told == [(CAMERA, DeviceTrouble.VANISHED)]
    assert devices.running(CAMERA) is bench.gadgets["camera None"]
    turns.pass_time()
    settled(devices)
    assert bench.told[1:] == [(CAMERA, DeviceTrouble.RETURNED)]
    assert devices.running(CAMERA) is bench.gadgets["camera synthetic:a"] is not frozen


def test_silence_is_told_once_and_taken_back(bench: Bench, devices: DeviceSet, turns: QuickTurns) -> None:
    devices.choose(SIMULATED)
    settled(devices)
    for looks in (DeviceTrouble.SILENT, DeviceTrouble.SILENT, None, None, DeviceTrouble.SILENT):
        bench.gadgets["microphone synthetic:microphone"].looks = looks
        turns.pass_time()
        settled(devices)
    assert bench.told == [(MICROPHONE, DeviceTrouble.SILENT), (MICROPHONE, DeviceTrouble.RETURNED)]


def test_new_sound_devices_are_seen_by_starting_the_system_anew(bench: Bench, turns: QuickTurns) -> None:
    """Between the closing of the last stream and the opening of the next one."""
    system = SoundSystem(lambda: bench.diary.append("anew"))
    system.renewed = lambda: bench.diary.append("told")
    hardware = Hardware(system)
    hardware.turns = turns
    devices = hardware.devices(PictureRouter(), SoundRouter(), PlayoutBuffer(), bench.tell)
    devices._opener = bench
    devices.choose(DeviceChoice("synthetic:a", "sound:b", ""))
    settled(devices)
    bench.diary.clear()
    hardware.changed(MICROPHONE)
    hardware.changed(LOUDSPEAKER)
    settled(devices)
    turns.pass_time()
    settled(devices)
    assert bench.diary == [
        *("close loudspeaker ", "close microphone sound:b", "anew"),
        *("start loudspeaker ", "start microphone sound:b", "told"),
    ]
    bench.diary.clear()
    hardware.changed(CAMERA)
    settled(devices)
    turns.pass_time()
    settled(devices)
    devices.close()
    assert "anew" not in bench.diary
    assert bench.told == []


def test_a_film_that_is_removed_and_put_back(bench: Bench, tmp_path: Path) -> None:
    """With real time, real threads and OpenCV: as if a camera were pulled out and plugged in."""
    film, away = tmp_path / "film.y4m", tmp_path / "away"
    film.write_bytes(b"YUV4MPEG2 W320 H180 F50:1 Ip A1:1 C420mpeg2\n" + (b"FRAME\n" + Landscape(320, 180).draw(777).tobytes()) * 5)
    hardware, pictures = Hardware(), PictureRouter()
    hardware.turns.start()
    told = threading.Semaphore(0)

    def tell(kind: DeviceKind, trouble: DeviceTrouble) -> None:
        bench.tell(kind, trouble)
        told.release()

    devices = hardware.devices(pictures, SoundRouter(), PlayoutBuffer(), tell)
    devices.choose(DeviceChoice(f"file:{film}", None, None))
    assert wait_for(pictures, lambda frame: read_clock(frame.y) == 777)
    film.rename(away)
    assert told.acquire(timeout=20)
    assert wait_for(pictures, lambda frame: int(frame.y.max()) < 40)
    away.rename(film)
    assert told.acquire(timeout=20)
    assert wait_for(pictures, lambda frame: read_clock(frame.y) == 777)
    devices.close()
    hardware.turns.close()
    assert bench.told == [(CAMERA, DeviceTrouble.VANISHED), (CAMERA, DeviceTrouble.RETURNED)]


def wait_for(pictures: PictureRouter, wanted: Callable[[I420Frame], bool]) -> bool:
    """Whether such a picture comes."""
    number = 0
    for _ in range(500):
        number, frame = pictures.wait_newer(number, 1)
        if frame is not None and wanted(frame):
            return True
    return False


@pytest.mark.logs_errors
def test_a_job_that_fails_does_not_end_the_turns() -> None:
    turns, done = DeviceTurns(), threading.Event()
    turns.start()
    turns.put(lambda: int("x"))
    turns.put(lambda: turns.later(0.01, done.set))
    assert done.wait(10)
    turns.close()


def test_closing_closes_all_and_may_be_repeated(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(SIMULATED)
    settled(devices)
    devices.close()
    devices.close()
    assert sum(line.startswith("close") for line in bench.diary) == 3
    assert devices.running(CAMERA) is None


@pytest.mark.parametrize(
    ("kind", "wanted", "expected"),
    [
        (CAMERA, None, BlackCamera),
        (CAMERA, "", OpenCvCamera),
        (CAMERA, "1:USB camera", OpenCvCamera),
        (CAMERA, "/dev/video0", OpenCvCamera),
        (CAMERA, "file:x.y4m", OpenCvCamera),
        (CAMERA, "synthetic:camera", SyntheticCamera),
        (CAMERA, "synthetic:person-3", SimulatedCamera),
        (MICROPHONE, None, SyntheticMicrophone),
        (MICROPHONE, "", PortAudioMicrophone),
        (MICROPHONE, "synthetic:microphone", SyntheticMicrophone),
        (MICROPHONE, "synthetic:voice", SimulatedMicrophone),
        (LOUDSPEAKER, None, SyntheticLoudspeaker),
        (LOUDSPEAKER, "sound:Headset", PortAudioLoudspeaker),
        (LOUDSPEAKER, "synthetic:loudspeaker", SimulatedLoudspeaker),
    ],
)
def test_each_id_has_its_class(kind: DeviceKind, wanted: str | None, expected: type) -> None:
    sound = SoundRouter()
    opener = Hardware().opener(PictureRouter(), sound, PlayoutBuffer())
    assert type(opener.make(kind, wanted, lambda trouble: None)) is expected


def portaudio(kind: DeviceKind, vanished: Callable[[DeviceTrouble], None], system: SoundSystem) -> RunningDevice:
    processor = SoundProcessor(SoundRouter())
    if kind is MICROPHONE:
        return PortAudioMicrophone(processor, "sound:no such thing", vanished, system)
    return PortAudioLoudspeaker(PlayoutBuffer(), processor, "sound:no such thing", vanished, system)


@pytest.mark.parametrize("kind", [MICROPHONE, LOUDSPEAKER])
def test_a_sound_device_that_is_not_there_is_not_found(kind: DeviceKind) -> None:
    told: list[DeviceTrouble] = []
    device = portaudio(kind, told.append, SoundSystem())
    with pytest.raises(DeviceError) as caught:
        device.start()
    device.close()
    assert caught.value.trouble is DeviceTrouble.NOT_FOUND
    assert told == []


def test_the_sound_catalogue_knows_no_cameras() -> None:
    assert SoundCatalogue(SoundSystem()).devices(CAMERA) == ()


@dataclass
class OnlyOnce:
    """A camera as systems have them: open for one at a time. Everything else is a gadget."""

    bench: Bench
    in_use: list[str] = field(default_factory=list)

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Callable[[DeviceTrouble], None]) -> RunningDevice:
        return self.bench.make(kind, wanted, vanished) if kind is not CAMERA or wanted is None else OnlyCamera(self, wanted)

    def in_headphones(self, on: bool) -> None:
        self.bench.in_headphones(on)


@dataclass
class OnlyCamera:
    system: OnlyOnce
    name: str

    def start(self) -> None:
        if self.name in self.system.in_use:
            raise DeviceError(DeviceTrouble.BUSY)
        self.system.in_use.append(self.name)

    def close(self) -> None:
        self.system.in_use.remove(self.name)

    def health(self, now: float) -> DeviceTrouble | None:
        return None


def test_the_next_call_opens_what_the_one_before_gave_back(bench: Bench, turns: DeviceTurns) -> None:
    camera = OnlyOnce(bench)
    before = DeviceSet(camera, bench.tell, turns)
    before.choose(DeviceChoice("synthetic:cam", None, None))
    settled(before)
    after = DeviceSet(camera, bench.tell, turns)
    before.begin_closing()
    after.choose(DeviceChoice("synthetic:cam", None, None))
    settled(after)
    assert bench.told == []
    assert camera.in_use == ["synthetic:cam"]
    assert isinstance(after.running(CAMERA), OnlyCamera)
    before.close()
    after.close()
    assert camera.in_use == []


def test_a_closed_set_opens_nothing_any_more(bench: Bench, devices: DeviceSet) -> None:
    devices.close()
    devices.choose(SIMULATED)
    devices.set_camera(False)
    settled(devices)
    assert bench.diary == []


@pytest.mark.parametrize(("open_streams", "renewed"), [(0, 1), (1, 0)])
def test_the_sound_system_is_never_started_anew_under_an_open_stream(open_streams: int, renewed: int) -> None:
    renewals: list[str] = []
    system = SoundSystem(lambda: renewals.append("anew"))
    for _ in range(open_streams):
        system.opened()
    with pytest.raises(DeviceError):
        portaudio(MICROPHONE, lambda trouble: None, system).start()
    assert len(renewals) == renewed


def test_a_stream_counts_from_its_making_to_its_closing() -> None:
    renewals: list[str] = []
    system = SoundSystem(lambda: renewals.append("anew"))
    system.opened()
    system.opened()
    system.closed()
    system.renew()
    assert renewals == []
    system.closed()
    system.renew()
    assert renewals == ["anew"]


def test_listing_sound_devices_waits_for_its_turn() -> None:
    system = SoundSystem(lambda: None)
    order: list[str] = []
    begun = threading.Event()

    def look() -> None:
        begun.set()
        SoundCatalogue(system).devices(MICROPHONE)
        order.append("listed")

    looking = threading.Thread(target=look)
    with system.turn():
        looking.start()
        assert begun.wait(10)
        looking.join(0.2)
        order.append("turn over")
    looking.join(10)
    assert order == ["turn over", "listed"]
