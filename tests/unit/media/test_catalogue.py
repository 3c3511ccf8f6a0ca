"""What a device's id says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.media.cameras import camera_source
from app.media.catalogue import is_hardware, stable_camera_id


@pytest.mark.parametrize(
    ("device", "source"),
    [("", 0), ("2", 2), ("1:USB camera", 1), ("/dev/video3", 3), ("/dev/something", "/dev/something")],
)
def test_a_camera_is_opened_by_its_number_where_it_has_one(device: str, source: int | str) -> None:
    assert camera_source(device) == source


def test_a_camera_keeps_its_name_wherever_it_is_plugged_in(tmp_path: Path) -> None:
    node, other = tmp_path / "video0", tmp_path / "video1"
    node.touch()
    other.touch()
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-Maker_Camera_1234-video-index0").symlink_to(node)
    assert stable_camera_id(str(node), by_id) == str(by_id / "usb-Maker_Camera_1234-video-index0")
    assert stable_camera_id(str(other), by_id) == str(other)
    assert stable_camera_id(str(node), tmp_path / "nowhere") == str(node)


@pytest.mark.parametrize(
    ("device", "hardware"),
    [(None, False), ("", True), ("sound:ALSA:default", True), ("/dev/video0", True), ("synthetic:camera", False), ("file:a.y4m", False)],
)
def test_only_real_devices_are_hardware(device: str | None, hardware: bool) -> None:
    assert is_hardware(device) is hardware
