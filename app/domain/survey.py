"""The anonymous survey after a session: questions with closed answers, and what an answer sheet may hold. No I/O, imports nothing of `app`.

The questionnaires lie in `resources/survey/VERSION.toml`; a version is never changed. What a person says about themselves is counted
apart from the answers and from each other, so nothing of it stands in a `Sheet`.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

NO_ANSWER = "none"
"""The answer of who gives none ("keine Angabe"); every question and every statement has it."""
MAX_QUESTIONS = 6
"""On one screen."""
_QUARTER = re.compile(r"20\d\d-Q[1-4]")


class Variant(enum.Enum):
    """What the questions are asked about."""

    HELD = "held"
    PHONE = "phone"
    """It went on by phone."""
    FAILED = "failed"
    """It did not come about, for technical reasons."""


class Spoken(enum.Enum):
    """The language of the session, as coarse as it is kept."""

    GERMAN = "de"
    OTHER = "other"


TECHNICAL = frozenset(
    {
        *("denied", "blocked", "missing", "busy", "ended", "silent", "interrupted", "in-app", "unsupported", "unknown"),
        *("no-network", "stuck", "not-ready", "too-many", "malformed", "unknown-type", "too-large", "out-of-order", "room-full"),
    }
)
"""Reasons that the page reports (PROTOCOL.md, section 10) for which a session counts as failed for technical reasons."""


GRACE_S = 14 * 86_400
"""So long after its end answers of a quarter are still counted: rights of its last days, tabs that were closed in between."""


def quarter_of(now: int) -> str:
    """The calendar quarter of a time (Unix seconds), in UTC: `2026-Q4`."""
    day = datetime.fromtimestamp(now, UTC)
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def quarter_before(quarter: str, count: int = 1) -> str:
    """The quarter so many before."""
    number = int(quarter[:4]) * 4 + int(quarter[-1]) - 1 - count
    return f"{number // 4:04}-Q{number % 4 + 1}"


def closed_quarters(now: int, count: int) -> list[str]:
    """The last ones of which nothing arrives any more, the newest first."""
    running = quarter_of(now)
    newest = 2 if now < start_of(running) + GRACE_S else 1
    return [quarter_before(running, newest + before) for before in range(count)]


def start_of(quarter: str) -> int:
    """Its first second, Unix seconds. Raises SurveyError with `period` for what is no quarter."""
    if not _QUARTER.fullmatch(quarter):
        raise SurveyError("period")
    return int(datetime(int(quarter[:4]), int(quarter[-1]) * 3 - 2, 1, tzinfo=UTC).timestamp())


class SurveyError(ValueError):
    """A questionnaire or a sheet that cannot be. `code` is stable, for the one who sent it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its closed answers, in the order in which they are shown."""

    id: str
    answers: tuple[str, ...]
    asked: frozenset[Variant]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that people may say about themselves."""

    id: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure to be published: the share of `counts` among the answers given to `question`."""

    id: str
    question: str
    counts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of it."""

    version: str
    questions: tuple[Question, ...]
    about: tuple[Statement, ...]
    indicators: tuple[Indicator, ...]

    def asked(self, variant: Variant) -> tuple[Question, ...]:
        """The questions of a variant, in their order."""
        return tuple(question for question in self.questions if variant in question.asked)

    @classmethod
    def parse(cls, text: str) -> Questionnaire:
        """Of a TOML file. Raises SurveyError with `questionnaire` for one that contradicts itself."""
        try:
            made = _questionnaire(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise SurveyError("questionnaire") from error
        if any(len(made.asked(variant)) > MAX_QUESTIONS for variant in Variant) or not _sound(made):
            raise SurveyError("questionnaire")
        return made


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person answered: this and nothing else is kept of it."""

    version: str
    site: str
    quarter: str
    """Of the answer, `2026-Q4`."""
    spoken: Spoken
    variant: Variant
    answers: Mapping[str, str]
    """Question id → answer, or NO_ANSWER; every question of the variant stands in it."""

    def check(self, questionnaire: Questionnaire) -> None:
        """Raises SurveyError: `unknown-version`, `period`, `question` or `answer`."""
        if self.version != questionnaire.version:
            raise SurveyError("unknown-version")
        if not _QUARTER.fullmatch(self.quarter):
            raise SurveyError("period")
        asked = {question.id: question for question in questionnaire.asked(self.variant)}
        if set(asked) != set(self.answers):
            raise SurveyError("question")
        if any(answer != NO_ANSWER and answer not in asked[id_].answers for id_, answer in self.answers.items()):
            raise SurveyError("answer")


def check_about(questionnaire: Questionnaire, about: Mapping[str, str]) -> None:
    """What a person said about themselves. Raises SurveyError: `question` or `answer`."""
    statements = {statement.id: statement for statement in questionnaire.about}
    if set(statements) != set(about):
        raise SurveyError("question")
    if any(answer != NO_ANSWER and answer not in statements[id_].answers for id_, answer in about.items()):
        raise SurveyError("answer")


def _questionnaire(read: Mapping[str, object]) -> Questionnaire:
    def rows(name: str) -> list[dict[str, object]]:
        found = read[name]
        if not isinstance(found, list):
            raise TypeError(name)
        return found

    def words(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise TypeError(value)
        return tuple(value)

    return Questionnaire(
        str(read["version"]),
        tuple(Question(str(row["id"]), words(row["answers"]), frozenset(map(Variant, words(row["asked"])))) for row in rows("question")),
        tuple(Statement(str(row["id"]), words(row["answers"])) for row in rows("about")),
        tuple(Indicator(str(row["id"]), str(row["question"]), frozenset(words(row["counts"]))) for row in rows("indicator")),
    )


def _sound(made: Questionnaire) -> bool:
    asked = {question.id: question for question in made.questions}
    ids = [*asked, *(statement.id for statement in made.about)]
    rows: tuple[Question | Statement, ...] = (*made.questions, *made.about)
    closed = all(len(set(row.answers)) == len(row.answers) > 1 and NO_ANSWER not in row.answers for row in rows)
    known = all(indicator.question in asked and indicator.counts <= set(asked[indicator.question].answers) for indicator in made.indicators)
    return closed and known and len(set(ids)) == len(made.questions) + len(made.about)
