"""What waits: cells leave when they are full and not before, nothing is lost on the way, the blob tells nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.survey import NO_ANSWER, Sheet, Spoken, Variant
from app.domain.survey_counts import Cell
from app.server.survey.ports import Kept
from app.server.survey.waiting import ENOUGH, STEP_BYTES, Seal, UnreadableError, Waiting

SITE = "jobcenter"
SEAL = Seal(b"k" * 32)
sheets = st.builds(
    lambda spoken, variant, quarter, answer: Sheet("2026-1", SITE, quarter, spoken, variant, {"again": answer}),
    st.sampled_from(Spoken),
    st.sampled_from(Variant),
    st.sampled_from(["2026-Q3", "2026-Q4"]),
    st.sampled_from(["yes", "no", NO_ANSWER]),
)
abouts = st.fixed_dictionaries({"children": st.sampled_from(["yes", "no", NO_ANSWER]), "health": st.sampled_from(["yes", NO_ANSWER])})


def is_part(found: Counter[Cell]) -> bool:
    return all(count < ENOUGH for count in found.values())


@given(st.lists(st.tuples(sheets, abouts), max_size=60))
def test_cells_leave_full_and_nothing_is_lost(answers: list[tuple[Sheet, dict[str, str]]]) -> None:
    sealed: bytes | None = None
    gone: list[Sheet] = []
    tallies: Counter[object] = Counter()
    for sheet, about in answers:
        kept: Kept = SEAL.adding(sheet, about)(sealed)
        sealed = kept.sealed
        gone += kept.sheets
        tallies.update(kept.tallies)
        assert all(count == ENOUGH for count in Counter(map(Cell.of, kept.sheets)).values())
    left = SEAL.open(SITE, sealed)
    assert is_part(Counter(map(Cell.of, left.sheets)))
    assert Counter(map(repr, [*gone, *left.sheets])) == Counter(repr(sheet) for sheet, _ in answers)
    tallies.update(left.tallies())
    said = Counter((SITE, sheet.quarter, "2026-1", name, answer) for sheet, about in answers for name, answer in about.items())
    assert tallies == said


def test_the_blob_has_one_size_and_never_the_same_bytes() -> None:
    sealed: bytes | None = None
    seen = set()
    for number in range(50):
        sheet = Sheet("2026-1", SITE, f"2026-Q{number % 4 + 1}", Spoken.GERMAN, list(Variant)[number % 3], {"again": "yes"})
        sealed = SEAL.adding(sheet, {"children": "yes"})(sealed).sealed
        assert len(sealed) == STEP_BYTES
        seen.add(sealed[:16])
        assert b'"answers"' not in sealed
    assert len(seen) == 50


def test_the_order_of_arrival_is_gone() -> None:
    sealed: bytes | None = None
    for number in range(9):
        sealed = SEAL.adding(Sheet("2026-1", SITE, "2026-Q4", Spoken.GERMAN, Variant.HELD, {"again": str(number)}), {})(sealed).sealed
    orders = {tuple(one.answers["again"] for one in SEAL.open(SITE, SEAL.close(SITE, SEAL.open(SITE, sealed))).sheets) for _ in range(20)}
    assert len(orders) > 10


def test_another_key_or_another_site_opens_nothing() -> None:
    sealed = SEAL.close(SITE, Waiting())
    for seal, site in ((Seal(b"o" * 32), SITE), (SEAL, "other")):
        with pytest.raises(UnreadableError):
            seal.open(site, sealed)
