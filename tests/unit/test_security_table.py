"""`docs/security.md` names tests that exist, every requirement has its row, and every row says what holds it."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_the_page_writes_text_and_never_markup_or_code() -> None:
    sources = [file for file in (RESOURCES / "web").rglob("*") if file.suffix in (".js", ".html")]
    assert len(sources) > 20
    assert not [file.name for file in sources if MARKUP_OR_CODE.search(file.read_text(encoding="utf-8"))]
