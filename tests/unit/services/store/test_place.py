"""Network drives are told from this machine's own, by what the system says of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.services.store.place import Partition, StorePlace, on_network_drive


@dataclass
class Mounted:
    mountpoint: str
    fstype: str


def system() -> list[Partition]:
    return [
        Mounted("/", "ext4"),
        Mounted("/mnt", "autofs"),
        Mounted("/mnt/profiles", "cifs"),
        Mounted("/mnt/profiles/local", "xfs"),
        Mounted("/net", "nfs4"),
        Mounted("/sshfs", "fuse.sshfs"),
        Mounted("/windows", "SMB3"),
        Mounted("", "nfs"),
    ]


@pytest.mark.parametrize(
    ("folder", "shared"),
    [
        ("/var/lib/x", False),
        ("/mnt/x", False),
        ("/mnt/profiles", True),
        ("/mnt/profiles/a/b", True),
        ("/mnt/profiles-of-others", False),
        ("/mnt/profiles/local/a", False),
        ("/net/a", True),
        ("/sshfs/a", True),
        ("/windows/a", True),
        ("\\\\server\\share\\profile", True),
    ],
)
def test_the_nearest_mount_decides(folder: str, shared: bool) -> None:
    assert on_network_drive(Path(folder), system) is shared
    assert StorePlace.of(Path(folder), system).shared is shared


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    target, link = tmp_path / "share", tmp_path / "link"
    target.mkdir()
    link.symlink_to(target)
    assert on_network_drive(link / "profile", lambda: [Mounted("/", "ext4"), Mounted(str(target), "nfs")])


def test_a_folder_of_this_machine_is_its_own(tmp_path: Path) -> None:
    assert not StorePlace.of(tmp_path).shared
