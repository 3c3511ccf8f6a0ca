"""SurveyStore in the memory of one process: for tests, for training, and as the model the others are held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from app.domain.survey import Sheet
from app.domain.survey_counts import Tally
from app.server.survey.ports import Step


class MemorySurveyStore:
    """The methods are documented at the port; each is a single step of the event loop."""

    def __init__(self) -> None:
        self._spent: set[tuple[str, str, str]] = set()
        self._sealed: dict[str, bytes] = {}
        self._sheets: list[Sheet] = []
        self._tallies: Counter[Tally] = Counter()
        self._keys: dict[tuple[str, str], bytes] = {}

    async def count(self, site: str, quarter: str, nonce_hash: str, step: Step) -> bool:
        right = (site, quarter, nonce_hash)
        if right in self._spent:
            return False
        kept = step(self._sealed.get(site))
        self._spent.add(right)
        self._sealed[site] = kept.sealed
        self._sheets.extend(kept.sheets)
        self._tallies.update(kept.tallies)
        return True

    async def waiting(self, site: str) -> bytes | None:
        return self._sealed.get(site)

    async def sheets(self, site: str, quarter: str) -> Sequence[Sheet]:
        return [sheet for sheet in self._sheets if (sheet.site, sheet.quarter) == (site, quarter)]

    async def tallies(self, site: str, quarter: str) -> Mapping[Tally, int]:
        return {tally: count for tally, count in self._tallies.items() if tally[:2] == (site, quarter)}

    async def forget_before(self, quarter: str) -> None:
        self._spent = {right for right in self._spent if right[1] >= quarter}

    async def key(self, name: str, quarter: str) -> bytes | None:
        return self._keys.get((name, quarter))

    async def add_key(self, name: str, quarter: str, sealed: bytes) -> bytes:
        return self._keys.setdefault((name, quarter), sealed)

    async def forget_keys(self, name: str, quarter: str) -> None:
        self._keys = {key: sealed for key, sealed in self._keys.items() if key[0] != name or key[1] >= quarter}

    async def close(self) -> None:
        """Nothing is held."""
