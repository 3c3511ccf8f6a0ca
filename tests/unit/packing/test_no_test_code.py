"""What is given out holds no test code: nothing of the product asks for any, and a folder or a list of modules with some is refused."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.package_parts import FORBIDDEN, TESTING, forbidden, only_for_tests
from tools.set_up import ROOT


def imported(source: str) -> set[str]:
    """Names of the modules that a module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(source)))
    whole = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return whole | {f"{node.module}.{name.name}" for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names}


def test_the_product_asks_for_no_test_code() -> None:
    asked = {
        file.relative_to(ROOT).as_posix(): found
        for file in (ROOT / "app").rglob("*.py")
        if (found := {name for name in imported(file.read_text("utf-8")) if TESTING.match(name)})
    }
    inside = {file for file in asked if not file.startswith("app/bench/")}
    assert inside == {"app/__main__.py"}, "the command `bench`, which is not packed"
    assert asked["app/__main__.py"] == {"app.bench.__main__.main"}


@pytest.mark.parametrize("name", ["aiortc/codecs/x.h", "lib/x.hpp", "Faker-1.dist-info/METADATA", "a/test_b.py", "a/conftest.py"])
def test_a_folder_with_what_must_not_be_in_it_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name.lower()).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name.lower()).touch()
    assert len(forbidden(tmp_path)) >= 1
    assert forbidden(tmp_path / "nothing") == []


@pytest.mark.parametrize("module", ["tests", "tests.support", "tools.lock", "app.bench.store", "pytest", "hypothesis.strategies", "faker"])
def test_a_module_for_tests_is_refused(module: str) -> None:
    assert only_for_tests(["app.__main__", module, "apptests"]) == [f"module {module} must not be in it"]
    assert len(FORBIDDEN) == 5
