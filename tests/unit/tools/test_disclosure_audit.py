"""The attacks on disclosure control: they find nothing in ours, and something in a simpler rule."""

from __future__ import annotations

from tests.support.soak import rounds
from tools.disclosure_audit import Audit, Known, main, naive, possible


def test_no_small_count_can_be_narrowed_and_no_two_publications_differenced() -> None:
    findings = Audit(seed=2026).run(rounds(3))
    assert findings.clean, findings
    assert findings.small_cells > 50
    assert findings.originals_tried > 40
    assert findings.publications >= 3
    assert findings.least_width >= 3


def test_the_attack_finds_what_a_simpler_rule_gives_away() -> None:
    """Each count and the total rounded for itself: 0, 0, 0, 0 and 10 can only be four times 2."""
    assert naive([2, 2, 2, 2]) == [1, 1, 1, 1]


def test_linear_programming_knows_sums() -> None:
    assert possible(2, [(0, 4), (0, 4)], [Known([0, 1], 7, 8)], [0, 1]) == [2, 2]
    assert possible(1, [(0, 4)], [], [0]) == [5]


def test_the_command_prints_its_figures(capsys) -> None:
    assert main(["--worlds", "1"]) == 0
    assert "narrowed_found: 0" in capsys.readouterr().out
