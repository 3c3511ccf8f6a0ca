"""Charts and their equal tables: what stands there went through disclosure control, what is hidden says why, and files of reports open."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.evaluation import Source
from app.evaluation import Evaluation
from app.paths import RESOURCES
from app.services.appointments.ports import BookError
from app.services.evaluation.charts import Chart, Kind
from app.services.evaluation.own_figures import OwnFigures, Shown, chart_csv, read_lines
from app.services.evaluation.schema import Export
from app.services.evaluation.wording import Wording
from app.texts import Texts
from tests.support.evaluation import DATA, NEWEST, TODAY, counted, export

TEXTS = Texts.load(RESOURCES / "i18n", "de", "app")
FIGURES = OwnFigures(Wording(TEXTS), NEWEST)
NOW = 1_790_000_000


def chart(shown: Shown, id_: str) -> Chart:
    return next(chart for chart in shown.charts if chart.id == id_)


def own(*sheets: int, least: int = 10) -> Shown:
    quarters = [counted(f"2025-Q{number + 1}", count, number) for number, count in enumerate(sheets)]
    return FIGURES.of_export(export("jc-a", quarters), least)


def test_our_figures_stand_beside_those_of_the_agency() -> None:
    shown = own(120, 120)
    indicators = chart(shown, "indicators")
    assert [row.values[1].said for row in indicators.rows] == ["96–97 %", "90 %", "83 %", "43 %"]
    assert indicators.kind is Kind.PAIRS
    again = chart(shown, "question-again")
    assert again.kind is Kind.STACKED
    assert [row.label for row in again.rows] == ["Diese Auswertung", "Bundesagentur für Arbeit"]
    assert again.rows[1].values[0].number == 83
    assert len(chart(shown, "question-privacy").rows) == 1


def test_every_chart_has_an_equal_table() -> None:
    for each in own(120, 120).charts:
        assert each.headings
        drawn = {value.said for row in each.rows for value in row.values if value.said}
        assert drawn <= {cell for row in each.table for cell in row}
        assert len({each.id for each in own(120, 120).charts}) == len(own(120, 120).charts)
        assert all(cell in each.spoken for row in each.table for cell in row)


def test_counts_are_multiples_of_five() -> None:
    for each in own(120, 130).charts:
        counts = [cell for row in each.table for head, cell in zip(each.headings, row, strict=True) if head in ("Anzahl", "Bögen")]
        assert all(cell in ("zu wenige", "–") or int(cell.replace(".", "")) % 5 == 0 for cell in counts)


def test_what_is_hidden_has_no_number_and_says_why() -> None:
    shown = own(30)
    failed = chart(shown, "question-failed-at")
    assert (failed.rows, failed.table) == ((), ())
    assert "nicht sicher 10" in failed.note


def test_a_quarter_that_is_too_small_waits_whole() -> None:
    shown = own(120, 8)
    assert "1. Quartal 2025" in shown.title
    assert [row.label for row in chart(shown, "quarters").rows] == ["1. Quartal 2025"]
    with pytest.raises(BookError) as refused:
        own(8, 6)
    assert refused.value.key == "app.takeup.too-few"


def test_policy_may_ask_for_more() -> None:
    with pytest.raises(BookError):
        own(40, least=100)


def test_one_workstation_shows_nothing_whatever_its_size() -> None:
    alone = export("jc-a", [counted("2025-Q1", 500)])
    fields = {name: getattr(alone, name) for name in alone.__struct_fields__} | {"source": Source.WORKSTATION}
    with pytest.raises(BookError):
        FIGURES.of_export(Export(**fields), 10)


def test_the_example_is_marked_on_every_chart_and_table() -> None:
    shown = FIGURES.example(NOW)
    assert shown.mark == "Erfundene Daten"
    assert "erfunden" in shown.title
    for each in shown.charts:
        assert each.mark == "Erfundene Daten"
        assert "Erfundene Daten" in chart_csv(each).decode("utf-8-sig")
        assert each.spoken.startswith("Erfundene Daten")
    assert not any(each.mark for each in own(120).charts)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures of a merged report, as `videoberatung evaluate` writes them."""
    from app.services.evaluation.folder import read_key, read_sites, summary
    from app.services.evaluation.sheets import COLUMNS, csv_of, lines

    folder = tmp_path_factory.mktemp("report")
    evaluation = Evaluation(TEXTS, 10, TODAY)
    figures, rejected = evaluation.figures(
        sorted(DATA.glob("*.vbx")), read_sites(DATA / "sites.json"), read_key(DATA / "office.key", "office")
    )
    (folder / "summary.json").write_bytes(summary(figures, rejected))
    (folder / "figures.csv").write_bytes(csv_of(lines(figures, Wording(TEXTS)), COLUMNS))
    return folder


@pytest.mark.parametrize("name", ["summary.json", "figures.csv"])
def test_a_merged_report_opens_by_either_of_its_files(report: Path, name: str) -> None:
    shown = FIGURES.of_report(report / name)
    assert "Bericht der Zentrale" in shown.title
    assert shown.mark == "Erfundene Daten"
    assert chart(shown, "indicators").rows[0].values[0].number
    assert len(chart(shown, "quarters").rows) == 2


def test_other_files_are_no_report(report: Path, tmp_path: Path) -> None:
    with pytest.raises(BookError) as refused:
        FIGURES.of_report(tmp_path / "summary.json")
    assert refused.value.key == "app.takeup.open.unreadable"
    (tmp_path / "summary.json").write_bytes((report / "summary.json").read_bytes())
    for broken in (b"", b"a;b\r\n", b"\xff\xfe", (report / "figures.csv").read_bytes().replace(b"count", b"kount", 1)):
        (tmp_path / "figures.csv").write_bytes(broken)
        with pytest.raises(BookError) as refused:
            FIGURES.of_report(tmp_path / "figures.csv")
        assert refused.value.key == "app.takeup.open.broken"


def test_lines_that_this_program_does_not_know_are_passed_over(report: Path) -> None:
    data = (report / "figures.csv").read_bytes()
    more = b'"question";"";"new-one";"yes";5;10.0;""\r\n"take-up";"";"device";"watch";5;10.0;""\r\n"other";"";"x";"";;;""\r\n'
    assert len(read_lines(data + more)) == len(read_lines(data)) + 3
