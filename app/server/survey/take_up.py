"""The take-up figures of this server's site: rights for its workstations, and sums that nobody can take apart again.

The sums lie in the sealed blob of what waits, and nowhere else: no row says what one workstation added. Knows no address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from app.domain.evaluation import TAKE_UP
from app.domain.secrets import b64url, from_b64url, hash_secret
from app.domain.survey import NO_ANSWER
from app.server.ports import Refusal
from app.server.survey.blind_signature import BlindSignatureError
from app.server.survey.keys import QuarterKeys
from app.server.survey.ports import SurveyStore
from app.server.survey.waiting import Seal
from app.wire.codes import Code
from app.wire.survey import TAKE_UP_CONTEXT, HandedIn

MOST_RIGHTS = 24
"""For one workstation in a quarter's day: it needs one or two, and as many again whenever its line breaks."""


class TakeUpDesk:
    """What everything about the take-up figures goes over."""

    def __init__(self, site: str, keys: QuarterKeys, seal: Seal, store: SurveyStore) -> None:
        self._site = site
        self._keys = keys
        self._seal = seal
        self._store = store
        self._day = 0
        self._given: Counter[str] = Counter()
        """Workstation → rights of this day. In memory only: everyone asks each day, so it tells nothing."""

    async def card(self) -> bytes:
        """`/take-up.json`: the open keys, the same for everybody."""
        signers = [(quarter, await self._keys.signer(quarter)) for quarter in self._keys.open_quarters()]
        return msgspec.json.encode(
            {"keys": [{"quarter": quarter, "n": b64url(signer.modulus)} for quarter, signer in signers if signer is not None]}
        )

    async def sign(self, workstation: str, quarter: str, blinded: str) -> str:
        """The blind signature. Refuses `period-closed`, `too-many` and `malformed`."""
        signer = await self._keys.signer(quarter)
        if signer is None:
            raise Refusal(Code.PERIOD_CLOSED)
        self._note(workstation)
        try:
            return b64url(signer.blind_sign(from_b64url(blinded)))
        except (BlindSignatureError, ValueError):
            raise Refusal(Code.MALFORMED) from None

    async def count(self, handed: HandedIn) -> None:
        """Burn the right and add the counts. Refuses what cannot be counted; nothing was changed then."""
        if not _known(handed.counts):
            raise Refusal(Code.MALFORMED)
        signer = await self._keys.signer(handed.quarter)
        if signer is None:
            raise Refusal(Code.PERIOD_CLOSED)
        try:
            holds = signer.holds(TAKE_UP_CONTEXT + from_b64url(handed.nonce), from_b64url(handed.signature))
        except ValueError:
            holds = False
        if not holds:
            raise Refusal(Code.RIGHT_INVALID)
        step = self._seal.adding_take_up(self._site, handed.quarter, handed.counts)
        if not await self._store.count(self._site, handed.quarter, hash_secret(handed.nonce), step):
            raise Refusal(Code.RIGHT_SPENT)

    async def sums(self, quarter: str) -> Mapping[str, Mapping[str, int]]:
        """Table → counter → how often. Unsuppressed. Refuses `period-open`."""
        if not self._keys.is_closed(quarter):
            raise Refusal(Code.PERIOD_OPEN)
        return self._seal.open(self._site, await self._store.waiting(self._site)).taken_up(quarter)

    def _note(self, workstation: str) -> None:
        day = self._keys.day
        if day != self._day:
            self._day = day
            self._given.clear()
        self._given[workstation] += 1
        if self._given[workstation] > MOST_RIGHTS:
            raise Refusal(Code.TOO_MANY)


def _known(counts: Mapping[str, Mapping[str, int]]) -> bool:
    return all(table in TAKE_UP and set(of) <= {*TAKE_UP[table], NO_ANSWER} for table, of in counts.items())
