"""The questionnaires that ship, and what a sheet may hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.survey import NO_ANSWER, Questionnaire, Sheet, Spoken, SurveyError, Variant
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
