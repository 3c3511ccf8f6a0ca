"""Settings: written whole, chosen ports kept, nothing lost of a broken file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.media.ports import DeviceChoice
from app.services.profile import Devices, Profile, ProfileError, Settings, only_demonstration


def test_ports_are_chosen_once_and_kept(tmp_path: Path) -> None:
    first = Profile(tmp_path / "profile").load()
    assert first.public_port != first.control_port
    assert min(first.public_port, first.control_port) > 1023
    assert Profile(tmp_path / "profile").load() == first


def test_links_are_built_from_the_public_url_and_not_from_the_bind_address(tmp_path: Path) -> None:
    settings = Settings(public_port=4711, bind_host="0.0.0.0")  # noqa: S104 - only a value here
    assert settings.link_base == "http://localhost:4711"
    assert Settings(public_port=4711, public_url="https://video.example.org/").link_base == "https://video.example.org"


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    choice = DeviceChoice(camera="synthetic:camera", microphone=None, loudspeaker="")
    settings = msgspec.structs.replace(profile.load(), language="en", label="Jobcenter Nord", devices=Devices.of(choice))
    profile.save(settings)
    assert profile.load() == settings
    assert profile.load().devices.choice() == choice
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"public_port": "many"}', b'{"label": ""}', b"\xff\xfe\x00"])
def test_a_broken_file_is_kept_aside_and_the_next_start_works(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    profile = Profile(tmp_path)
    with pytest.raises(ProfileError) as caught:
        profile.load()
    assert caught.value.key == "app.profile.broken"
    aside = Path(caught.value.values["file"])
    assert aside.read_bytes() == content
    assert profile.load().public_port > 0

    (tmp_path / "settings.json").write_bytes(content)
    with pytest.raises(ProfileError) as again:
        profile.load()
    assert Path(again.value.values["file"]) != aside
    assert aside.read_bytes() == content


def test_a_folder_that_cannot_be_made_has_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProfileError) as caught:
        Profile(tmp_path / "file").load()
    assert caught.value.key == "app.profile.unreadable"


def test_a_disk_that_refuses_leaves_the_old_settings(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    before = profile.load()
    (tmp_path / "settings.new").mkdir()
    with pytest.raises(ProfileError) as caught:
        profile.save(msgspec.structs.replace(before, language="en"))
    assert caught.value.key == "app.profile.unwritable"
    assert profile.load() == before


@pytest.mark.parametrize(
    ("url", "only_inside"),
    [
        ("http://localhost:8080", True),
        ("https://localhost", True),
        ("https://127.0.0.1:8443", True),
        ("https://[::1]", True),
        ("https://192.168.3.4", True),
        ("https://10.0.0.1", True),
        ("https://[fd00::1]", True),
        ("https://server", True),
        ("https://server.local", True),
        ("https://demo.test", True),
        ("http://video.example.org", True),
        ("https://video.example.org", False),
        ("https://video.example.org.", False),
        ("https://93.184.216.34", False),
        ("https://notlocal.de", False),
    ],
)
def test_what_nobody_outside_can_open_serves_demonstration_only(url: str, only_inside: bool) -> None:
    assert only_demonstration(url) is only_inside
