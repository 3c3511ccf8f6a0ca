"""A packed program that runs goes on when its file is gone."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType, SimpleNamespace

import pytest

from tools.set_up import ROOT


def staying() -> ModuleType:
    spec = importlib.util.spec_from_file_location("staying", ROOT / "packaging/freeze/staying.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("system", "read"), [("linux", "/proc/self/exe"), ("win32", "videoberatung.exe")])
def test_modules_come_from_the_file_that_was_started(monkeypatch: pytest.MonkeyPatch, system: str, read: str) -> None:
    archive = SimpleNamespace(_filename="videoberatung.exe")
    monkeypatch.setitem(sys.modules, "pyimod02_importers", SimpleNamespace(pyz_archive=archive))
    monkeypatch.setattr(sys, "platform", system)
    staying().outlive_update()
    assert archive._filename == read
