"""`docs/security.md` names tests that exist, every requirement has its row, and every row says what holds it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import msgspec

import app.wire
from app.paths import RESOURCES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
ITEMS = [*(str(number) for number in range(10, 24)), "27"]
ASVS = (
    "2.3.4 2.4.1 3.2.2 3.3.1 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.5.3 4.1.1 4.1.3 4.4.1 4.4.2 4.4.3 4.4.4 6.2.1 6.3.2 6.3.3 6.5.2 6.8.2 "
    "7.2.3 7.3.1 7.3.2 7.4.1 8.2.2 8.4.1 9.1.2 11.4.2 11.5.1 12.1.1 12.3.1 13.3.1 13.4.2 13.4.5 14.2.1 14.3.2 14.3.3 15.1.1 15.1.2 "
    "15.2.3 15.3.4 16.2.2 16.2.5 16.3.1 16.4.1 16.5.1 17.1.1 17.1.2 17.2.1 17.2.2 17.2.3 17.2.4 17.2.8 17.3.1 17.3.2"
)
ROW = re.compile(r"^\| (\d+(?:\.\d+\.\d+)?) \|[^|]*\|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`((?:\w+/)*\w+\.py)?::(\w+)`")
REASONS = re.compile(r"see item (\d+)|not applicable: |[Gg]ap: ")
MARKUP_OR_CODE = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|eval)\b|document\.write|new Function|setAttribute\(.on")


def rows() -> list[tuple[str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def named_tests(text: str) -> list[tuple[str, str]]:
    """File and test; a test without a file is of the file before."""
    found, file = [], ""
    for named, test in NAMED.findall(text):
        file = named or file
        found.append((file, test))
    return found


def test_every_requirement_has_one_row() -> None:
    assert [number for number, _ in rows()] == [*ITEMS, *ASVS.split()]


def test_every_test_that_is_named_exists() -> None:
    named = named_tests(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 80
    sources = {file: (ROOT / "tests" / file).read_text(encoding="utf-8") for file, _ in named}
    assert not [f"{file}::{test}" for file, test in named if f"def {test}(" not in sources[file]]


def test_every_row_names_a_test_or_a_reason() -> None:
    table = rows()
    assert not [number for number, held in table if not named_tests(held) and not REASONS.search(held)]
    by_item = {number: held for number, held in table if number in ITEMS}
    referred = {item for _, held in table for item in re.findall(r"see item (\d+)", held)}
    assert not [item for item in referred if not named_tests(by_item[item])]


FORESEEABLE = {
    "app/bench/poor_line.py": "a line that loses packets",
    "app/bench/room.py": "the echo of a simulated room",
    "app/media/patches/consent.py": "RFC 7675 spreads questions over time",
    "app/media/rough_way.py": "a line that loses packets",
    "app/media/voice.py": "the noise in a synthetic voice",
    "app/services/evaluation/inventing.py": "figures of a training",
    "app/services/fakes/sample_appointments.py": "made-up people",
    "app/services/link.py": "how long to wait before the next attempt",
    "resources/web/clock.js": "the same in the page",
}
"""Modules that draw from a generator whose next number others could work out, and what for. None of it is secret."""


def test_chance_that_others_could_foresee_decides_nothing_secret() -> None:
    drawing = {file for file in (ROOT / "app").rglob("*.py") if foreseeable(ast.parse(file.read_text(encoding="utf-8")))}
    drawing |= {file for file in (RESOURCES / "web").rglob("*.js") if "Math.random" in file.read_text(encoding="utf-8")}
    assert {file.relative_to(ROOT).as_posix() for file in drawing} == set(FORESEEABLE)


def foreseeable(module: ast.Module) -> bool:
    """True if it uses anything of `random` but the system's own source, or takes names out of it."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id="random"), attr=name) if name != "SystemRandom":
                return True
            case ast.ImportFrom(module="random") | ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
                return True
    return False


def test_no_message_names_the_algorithm_by_which_it_is_to_be_believed() -> None:
    """Signatures of the control link are Ed25519 and those of the survey RSABSSA; a peer cannot ask for another one."""
    modules = [importlib.import_module(f"app.wire.{found.name}") for found in pkgutil.iter_modules(app.wire.__path__)]
    messages = [one for module in modules for one in vars(module).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    fields = {name for message in messages for name in message.__struct_fields__}
    assert {"signature", "nonce"} <= fields
    assert not [name for name in fields if re.search(r"alg|crv|curve|kty|hash_name", name)]


def test_the_page_writes_text_and_never_markup_or_code() -> None:
    sources = [file for file in (RESOURCES / "web").rglob("*") if file.suffix in (".js", ".html")]
    assert len(sources) > 20
    assert not [file.name for file in sources if MARKUP_OR_CODE.search(file.read_text(encoding="utf-8"))]
