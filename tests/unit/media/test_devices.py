"""Opening, changing and losing devices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from app.media.cameras import BlackCamera, OpenCvCamera
from app.media.devices import DeviceOpener, DeviceSet
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError, RunningDevice
from app.media.sound_devices import PortAudioCatalogue, PortAudioLoudspeaker, PortAudioMicrophone
from app.media.synthetic import SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone
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

    def start(self) -> None:
        self.diary.append(f"start {self.name}")
        if self.trouble is not None:
            raise DeviceError(self.trouble)

    def close(self) -> None:
        self.diary.append(f"close {self.name}")


@dataclass
class Bench:
    """An opener of gadgets, and what the person is told."""

    diary: list[str] = field(default_factory=list)
    told: list[tuple[DeviceKind, DeviceTrouble]] = field(default_factory=list)
    broken: dict[str, DeviceTrouble] = field(default_factory=dict)
    gadgets: dict[str, Gadget] = field(default_factory=dict)

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Callable[[DeviceTrouble], None]) -> RunningDevice:
        name = f"{kind.value} {wanted}"
        self.gadgets[name] = Gadget(name, self.diary, self.broken.get(name), vanished)
        return self.gadgets[name]

    def tell(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.told.append((kind, trouble))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def turns() -> Iterator[DeviceTurns]:
    turns = DeviceTurns()
    turns.start()
    yield turns
    turns.close()


@pytest.fixture
def devices(bench: Bench, turns: DeviceTurns) -> Iterator[DeviceSet]:
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
    devices.choose(DeviceChoice("synthetic:a", None, None))
    settled(devices)
    bench.broken.clear()
    devices.choose(DeviceChoice("synthetic:a", None, None))
    settled(devices)
    assert devices.running(CAMERA) is bench.gadgets["camera synthetic:a"]
    assert len(bench.told) == 1


def test_one_that_vanishes_is_told_once_and_replaced(bench: Bench, devices: DeviceSet) -> None:
    devices.choose(SIMULATED)
    settled(devices)
    for _ in range(2):
        bench.gadgets["microphone synthetic:microphone"].vanished(DeviceTrouble.VANISHED)
    settled(devices)
    assert bench.told == [(MICROPHONE, DeviceTrouble.VANISHED)]
    assert devices.running(MICROPHONE) is bench.gadgets["microphone None"]
    assert "close microphone synthetic:microphone" in bench.diary


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
        (CAMERA, "1", OpenCvCamera),
        (CAMERA, "/dev/video0", OpenCvCamera),
        (CAMERA, "file:x.y4m", OpenCvCamera),
        (CAMERA, "synthetic:camera", SyntheticCamera),
        (MICROPHONE, None, SyntheticMicrophone),
        (MICROPHONE, "", PortAudioMicrophone),
        (MICROPHONE, "synthetic:microphone", SyntheticMicrophone),
        (LOUDSPEAKER, None, SyntheticLoudspeaker),
        (LOUDSPEAKER, "sound:Headset", PortAudioLoudspeaker),
        (LOUDSPEAKER, "synthetic:loudspeaker", SyntheticLoudspeaker),
    ],
)
def test_each_id_has_its_class(kind: DeviceKind, wanted: str | None, expected: type) -> None:
    opener = DeviceOpener(PictureRouter(), SoundRouter(), PlayoutBuffer(), SoundSystem())
    assert type(opener.make(kind, wanted, lambda trouble: None)) is expected


@pytest.mark.parametrize("make", [PortAudioMicrophone, PortAudioLoudspeaker])
def test_a_sound_device_that_is_not_there_is_not_found(make: Callable[..., RunningDevice]) -> None:
    told: list[DeviceTrouble] = []
    device = make(SoundRouter() if make is PortAudioMicrophone else PlayoutBuffer(), "sound:no such thing", told.append, SoundSystem())
    with pytest.raises(DeviceError) as caught:
        device.start()
    device.close()
    assert caught.value.trouble is DeviceTrouble.NOT_FOUND
    assert told == []


def test_the_sound_catalogue_knows_no_cameras() -> None:
    assert PortAudioCatalogue(SoundSystem()).devices(CAMERA) == ()


@dataclass
class OnlyOnce:
    """A camera as systems have them: open for one at a time. Everything else is a gadget."""

    bench: Bench
    in_use: list[str] = field(default_factory=list)

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Callable[[DeviceTrouble], None]) -> RunningDevice:
        return self.bench.make(kind, wanted, vanished) if kind is not CAMERA or wanted is None else OnlyCamera(self, wanted)


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


def test_the_next_call_opens_what_the_one_before_gave_back(bench: Bench, turns: DeviceTurns) -> None:
    camera = OnlyOnce(bench)
    before = DeviceSet(camera, bench.tell, turns)
    before.choose(DeviceChoice("cam", None, None))
    settled(before)
    after = DeviceSet(camera, bench.tell, turns)
    before.begin_closing()
    after.choose(DeviceChoice("cam", None, None))
    settled(after)
    assert bench.told == []
    assert camera.in_use == ["cam"]
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
        PortAudioMicrophone(SoundRouter(), "sound:no such thing", lambda trouble: None, system).start()
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
        PortAudioCatalogue(system).devices(MICROPHONE)
        order.append("listed")

    looking = threading.Thread(target=look)
    with system.turn():
        looking.start()
        assert begun.wait(10)
        looking.join(0.2)
        order.append("turn over")
    looking.join(10)
    assert order == ["turn over", "listed"]
