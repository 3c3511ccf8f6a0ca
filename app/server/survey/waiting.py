"""Answers that wait until there are enough of them: one padded, sealed blob for each site, written anew with every answer. No I/O.

In it sheets stand in cells, in random order, and self-descriptions as sums apart from them. A cell leaves when it holds enough sheets.
All of it is encrypted with a key that lies outside of the database, always as long as before unless it has outgrown its step, so whoever
has database, log and backups sees that somebody answered, and no more.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.survey import Sheet
from app.domain.survey_counts import Cell, Tally
from app.server.ports import StateUnavailable
from app.server.survey.ports import Kept, Step

ENOUGH = 10
"""So many sheets leave together."""
STEP_BYTES = 128 * 1024
"""The blob's size, and by how much it grows: more than all cells of two versions and several quarters take while they wait."""
_NONCE = 12
_TAG = 16
_LENGTH = 4
_CONTEXT = b"videoberatung/survey/waiting/1:"


class UnreadableError(StateUnavailable):
    """What waits was sealed with another key."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, opened."""

    sheets: tuple[Sheet, ...] = ()
    about: dict[str, int] = field(default_factory=dict)
    """Tally, joined by `|`, → count."""
    take_up: dict[str, int] = field(default_factory=dict)
    """Quarter, table and counter, joined by `|`, → count. These never leave: they are read when their quarter is closed."""

    def with_answer(self, sheet: Sheet, about: Mapping[str, str]) -> Waiting:
        """One more of each."""
        tallies = Counter(self.about)
        tallies.update("|".join((sheet.site, sheet.quarter, sheet.version, statement, answer)) for statement, answer in about.items())
        return replace(self, sheets=(*self.sheets, sheet), about=dict(tallies))

    def with_take_up(self, quarter: str, counts: Mapping[str, Mapping[str, int]]) -> Waiting:
        """What one workstation counted is added to the site's sums."""
        sums = Counter(self.take_up)
        sums.update({f"{quarter}|{table}|{counter}": count for table, of in counts.items() for counter, count in of.items()})
        return replace(self, take_up=dict(sums))

    def taken_up(self, quarter: str) -> dict[str, dict[str, int]]:
        """Table → counter → sum."""
        found: dict[str, dict[str, int]] = {}
        for name, count in sorted(self.take_up.items()):
            of_quarter, table, counter = name.split("|")
            if of_quarter == quarter:
                found.setdefault(table, {})[counter] = count
        return found

    def tallies(self) -> dict[Tally, int]:
        """The sums of self-descriptions that wait."""
        return {_tally(name): count for name, count in self.about.items()}

    def ready(self) -> Waiting:
        """Whatever has enough beside it: whole cells of sheets, whole statements."""
        cells = Counter(map(Cell.of, self.sheets))
        statements: Counter[str] = Counter()
        for name, count in self.about.items():
            statements[name.rpartition("|")[0]] += count
        return Waiting(
            tuple(sheet for sheet in self.sheets if cells[Cell.of(sheet)] >= ENOUGH),
            {name: count for name, count in self.about.items() if statements[name.rpartition("|")[0]] >= ENOUGH},
        )

    def without(self, gone: Waiting) -> Waiting:
        """What goes on waiting when that is gone."""
        cells = set(map(Cell.of, gone.sheets))
        about = {name: count for name, count in self.about.items() if name not in gone.about}
        return replace(self, sheets=tuple(sheet for sheet in self.sheets if Cell.of(sheet) not in cells), about=about)


class Seal:
    """AES-256-GCM (NIST SP 800-38D) with a fresh nonce each time; the site is bound in."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, site: str, waiting: Waiting) -> bytes:
        """Shuffled, padded, encrypted."""
        sheets = list(waiting.sheets)
        random.SystemRandom().shuffle(sheets)
        sums = {"about": dict(sorted(waiting.about.items())), "take_up": dict(sorted(waiting.take_up.items()))}
        body = msgspec.json.encode(Waiting(tuple(sheets), **sums))
        size = -(-(len(body) + _LENGTH + _NONCE + _TAG) // STEP_BYTES) * STEP_BYTES - _NONCE - _TAG
        padded = (len(body).to_bytes(_LENGTH, "big") + body).ljust(size, b"\0")
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, padded, _CONTEXT + site.encode())

    def open(self, site: str, sealed: bytes | None) -> Waiting:
        """Raises UnreadableError."""
        if sealed is None:
            return Waiting()
        try:
            padded = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _CONTEXT + site.encode())
        except InvalidTag:
            raise UnreadableError("survey-seal") from None
        length = int.from_bytes(padded[:_LENGTH], "big")
        return msgspec.json.decode(padded[_LENGTH : _LENGTH + length], type=Waiting)

    def adding(self, sheet: Sheet, about: Mapping[str, str]) -> Step:
        """The step with which one answer joins those that wait, and takes along what has enough now."""

        def step(sealed: bytes | None) -> Kept:
            waiting = self.open(sheet.site, sealed).with_answer(sheet, about)
            ready = waiting.ready()
            return Kept(self.close(sheet.site, waiting.without(ready)), ready.sheets, ready.tallies())

        return step

    def adding_take_up(self, site: str, quarter: str, counts: Mapping[str, Mapping[str, int]]) -> Step:
        """The step with which a workstation's counts become part of the site's."""
        return lambda sealed: Kept(self.close(site, self.open(site, sealed).with_take_up(quarter, counts)))


def _tally(name: str) -> Tally:
    site, quarter, version, statement, answer = name.split("|")
    return site, quarter, version, statement, answer
