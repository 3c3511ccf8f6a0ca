"""What the survey needs below it: a `SurveyStore`, which knows neither keys nor seats. No framework, no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.survey import Sheet
from app.domain.survey_counts import Tally


@dataclass(frozen=True, slots=True)
class Kept:
    """What one step leaves behind."""

    sealed: bytes
    """The answers that go on waiting."""
    sheets: tuple[Sheet, ...] = ()
    """Sheets that are counted from now on; all that belong to one cell come together."""
    tallies: Mapping[Tally, int] = field(default_factory=dict)
    """By how much the sums of self-descriptions rise."""


Step = Callable[[bytes | None], Kept]
"""From what waited until now (None on the first time) to what is left. Pure enough to be done again when somebody else was faster."""


class SurveyStore(Protocol):
    """Counted sheets, sums, and one sealed blob for each site. Every method may raise StateUnavailable.

    Nothing in it may tell the order in which answers came: no time, no counter, no row number, no free page that remembers. Sheets of a
    site and quarter are written anew as a whole, in random order, whenever some are added.
    """

    async def count(self, site: str, quarter: str, nonce_hash: str, step: Step) -> bool:
        """Burn a right and carry out the step, both or neither. False if the right was burnt before; nothing changed then."""
        ...

    async def waiting(self, site: str) -> bytes | None:
        """What waits, sealed."""
        ...

    async def sheets(self, site: str, quarter: str) -> Sequence[Sheet]:
        """The counted ones, in no order."""
        ...

    async def tallies(self, site: str, quarter: str) -> Mapping[Tally, int]:
        """The sums of self-descriptions."""
        ...

    async def forget_before(self, quarter: str) -> None:
        """Burnt rights of quarters before this one: nobody can use them any more."""
        ...

    async def key(self, name: str, quarter: str) -> bytes | None:
        """A sealed key of this name and quarter."""
        ...

    async def add_key(self, name: str, quarter: str, sealed: bytes) -> bytes:
        """Keep it, unless there is one; gives the one that is kept."""
        ...

    async def forget_keys(self, name: str, quarter: str) -> None:
        """Delete this name's keys of quarters before that one."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...
