"""Every fault of the table has a test that provokes it, on either side, as honestly as the table says."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

from app.domain.checks import Fault, ProvokedBy, Side
from tests.e2e.check_page_table import ROWS
from tests.e2e.check_table import COUNSELLOR
from tests.support.checks import TABLE

ROOT = Path(__file__).resolve().parents[2]


def met_by(side: Side) -> dict[Fault, ProvokedBy]:
    return {row.fault: row.provoked_by[side] for row in TABLE.rows if side in row.provoked_by}


@functools.cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_counsellors_side_is_whole() -> None:
    assert {fault: row.provoked_by for fault, row in COUNSELLOR.items()} == met_by(Side.COUNSELLOR)


def test_the_clients_side_is_whole() -> None:
    assert {Fault(name): how for name, how in ROWS.items()} == met_by(Side.CLIENT)


@pytest.mark.parametrize("fault", COUNSELLOR, ids=lambda fault: fault.value)
def test_the_test_is_there(fault: Fault) -> None:
    row = COUNSELLOR[fault]
    assert row.test in names_in(row.file)
