"""The devices of a set of devices."""

from __future__ import annotations

from app.media.ports import Device, DeviceChoice, DeviceKind
from app.services.checks.remembered import MOST_SETS, remember, remembered, set_of
from app.services.profile import Profile, Settings

CAMERA = Device(DeviceKind.CAMERA, "cam", "Camera")
HEADSET = Device(DeviceKind.MICROPHONE, "headset", "Headset")
BUILT_IN = Device(DeviceKind.MICROPHONE, "built-in", "Built in")
AT_THE_DOCK, ELSEWHERE = [CAMERA, BUILT_IN, HEADSET], [CAMERA, BUILT_IN]


def test_each_set_has_its_own_choice_in_whatever_order_it_is_listed() -> None:
    known = remember({}, AT_THE_DOCK, DeviceChoice("cam", "headset", "", headphones=True))
    known = remember(known, ELSEWHERE, DeviceChoice("cam", "built-in", None))
    assert remembered(known, reversed(AT_THE_DOCK)) == DeviceChoice("cam", "headset", "", headphones=True)
    assert remembered(known, ELSEWHERE) == DeviceChoice("cam", "built-in", None)
    assert remembered(known, [CAMERA]) is None


def test_the_newest_choice_counts_and_the_oldest_set_goes() -> None:
    known = remember({}, ELSEWHERE, DeviceChoice("cam"))
    for number in range(MOST_SETS - 1):
        known = remember(known, [Device(DeviceKind.CAMERA, str(number), "")], DeviceChoice())
    known = remember(known, ELSEWHERE, DeviceChoice("other"))
    known = remember(known, AT_THE_DOCK, DeviceChoice())
    assert len(known) == MOST_SETS
    assert remembered(known, ELSEWHERE) == DeviceChoice("other")
    assert remembered(known, [Device(DeviceKind.CAMERA, "0", "")]) is None


def test_its_name_tells_no_device_and_the_profile_keeps_it(tmp_path) -> None:
    assert "headset" not in set_of(AT_THE_DOCK)
    profile = Profile(tmp_path)
    profile.save(Settings(public_port=1, control_port=2, device_sets=remember({}, AT_THE_DOCK, DeviceChoice("cam"))))
    assert remembered(profile.load().device_sets, AT_THE_DOCK) == DeviceChoice("cam")


def test_who_only_looks_changes_nothing(tmp_path) -> None:
    profile = Profile(tmp_path / "nowhere")
    assert profile.peek() == Settings()
    assert not (tmp_path / "nowhere").exists()
