"""Exports become rounded tables: sites first, then quarters; what was published stays as it was said."""

from __future__ import annotations

import pytest
from msgspec import structs

from app.domain.disclosure import BASE
from app.domain.evaluation import LEAST, Source
from app.services.evaluation.accepting import accept
from app.services.evaluation.export import Reason
from app.services.evaluation.figures import Counting
from app.services.evaluation.merging import Merger, PreviousMissing
from app.services.evaluation.schema import Counted
from tests.support.evaluation import MADE_ON, NEWEST, TODAY, counted, export, reader, sheets_of, writer

MERGER = Merger(NEWEST, LEAST)
NAMES = {"jc-a": "Jobcenter Zett", "jc-b": "Jobcenter Älm", "jc-c": "Jobcenter Café"}


def of(quarter: str = "2026-Q3", **again: int) -> Counted:
    return Counted(quarter=quarter, cells=[sheets_of({"again": {answer.replace("_", "-"): n for answer, n in again.items()}})])


def figures(exports, previous=None, least=LEAST):
    return Counting(NEWEST, least, NAMES).figures(Merger(NEWEST, least).merge(exports, previous), invented=False)


def test_a_site_is_added_up_before_it_is_rounded() -> None:
    four = [export("jc-a", [of(yes=2)]) for _ in range(4)]
    assert MERGER.merge(four).whole("survey.again").counts["yes"] == 10, "8, not four times nothing"


def test_shares_and_totals_are_those_of_the_answers() -> None:
    made = figures([export(site, [of(yes=40, rather_yes=30, rather_no=20, no=10)]) for site in ("jc-a", "jc-b")])
    assert made.answers == 200
    assert made.indicators["again"].value == pytest.approx(0.7)
    assert made.indicators["recommend"] is None, "nobody was asked"


def test_sites_stand_by_name_and_small_ones_are_hidden_with_another() -> None:
    made = figures([export("jc-a", [of(yes=90, no=10)]), export("jc-b", [of(yes=4)]), export("jc-c", [of(yes=30, no=20)])])
    assert [row.name for row in made.by_site] == ["Jobcenter Älm", "Jobcenter Café", "Jobcenter Zett"]
    assert [row.answers for row in made.by_site] == [None, None, 100]


def test_nothing_is_shown_of_a_few() -> None:
    made = figures([export("jc-a", [of(yes=6, no=3)])])
    assert (made.answers, made.indicators["again"], made.by_site[0].answers) == (None, None, None)


def test_who_wants_larger_groups_gets_them() -> None:
    few = [export("jc-a", [of(yes=30, no=10)])]
    assert figures(few).answers == 40
    assert figures(few, least=50).answers is None


def test_nothing_leaves_but_multiples() -> None:
    made = figures([export(site, [counted(seed=seed)]) for seed, site in enumerate(NAMES)])
    tables = [table for of in (made.questions, made.about, made.take_up) for table in of if table.counts]
    assert tables
    assert all(count % BASE == 0 for table in tables for count in table.counts.values())


def test_what_was_published_stays_and_what_is_late_is_added() -> None:
    first = [export("jc-a", [of(yes=33, no=21)]), export("jc-b", [of(yes=17, no=12)])]
    before = MERGER.merge(first)
    late = export("jc-a", [of(yes=22, no=9)])
    after = MERGER.merge([*first, late], before.batches)
    assert not after.too_few
    for table, quarters in before.tables.items():
        assert quarters["2026-Q3"].items() <= after.tables[table]["2026-Q3"].items()
    assert [len(batch) for batch in after.batches["2026-Q3"]] == [2, 1]


def test_what_adds_too_few_answers_waits() -> None:
    first = [export("jc-a", [of(yes=33, no=21)]), export("jc-b", [of(yes=17, no=12)])]
    before = MERGER.merge(first)
    few = export("jc-b", [of(yes=3, no=1)])
    after = MERGER.merge([*first, few], before.batches)
    assert after.too_few == {few.id}
    assert (after.tables, after.batches) == (before.tables, before.batches), "as if it had not come"
    new_quarter = export("jc-a", [of("2026-Q2", yes=2)])
    assert MERGER.merge([*first, new_quarter], before.batches).quarters == ["2026-Q3"]


def alone(site: str, **again: int):
    return structs.replace(export(site, [of(**again)]), source=Source.WORKSTATION)


def test_one_counsellor_is_never_shown() -> None:
    """A site whose only source is one workstation, or a report of nothing else."""
    made = figures([export("jc-a", [of(yes=90, no=10)]), alone("jc-b", yes=50, no=20), export("jc-c", [of(yes=30, no=20)])])
    assert [row.answers for row in made.by_site] == [None, None, 100], "Zett only: Älm is one person, and Café would give it away"
    assert made.answers == 220
    only = figures([alone("jc-b", yes=50, no=20)])
    assert (only.answers, only.indicators["again"], only.by_site[0].answers, only.by_quarter[0].answers) == (None, None, None, None)
    assert all(row.answers is None for row in only.by_language)
    two = figures([alone("jc-b", yes=50, no=20), alone("jc-b", yes=30)])
    assert two.by_site[0].answers == 100, "two workstations are two people"


def test_nor_by_the_difference_of_two_publications() -> None:
    first = [export("jc-a", [of(yes=33, no=21)]), export("jc-b", [of(yes=17, no=12)])]
    before = MERGER.merge(first)
    late = alone("jc-b", yes=50, no=20)
    assert MERGER.merge([*first, late], before.batches).too_few == {late.id}


def test_what_was_published_must_be_there() -> None:
    first = [export("jc-a", [of(yes=33)]), export("jc-b", [of(yes=17)])]
    with pytest.raises(PreviousMissing):
        MERGER.merge(first[1:], MERGER.merge(first).batches)


def test_the_order_of_files_changes_nothing() -> None:
    exports = [export(site, [counted(seed=seed)]) for seed, site in enumerate(NAMES)]
    assert figures(exports) == figures(exports[::-1])


def test_double_and_overlapping_exports_cost_only_themselves(tmp_path) -> None:
    one, other = writer("jc-a"), writer("jc-b")
    data = one.write([counted("2026-Q2"), counted("2026-Q3")], MADE_ON)
    files = {
        "a.vbx": data,
        "a-again.vbx": data,
        "a-anew.vbx": one.write([counted("2026-Q2"), counted("2026-Q3")], MADE_ON),
        "0-part.vbx": one.write([counted("2026-Q3")], MADE_ON),
        "b.vbx": other.write([counted()], MADE_ON),
        "c.vbx": other.write([counted("2026-Q2")], MADE_ON, invented=True),
        "noise.vbx": b"what is this",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    accepted = accept([*map(tmp_path.joinpath, files), tmp_path / "gone.vbx", tmp_path / ("x" * 10_000)], reader(), TODAY, invented=False)
    assert [name for name, _ in accepted.exports] == ["a.vbx", "b.vbx"]
    assert {file.file: file.reason for file in accepted.rejected} == {
        "a-again.vbx": Reason.DOUBLE,
        "a-anew.vbx": Reason.DOUBLE,
        "0-part.vbx": Reason.OVERLAPPING,
        "c.vbx": Reason.INVENTED,
        "noise.vbx": Reason.ALTERED,
        "gone.vbx": Reason.UNREADABLE,
        "x" * 10_000: Reason.UNREADABLE,
    }
