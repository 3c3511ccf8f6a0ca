"""When a silent line is doubted: played lines over a played clock, good ones, bad ones and those that are gone."""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence

import pytest

from app.media.call import LISTEN_S, STALL_S
from app.media.silence import DOUBT_S, LONGEST_LOOK_S, PAUSE_S, Silence, Verdict

SOUND, WITH_PICTURE = 50, 150
"""Packets in a second."""
ROUND_TRIP_S = 0.06
MINUTE = 60.0

Lost = Callable[[float], bool]


def arrivals(seconds: float, lost: Lost = lambda at: False, jitter_s: float = 0.0, pace: int = SOUND) -> list[float]:
    """When the packets come that are sent at an even pace."""
    chance = random.Random(1)
    sent = (number / pace for number in range(int(seconds * pace)))
    return sorted(at + abs(chance.gauss(0, jitter_s)) for at in sent if not lost(at))


def lossy(share: float, burst: float, seed: int = 7) -> Lost:
    """Gilbert's model: so many packets are lost, in bursts of that mean length."""
    chance, bad = random.Random(seed), False

    def lost(_at: float) -> bool:
        nonlocal bad
        bad = chance.random() >= 1 / burst if bad else chance.random() < share / (burst * (1 - share))
        return bad

    return lost


def outages(lasting_s: float, every_s: float = 7.3) -> Lost:
    return lambda at: at % every_s < lasting_s


def cut(at_s: float) -> Lost:
    return lambda at: at >= at_s


def doubts(came: Sequence[float], until: float, path: Lost | None = None, looks: Sequence[float] = ()) -> list[float]:
    """The times at which the line is doubted. The path answers each question while it is not `path`-lost, or never."""
    silence, found, answers = Silence(), [], list[float]()
    for now in looks or [number * LISTEN_S for number in range(1, int(until / LISTEN_S))]:
        verdict = silence.look(1, bisect_right(came, now), bisect_right(answers, now), now)
        if verdict is Verdict.DOUBT:
            found.append(now)
        if verdict is not Verdict.NOTHING and path is not None and not path(now):
            answers.append(now + ROUND_TRIP_S)
    return found


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
@pytest.mark.parametrize(("burst", "pace"), [(1.0, SOUND), (4.0, SOUND), (10.0, WITH_PICTURE)])
@pytest.mark.parametrize("jitter_s", [0.0, 0.3])
def test_loss_in_bursts_and_jitter_are_no_reason(share: float, burst: float, pace: int, jitter_s: float) -> None:
    """Bursts are in packets, with a long tail: ten of sound alone are often an outage of a second, which is another matter."""
    assert doubts(arrivals(3 * MINUTE, lossy(share, burst), jitter_s, pace), 3 * MINUTE) == []


@pytest.mark.parametrize("lasting_s", [0.5, 0.6, 0.7])
@pytest.mark.parametrize("jitter_s", [0.0, 0.3])
def test_short_outages_are_no_reason(lasting_s: float, jitter_s: float) -> None:
    assert doubts(arrivals(3 * MINUTE, outages(lasting_s), jitter_s), 3 * MINUTE) == []


@pytest.mark.parametrize("began_s", [5.0, 5.03, 5.06, 5.09, 5.12])
def test_a_line_that_is_cut_is_doubted_once_and_long_before_it_counts_as_stalled(began_s: float) -> None:
    (at,) = doubts(arrivals(MINUTE, cut(began_s)), MINUTE, path=cut(began_s))
    assert DOUBT_S <= at - began_s + 1 / SOUND <= DOUBT_S + 2 * LISTEN_S
    assert at - began_s < STALL_S / 2 + LISTEN_S


def test_a_side_that_sends_nothing_but_answers_is_only_quiet() -> None:
    assert doubts([0.1], MINUTE, path=lambda at: False) == []


def test_a_path_that_answers_although_half_of_the_questions_are_lost_is_not_doubted() -> None:
    assert doubts([0.1], 3 * MINUTE, path=lossy(0.5, 1.0)) == []


def test_questions_that_nobody_answers_are_a_reason_whatever_came_before() -> None:
    assert len(doubts([0.1], MINUTE, path=None)) == 1


def test_a_line_that_goes_and_comes_is_doubted_at_most_once_in_ten_seconds() -> None:
    """The doubt was wrong each time."""
    found = doubts(arrivals(MINUTE, outages(1.5, every_s=3.0)), MINUTE)
    assert len(found) >= 4
    assert all(later - earlier >= PAUSE_S for earlier, later in itertools.pairwise(found))


def test_while_this_program_stands_still_nobody_is_doubted() -> None:
    """A look that comes 3 s late sees nothing new, because nobody has read the sockets either."""
    looks = [number * LISTEN_S for number in range(1, 80)]
    asleep = [now for now in looks if not 4 < now < 7]
    came = [at for at in arrivals(10) if not 4 < at < 7.05]
    assert doubts(came, 10, looks=asleep) == []
    assert 2 * LONGEST_LOOK_S < DOUBT_S


def test_a_doubt_that_was_right_does_not_protect_the_next_line() -> None:
    silence = Silence()
    for line in (1, 2, 3):
        seen = [silence.look(line, line, 0, 2 * line + number * LISTEN_S) for number in range(12)]
        assert seen.count(Verdict.DOUBT) == 1


def test_another_line_begins_anew() -> None:
    silence = Silence()
    for line in range(1, 50):
        assert silence.look(line, 0, 0, line * LISTEN_S) is Verdict.NOTHING
    assert not silence.long


def test_what_is_to_be_done_in_one_silence_comes_in_order() -> None:
    silence = Silence()
    seen = [silence.look(1, 5, 0, number * LISTEN_S) for number in range(20)]
    order = [verdict for verdict, before in zip(seen, [None, *seen], strict=False) if verdict is not before]
    assert order == [Verdict.NOTHING, Verdict.ASK, Verdict.DOUBT, Verdict.NOTHING]
    assert math.isclose((seen.index(Verdict.DOUBT) - seen.index(Verdict.ASK)) * LISTEN_S, 0.375, abs_tol=LISTEN_S)
