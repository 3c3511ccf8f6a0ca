"""Rounded counts: near the truth, and nobody can go back from them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disclosure import ATOM_ERROR, BASE, Cell, Errors, Group, Share, hidden, nearest, round_table

KINDS = {"yes": "good", "rather": "good", "no": "bad", "never": "bad"}
cells = st.builds(Cell, st.sampled_from("abc"), st.sampled_from(["de", "other"]), st.sampled_from(sorted(KINDS)))
counts = st.one_of(st.integers(0, 3), st.integers(0, 60))
tables = st.dictionaries(cells, counts, min_size=1, max_size=20)


def rounded(table, carried=None):
    return round_table(table, KINDS.__getitem__, carried)


def atoms(table):
    sums = Counter()
    for cell, count in table.items():
        sums[cell.part] += count
    return sums


@given(tables)
def test_each_count_goes_to_a_neighbour_and_each_atom_to_the_nearest(table) -> None:
    made = rounded(table)
    assert all(count % BASE == 0 and abs(count - table[cell]) < BASE for cell, count in made.items())
    assert all(made[cell] == count for cell, count in table.items() if count % BASE == 0), "nothing where nobody was, and no more than that"
    assert {atom: nearest(count) for atom, count in atoms(table).items()} == dict(atoms(made))


@given(tables, st.data())
def test_nobody_can_tell_0_from_1_from_2(table, data) -> None:
    """The proof of 0030: what is rounded, and one or two more in any cell of it, gives the same."""
    made = rounded(table)
    cell = data.draw(st.sampled_from(sorted(table)))
    for more in range(-min(ATOM_ERROR, made[cell]), ATOM_ERROR + 1):
        assert rounded(made | {cell: made[cell] + more}) == made


@given(tables, tables, st.data())
def test_nor_with_a_later_publication(first, later, data) -> None:
    def publications(first, later):
        carried = Errors()
        return rounded(first, carried), rounded({Cell(f"{c.part}#1", c.stratum, c.answer): n for c, n in later.items()}, carried)

    before, after = publications(first, later)
    back = {Cell(c.part[0], c.stratum, c.answer): n for c, n in after.items()}
    cell = data.draw(st.sampled_from(sorted(first)))
    assert publications(before | {cell: before[cell] + 2}, back) == (before, after)
    other = data.draw(st.sampled_from(sorted(back)))
    assert publications(before, back | {other: back[other] + 2}) == (before, after)


@given(tables)
def test_a_group_has_surely_no_fewer_answers_than_it_says(table) -> None:
    made = rounded(table)
    assert Group.of(("", cell, count) for cell, count in made.items()).surely <= sum(table.values())
    for stratum in ("de", "other"):
        of = Group.of((("", cell, count) for cell, count in made.items() if cell.stratum == stratum), whole=False)
        assert of.surely <= sum(count for cell, count in table.items() if cell.stratum == stratum)


def test_sums_over_many_sites_stay_near() -> None:
    """Rounded each for itself, 45 times two of ten would be lost."""
    table = {
        Cell(f"jc-{n}", "de", answer): count for n in range(45) for answer, count in (("yes", 7), ("rather", 21), ("no", 1), ("never", 1))
    }
    made = rounded(table)
    for kind in ("good", "bad"):
        true, shown = (sum(count for cell, count in of.items() if KINDS[cell.answer] == kind) for of in (table, made))
        assert abs(shown - true) <= BASE
    assert abs(sum(count for cell, count in made.items() if cell.answer == "never") - 45) <= 2 * BASE


@pytest.mark.parametrize(
    ("count", "size", "value", "below", "above"), [(0, 50, 0.1, True, False), (50, 50, 0.9, False, True), (20, 50, 0.4, False, False)]
)
def test_nothing_and_all_are_never_said(count, size, value, below, above) -> None:
    share = Share(count, size)
    assert (share.value, share.below, share.above) == (value, below, above)


def group(size):
    return Group({"yes": size}, ATOM_ERROR if size else 0)


def test_small_groups_are_hidden_and_never_one_alone() -> None:
    groups = {"a": group(100), "b": group(5), "c": group(40), "d": group(60)}
    assert hidden(groups, 10) == {"b", "c"}, "b alone could be worked out from the whole"
    assert hidden({"a": group(100), "b": group(60)}, 10) == frozenset()
    assert hidden({"a": group(100), "b": group(5)}, 10) == {"a", "b"}
    assert hidden({"a": group(5), "b": group(5), "c": group(100)}, 10) == {"a", "b", "c"}, "together they are too few"


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 12).map(lambda n: group(n * BASE)), max_size=8))
def test_what_is_hidden_is_a_group_itself(groups) -> None:
    gone = hidden(groups, 10)
    assert all(groups[name].surely >= 10 for name in groups.keys() - gone)
    if gone and groups.keys() - gone:
        assert len(gone) > 1
        assert sum(max(groups[name].surely, 0) for name in gone) >= 10
