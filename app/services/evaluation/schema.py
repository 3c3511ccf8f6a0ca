"""What lies in an export and in the head office's files, as records (docs/exports.md is the paper). No input or output.

Counts that contradict each other, or stand outside the closed sets, are no export: `check` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from app.domain.evaluation import MOST_QUARTERS, TAKE_UP, Quarter, Source
from app.domain.survey import NO_ANSWER, Questionnaire, Spoken, Variant

SCHEMA = 1
MOST_COUNT = 10_000_000
Count = Annotated[int, Meta(ge=0, le=MOST_COUNT)]
Word = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}\Z")]
Table = dict[Word, dict[Word, Count]]
"""Question, statement or take-up table → answer → how often."""
QuarterName = Annotated[str, Meta(pattern=r"^20[0-9]{2}-Q[1-4]\Z")]
SiteId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
ExportId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
SiteName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]+\Z")]
"""One line, and nothing that turns the direction of reading."""


class Sheets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sums over the sheets of one version, language and variant."""

    version: str
    spoken: Spoken
    variant: Variant
    sheets: Count
    answers: Table
    """NO_ANSWER among them; each question sums up to `sheets`."""


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people said about themselves, of one version; counted apart from the sheets."""

    version: str
    statements: Table


class Counted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything of one quarter."""

    quarter: QuarterName
    cells: list[Sheets] = []
    about: list[About] = []
    take_up: Table = {}
    """`app.domain.evaluation.TAKE_UP`; NO_ANSWER where a counter could not be told."""


class Export(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site, one source, one closed period."""

    schema: int
    id: ExportId
    site: SiteId
    source: Source
    source_id: ExportId
    """Tells the sources of one site apart; random, made once."""
    made_on: date
    invented: bool = False
    """For demonstrations: never merged with real ones."""
    quarters: Annotated[list[Counted], Meta(min_length=1, max_length=MOST_QUARTERS)]


class SchemaOnly(msgspec.Struct, frozen=True):
    """Read first, to say that an export is of another version."""

    schema: int


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the list of trusted sites."""

    id: SiteId
    name: SiteName
    key: Key
    """Ed25519 public key."""


class SiteList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """SITES.json."""

    videoberatung_sites: int
    invented: bool = False
    sites: Annotated[list[Site], Meta(min_length=1, max_length=2000)]

    def __post_init__(self) -> None:
        if self.videoberatung_sites != 1 or any(
            len({getattr(site, name) for site in self.sites}) < len(self.sites) for name in ("id", "key")
        ):
            raise ValueError("sites")


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """A private key: of the head office (X25519) or of a site (Ed25519)."""

    videoberatung_key: str
    """`office` or `site`."""
    note: str = ""
    private: Key
    public: Key


def check(export: Export, questionnaires: Mapping[str, Questionnaire]) -> None:
    """Raises ValueError with a stable word: `questionnaire`, `counts`."""
    names = [counted.quarter for counted in export.quarters]
    if names != sorted(set(names)):
        raise ValueError("counts")
    for counted in export.quarters:
        _check_quarter(counted, questionnaires)


def _check_quarter(counted: Counted, questionnaires: Mapping[str, Questionnaire]) -> None:
    if not {*(cell.version for cell in counted.cells), *(part.version for part in counted.about)} <= questionnaires.keys():
        raise ValueError("questionnaire")
    where = [(cell.version, cell.spoken, cell.variant) for cell in counted.cells]
    if len(set(where)) < len(where) or len({part.version for part in counted.about}) < len(counted.about):
        raise ValueError("counts")
    for cell in counted.cells:
        asked = {question.id: question.answers for question in questionnaires[cell.version].asked(cell.variant)}
        _check_table(cell.answers, asked)
        if asked.keys() != cell.answers.keys() or any(sum(answers.values()) != cell.sheets for answers in cell.answers.values()):
            raise ValueError("counts")
    for part in counted.about:
        _check_table(part.statements, {statement.id: statement.answers for statement in questionnaires[part.version].about})
    _check_table(counted.take_up, TAKE_UP)


def _check_table(table: Table, known: Mapping[str, Sequence[str]]) -> None:
    """Only questions that are asked, with answers that they have."""
    if any(not answers.keys() <= {*known.get(id_, ()), NO_ANSWER} or id_ not in known for id_, answers in table.items()):
        raise ValueError("counts")


def closed(quarters: Iterable[Counted], on: date) -> bool:
    """Whether all of these quarters are over on that day."""
    return all(Quarter.parse(counted.quarter).over <= on for counted in quarters)


def from_the_future(made_on: date, today: date) -> bool:
    """A day is put up with: clocks of two machines."""
    return made_on > today + timedelta(days=1)
