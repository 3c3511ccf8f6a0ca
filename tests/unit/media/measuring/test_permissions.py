"""Where the system says beforehand that a device is not for us."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.checks import Fault
from app.media.measuring.permissions import linux_refusal, refusal, windows_refusal
from app.media.ports import DeviceKind

CAMERA, MICROPHONE = DeviceKind.CAMERA, DeviceKind.MICROPHONE


@pytest.mark.parametrize(
    ("kind", "denied", "fault"),
    [
        (CAMERA, (), None),
        (CAMERA, ((True, "webcam"),), Fault.CAMERA_BLOCKED),
        (CAMERA, ((False, "webcam"),), Fault.CAMERA_DENIED),
        (CAMERA, ((False, "NonPackaged"),), Fault.CAMERA_DENIED),
        (CAMERA, ((True, "microphone"),), None),
        (MICROPHONE, ((True, "microphone"), (False, "microphone")), Fault.MIC_BLOCKED),
        (MICROPHONE, ((False, "NonPackaged"),), Fault.MIC_DENIED),
    ],
)
def test_the_switches_of_windows(kind: DeviceKind, denied: tuple[tuple[bool, str], ...], fault: Fault | None) -> None:
    def read(machine: bool, key: str) -> str:
        return "Deny" if (machine, key.rsplit("\\", 1)[-1]) in denied else "Allow"

    assert windows_refusal(kind, read) is fault


def test_a_switch_that_is_not_there_forbids_nothing() -> None:
    assert windows_refusal(CAMERA, lambda machine, key: "") is None


def test_a_device_file_that_is_not_ours_is_blocked(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    assert linux_refusal(device, lambda path: False) is None, "one that is not there is nobody's"
    device.write_bytes(b"")
    assert linux_refusal(device, lambda path: False) is Fault.CAMERA_BLOCKED
    assert linux_refusal(device) is None
    assert refusal(CAMERA, str(device)) is None
    assert refusal(MICROPHONE, "") is None
