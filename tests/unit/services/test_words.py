"""The safety words on the program's side, step by step (PROTOCOL.md, section 8)."""

from __future__ import annotations

import pytest

from app.domain.secrets import new_token
from app.services.fakes import ManualClock
from app.services.ports import SafetyWords, WordsState
from app.services.words import KEEP_WITHIN_S, WordsExchange
from app.wire.safety_words import Fingerprints, commitment, keep_mac, word_indices
from app.wire.talk import Talk, WordsCommit, WordsKeep, WordsOpen, WordsReveal
from tests.support.services import WORDS, prints

FIRST, LATER = prints(1, 2), prints(3, 4)
NOTHING = SafetyWords(WordsState.NONE)
AGAIN = SafetyWords(WordsState.COMPARE_AGAIN)
BROKEN = SafetyWords(WordsState.BROKEN)


class Table:
    """The program's side with a test at the other end."""

    def __init__(self) -> None:
        self.out: list[Talk] = []
        self.clock = ManualClock()
        self.words = WordsExchange(self.out.append, WORDS, self.clock)
        self.nonce = ""

    def line(self, epoch: int, seen: Fingerprints) -> None:
        self.words.line_made(epoch, seen)
        self.words.channel_open(epoch)

    def exchange(self, epoch: int) -> tuple[str, str]:
        """Commit, take the reveal, open. Gives the nonces."""
        self.commit(epoch)
        reveal = self.out[-1]
        assert isinstance(reveal, WordsReveal)
        self.words.heard(epoch, WordsOpen(epoch=epoch, nonce=self.nonce))
        return self.nonce, reveal.nonce

    def commit(self, epoch: int) -> None:
        self.nonce = new_token()
        self.words.heard(epoch, WordsCommit(epoch=epoch, commitment=commitment(self.nonce)))

    def keep(self, epoch: int, seen: Fingerprints, nonces: tuple[str, str]) -> None:
        self.words.heard(epoch, WordsKeep(epoch=epoch, mac=keep_mac("browser", epoch, seen, *nonces)))


def words_of(seen: Fingerprints, nonces: tuple[str, str]) -> tuple[str, ...]:
    return tuple(WORDS[i] for i in word_indices(seen, *nonces))


def test_commit_reveal_open_gives_the_words_of_both_fingerprints_and_nonces() -> None:
    table = Table()
    table.line(1, FIRST)
    assert table.out == []  # nothing to keep yet
    nonces = table.exchange(1)
    assert table.words.shown == SafetyWords(WordsState.READY, words_of(FIRST, nonces))


def test_the_programs_nonce_is_told_only_after_the_commitment() -> None:
    table = Table()
    table.line(1, FIRST)
    assert not table.out
    table.commit(1)
    assert [type(m) for m in table.out] == [WordsReveal]
    assert table.words.shown == NOTHING


@pytest.mark.parametrize("between", [(1, 9), (9, 2), (9, 8)])
def test_somebody_between_gives_other_words(between: tuple[int, int]) -> None:
    table = Table()
    table.line(1, FIRST)
    nonces = table.exchange(1)
    assert words_of(prints(*between), nonces) != table.words.shown.words


def test_a_nonce_that_was_not_committed_to_breaks() -> None:
    table = Table()
    table.line(1, FIRST)
    table.commit(1)
    table.words.heard(1, WordsOpen(epoch=1, nonce=new_token()))
    assert table.words.shown == BROKEN


@pytest.mark.parametrize("message", [WordsOpen(epoch=1, nonce=new_token()), WordsReveal(epoch=1, nonce=new_token())])
def test_a_step_out_of_turn_breaks(message: WordsOpen | WordsReveal) -> None:
    table = Table()
    table.line(1, FIRST)
    table.words.heard(1, message)
    assert table.words.shown == BROKEN


def test_opening_twice_breaks() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    table.words.heard(1, WordsOpen(epoch=1, nonce=table.nonce))
    assert table.words.shown == BROKEN


def test_after_breaking_only_a_new_comparison_leads_back() -> None:
    table = Table()
    table.line(1, FIRST)
    table.words.heard(1, WordsOpen(epoch=1, nonce=new_token()))
    table.line(2, LATER)
    assert table.words.shown == BROKEN
    nonces = table.exchange(2)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words_of(LATER, nonces))


