"""What only the packers use is not looked at when the program is frozen."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tools.set_up import ROOT

LOCK = "av==18.1.0 \\\n    --hash=sha256:00\n    # via\n    #   requests\njaraco-classes==3.4.0\n"
INSTALLED = {
    "av": ["av"],
    "jaraco": ["jaraco.classes", "jaraco.for-packers"],
    "requests": ["requests"],
    "yaml": ["PyYAML"],
    "no-module": ["requests"],
}


@pytest.fixture(scope="module")
def packers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("packers", ROOT / "packaging/freeze/packers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_what_no_lock_of_the_program_pins(packers: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text(LOCK, "utf-8")
    assert list(packers.only_for_packing([tmp_path / "lock.txt"], INSTALLED)) == ["requests", "yaml"]


def test_in_this_environment_the_tests_own_tools_are_found_and_the_program_s_libraries_are_not(packers: ModuleType) -> None:
    locks = [ROOT / "packaging/requirements" / name for name in ("desktop.txt", "server-agency.txt")]
    found = set(packers.only_for_packing(locks))
    assert "pytest" in found
    assert not found & {"PySide6", "aiortc", "av", "cv2", "numpy", "sqlalchemy", "psycopg", "redis", "uvicorn", "keyring", "jaraco"}
