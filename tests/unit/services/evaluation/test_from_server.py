"""What the server counted is an export as it is: nothing is left out, nothing has to be mended."""

from __future__ import annotations

import random
from datetime import date

import pytest

from app.domain.evaluation import Source
from app.domain.secrets import new_id
from app.domain.survey import NO_ANSWER, Questionnaire, Sheet, Spoken, Variant
from app.domain.survey_counts import counts_of
from app.paths import RESOURCES
from app.services.control_connection import CommandRefused
from app.services.evaluation.from_server import counted
from app.services.evaluation.schema import SCHEMA, Export, check
from app.services.fakes.link import FakeLink

NEWEST = Questionnaire.parse((RESOURCES / "survey" / "2026-1.toml").read_text("utf-8"))
QUARTER = "2026-Q3"


def sheet(chance: random.Random) -> Sheet:
    variant = chance.choice(list(Variant))
    answers = {question.id: chance.choice([*question.answers, NO_ANSWER]) for question in NEWEST.asked(variant)}
    return Sheet(NEWEST.version, "musterstadt", QUARTER, chance.choice(list(Spoken)), variant, answers)


async def test_counts_of_the_server_are_an_export() -> None:
    chance = random.Random(1)
    tallies = {
        ("musterstadt", QUARTER, NEWEST.version, statement.id, answer): 7 for statement in NEWEST.about for answer in statement.answers
    }
    link = FakeLink()
    link.survey[QUARTER] = counts_of("musterstadt", QUARTER, [sheet(chance) for _ in range(200)], tallies)
    quarter = counted(await link.survey_counts(QUARTER), {})
    made = Export(
        schema=SCHEMA,
        id=new_id(),
        site="musterstadt",
        source=Source.SERVER,
        source_id=new_id(),
        made_on=date(2026, 11, 1),
        quarters=[quarter],
    )
    check(made, {NEWEST.version: NEWEST})
    assert sum(cell.sheets for cell in quarter.cells) == 200
    assert quarter.about[0].statements["health"] == {"no": 7, "yes": 7}
    with pytest.raises(CommandRefused):
        await link.survey_counts("2026-Q4")
