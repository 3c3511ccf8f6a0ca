"""The table for spreadsheets: readable by a German Excel, harmless, and without a word of the client's technology."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Access, Appointment, Client, Stage
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Wish
from app.domain.visit import Visit
from app.paths import RESOURCES
from app.services.exchange.csv import COLUMNS, harmless, table_of
from app.texts import Texts

BERLIN = ZoneInfo("Europe/Berlin")
TEXTS = {language: Texts.load(RESOURCES / "i18n", language, "app") for language in ("de", "en")}


def appointment(client: Client, starts: datetime = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN), **more: object) -> Appointment:
    return Appointment(id="1", starts_at=int(starts.timestamp()), minutes=90, client=client, **more)


def rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_one_row_for_each_in_the_language_of_the_person() -> None:
    weber = Client(name="Jonas Weber", email="weber@example.org", phone="0911 555")
    head, row = rows(table_of([appointment(weber, topic="Arbeit; Weg")], TEXTS["de"]))
    assert head[:4] == ["Datum", "Beginn", "Ende", "Minuten"]
    assert row[:8] == ["25.10.2026", "02:30", "04:00", "90", "Jonas Weber", "weber@example.org", "0911 555", "de"]
    assert row[8:] == ["Gespräch per Video", "Arbeit; Weg", "Noch nicht besprochen"]
    assert rows(table_of([], TEXTS["en"])) == [[TEXTS["en"](f"app.exchange.column.{column}") for column in COLUMNS]]


def test_readiness_and_secrets_stay_behind() -> None:
    told = appointment(
        Client(name="A", needs="Rollstuhl"),
        stage=Stage.CLOSED,
        readiness=Readiness(opened_at=1, camera=Check.FAILED, wish=Wish.CALL_ME, step="permission", reason="blocked"),
        visit=Visit(step="permission", reason="blocked", trouble=True),
        outcome=Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=1, step="permission", reason="blocked"),
        access=Access(room="raum", token="geheim", code="123456789"),
    )
    plain = appointment(Client(name="A"), stage=Stage.CLOSED, outcome=Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=1))
    assert table_of([told], TEXTS["de"]) == table_of([plain], TEXTS["de"])


@pytest.mark.parametrize("cell", ["=1+1", "+49 911", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_what_looks_like_a_formula_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_begins_a_formula_and_none_breaks_out_of_its_row(name: str, topic: str) -> None:
    table = rows(table_of([appointment(Client(name=name), topic=topic)], TEXTS["de"]))
    assert len(table) == 2
    assert len(table[1]) == len(COLUMNS)
    assert table[1][4].removeprefix("'") == name.removeprefix("'")
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for cell in table[1] if cell.strip())
