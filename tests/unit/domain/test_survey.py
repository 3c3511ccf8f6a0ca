"""The questionnaires that ship, and what a sheet may hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.survey import (
    NO_ANSWER,
    Questionnaire,
    Sheet,
    Spoken,
    SurveyError,
    Variant,
    check_about,
    quarter_before,
    quarter_of,
    start_of,
)
from app.domain.survey_counts import AboutCounts, CellCounts, counts_of
from app.paths import RESOURCES

FILES = sorted((RESOURCES / "survey").glob("*.toml"))
NEWEST = Questionnaire.parse(FILES[-1].read_text("utf-8"))
FILLED = Sheet("2026-1", "0815", "2026-Q4", Spoken.GERMAN, Variant.FAILED, {"again": "yes", "next": NO_ANSWER, "failed-at": "link"})


def test_every_file_is_a_questionnaire_of_its_name_with_the_four_published_figures() -> None:
    for file in FILES:
        read = Questionnaire.parse(file.read_text("utf-8"))
        assert read.version == file.stem
        assert [indicator.id for indicator in read.indicators] == ["recommend", "easy", "again", "next_by_video"]


def test_a_whole_sheet_holds() -> None:
    FILLED.check(NEWEST)


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (replace(FILLED, version="1999-1"), "unknown-version"),
        (replace(FILLED, quarter="2026-11-29"), "period"),
        (replace(FILLED, variant=Variant.HELD), "question"),
        (replace(FILLED, answers={"again": "yes"}), "question"),
        (replace(FILLED, answers={**FILLED.answers, "name": "x"}), "question"),
        (replace(FILLED, answers={**FILLED.answers, "next": "perhaps, my name is …"}), "answer"),
    ],
)
def test_anything_else_is_told_by_its_code(sheet: Sheet, code: str) -> None:
    with pytest.raises(SurveyError) as told:
        sheet.check(NEWEST)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "2026-1"', ""),
        ('answers = ["yes", "no"]', 'answers = ["yes", "none"]'),
        ('answers = ["yes", "no"]', 'answers = "yes"'),
        ('counts = ["video"]', 'counts = ["radio"]'),
        ('id = "health"', 'id = "children"'),
        ('asked = ["failed"]', 'asked = ["held", "failed"]'),
        ("[[question]]", "[[question"),
    ],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(before: str, after: str) -> None:
    text = FILES[-1].read_text("utf-8")
    assert before in text
    with pytest.raises(SurveyError):
        Questionnaire.parse(text.replace(before, after))


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({}, "question"),
        ({"children": "yes", "health": "no", "new-to-it": NO_ANSWER, "name": "x"}, "question"),
        ({"children": "perhaps", "health": "no", "new-to-it": NO_ANSWER}, "answer"),
    ],
)
def test_what_people_say_about_themselves_is_closed_too(about: dict[str, str], code: str) -> None:
    check_about(NEWEST, {"children": "yes", "health": "no", "new-to-it": NO_ANSWER})
    with pytest.raises(SurveyError) as caught:
        check_about(NEWEST, about)
    assert caught.value.code == code


@pytest.mark.parametrize("quarter", ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"])
def test_a_quarter_begins_where_the_one_before_ends(quarter: str) -> None:
    start = start_of(quarter)
    assert (quarter_of(start), quarter_of(start - 1)) == (quarter, quarter_before(quarter))
    assert quarter_before(quarter, 4) == f"{int(quarter[:4]) - 1}{quarter[4:]}"


@pytest.mark.parametrize("wrong", ["", "2026-Q5", "2026-11", "1999-Q1"])
def test_what_is_no_quarter_has_no_start(wrong: str) -> None:
    with pytest.raises(SurveyError):
        start_of(wrong)


def test_sums_are_of_one_site_and_quarter_and_add_up() -> None:
    other = replace(FILLED, spoken=Spoken.OTHER, answers={**FILLED.answers, "again": "no"})
    elsewhere = [replace(FILLED, site="4711"), replace(FILLED, quarter="2026-Q3")]
    tally = (FILLED.site, FILLED.quarter, "2026-1", "children")
    tallies = {(*tally, "yes"): 2, (*tally, NO_ANSWER): 1, ("4711", *tally[1:], "no"): 9}
    counts = counts_of("0815", "2026-Q4", [FILLED, other, FILLED, *elsewhere], tallies)
    german = CellCounts("2026-1", Spoken.GERMAN, Variant.FAILED, 2, {"again": {"yes": 2}, "next": {NO_ANSWER: 2}, "failed-at": {"link": 2}})
    assert counts.cells[0] == german
    assert [(cell.spoken, cell.sheets, cell.answers["again"]) for cell in counts.cells[1:]] == [(Spoken.OTHER, 1, {"no": 1})]
    assert counts.about == (AboutCounts("2026-1", {"children": {NO_ANSWER: 1, "yes": 2}}),)