def test_a_later_epoch_keeps_the_words_by_a_mac_over_its_own_fingerprints() -> None:
    table = Table()
    table.line(1, FIRST)
    nonces = table.exchange(1)
    words = table.words.shown.words
    table.words.line_made(2, LATER)
    assert table.words.shown == NOTHING  # not vouched for yet
    table.words.channel_open(2)
    assert table.out[-1] == WordsKeep(epoch=2, mac=keep_mac("program", 2, LATER, *nonces))
    table.keep(2, LATER, nonces)
    assert table.words.shown == SafetyWords(WordsState.KEPT, words)
    table.clock.advance(KEEP_WITHIN_S)
    assert table.words.shown == SafetyWords(WordsState.KEPT, words)


def test_words_to_compare_again_stay_so_when_they_are_kept() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    nonces = table.exchange(1)
    words = table.words.shown.words
    table.line(2, LATER)
    table.keep(2, LATER, nonces)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words)


@pytest.mark.parametrize("seen", [prints(3, 9), prints(9, 4), FIRST])
def test_a_mac_over_other_fingerprints_does_not_hold(seen: Fingerprints) -> None:
    table = Table()
    table.line(1, FIRST)
    nonces = table.exchange(1)
    table.line(2, LATER)
    table.keep(2, seen, nonces)
    assert table.words.shown == AGAIN
    table.keep(2, LATER, nonces)  # too late: only a new comparison counts
    assert table.words.shown == AGAIN
    again = table.exchange(2)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words_of(LATER, again))


def test_the_programs_own_mac_sent_back_does_not_hold() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    table.line(2, LATER)
    mirrored = table.out[-1]
    assert isinstance(mirrored, WordsKeep)
    table.words.heard(2, mirrored)
    assert table.words.shown == AGAIN


def test_no_mac_within_five_seconds_means_comparing_again() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    table.line(2, LATER)
    table.clock.advance(KEEP_WITHIN_S - 0.1)
    assert table.words.shown == NOTHING
    table.clock.advance(0.2)
    assert table.words.shown == AGAIN


def test_certificates_without_a_channel_mean_comparing_again() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    table.words.line_made(2, LATER)
    table.clock.advance(KEEP_WITHIN_S - 0.1)
    assert table.words.shown == NOTHING
    table.clock.advance(0.2)
    assert table.words.shown == AGAIN
    table.words.channel_open(2)  # too late to be vouched for
    table.clock.advance(60)
    assert table.words.shown == AGAIN
    nonces = table.exchange(2)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words_of(LATER, nonces))


def test_a_page_that_was_loaded_again_commits_anew() -> None:
    table = Table()
    table.line(1, FIRST)
    table.exchange(1)
    table.line(2, LATER)
    nonces = table.exchange(2)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words_of(LATER, nonces))
    table.clock.advance(2 * KEEP_WITHIN_S)
    assert table.words.shown.words == words_of(LATER, nonces)


def test_a_program_that_was_started_again_has_nothing_to_keep() -> None:
    table = Table()
    table.line(7, FIRST)
    table.keep(7, FIRST, (new_token(), new_token()))
    assert table.words.shown == NOTHING
    nonces = table.exchange(7)
    assert table.words.shown == SafetyWords(WordsState.READY, words_of(FIRST, nonces))


@pytest.mark.parametrize(("channel", "epoch"), [(1, 1), (1, 2), (2, 1)])
def test_messages_of_an_older_epoch_or_channel_are_passed_over(channel: int, epoch: int) -> None:
    table = Table()
    table.line(1, FIRST)
    nonces = table.exchange(1)
    table.line(2, LATER)
    table.keep(2, LATER, nonces)
    before, sent = table.words.shown, len(table.out)
    for message in (WordsOpen(epoch=epoch, nonce=new_token()), WordsCommit(epoch=epoch, commitment=new_token())):
        table.words.heard(channel, message)
    assert table.words.shown == before
    assert len(table.out) == sent


def test_an_older_line_that_is_told_late_changes_nothing() -> None:
    table = Table()
    table.line(2, FIRST)
    nonces = table.exchange(2)
    table.line(1, LATER)
    assert table.words.shown == SafetyWords(WordsState.READY, words_of(FIRST, nonces))


def test_another_device_begins_anew_and_is_compared_again() -> None:
    table = Table()
    table.line(5, FIRST)
    table.exchange(5)
    table.words.new_page()
    assert table.words.shown == AGAIN
    table.line(1, LATER)
    nonces = table.exchange(1)
    assert table.words.shown == SafetyWords(WordsState.COMPARE_AGAIN, words_of(LATER, nonces))
