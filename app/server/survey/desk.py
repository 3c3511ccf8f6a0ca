"""The survey of this server's site: what the page is told of it, signing rights, counting answers, and the sums."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import structlog

from app.domain.secrets import b64url, from_b64url, hash_secret
from app.domain.survey import Questionnaire, Sheet, SurveyError, check_about, quarter_before
from app.domain.survey_counts import SurveyCounts, counts_of
from app.server.ports import Refusal
from app.server.survey.blind_signature import BlindSignatureError, Signer
from app.server.survey.keys import KEPT_QUARTERS, QuarterKeys
from app.server.survey.ports import SurveyStore
from app.server.survey.waiting import Seal
from app.wire.codes import Code
from app.wire.survey import RIGHT_CONTEXT, Answered

log = structlog.get_logger(__name__)


def questionnaires(folder: Path) -> dict[str, Questionnaire]:
    """Version → questionnaire, the newest last. Raises SurveyError, also if there is none."""
    found = [Questionnaire.parse(file.read_text("utf-8")) for file in folder.glob("*.toml")]
    if not found:
        raise SurveyError("questionnaire")
    return {one.version: one for one in sorted(found, key=lambda one: tuple(map(int, one.version.split("-"))))}


class SurveyDesk:
    """What everything about the survey goes over. Knows no seat and no address."""

    def __init__(
        self,
        site: str,
        versions: Mapping[str, Questionnaire],
        keys: QuarterKeys,
        seal: Seal,
        store: SurveyStore,
        training: bool = False,
    ) -> None:
        """In `training` nobody gets a right and nothing is counted: every quarter counts as closed."""
        self.site = site
        self._training = training
        self._versions = versions
        self._keys = keys
        self._seal = seal
        self._store = store

    async def card(self) -> bytes:
        """`/survey.json`: the newest questions and the open keys, the same for everybody."""
        newest = list(self._versions.values())[-1]
        open_ones = () if self._training else self._keys.open_quarters()
        signers = [(quarter, await self._keys.signer(quarter)) for quarter in open_ones]
        return msgspec.json.encode(
            {
                "version": newest.version,
                "questions": [{"id": q.id, "answers": q.answers, "asked": sorted(v.value for v in q.asked)} for q in newest.questions],
                "about": [{"id": s.id, "answers": s.answers} for s in newest.about],
                "keys": [{"quarter": quarter, "n": b64url(signer.modulus)} for quarter, signer in signers if signer is not None],
            }
        )

    async def sign(self, quarter: str, blinded: str) -> str:
        """The blind signature. Refuses `period-closed` and `malformed`."""
        signer = await self._signer(quarter)
        try:
            return b64url(signer.blind_sign(from_b64url(blinded)))
        except (BlindSignatureError, ValueError):
            raise Refusal(Code.MALFORMED) from None

    async def count(self, answered: Answered) -> None:
        """Burn the right and take the answer in. Refuses what cannot be counted; nothing was changed then."""
        questionnaire = self._versions.get(answered.version)
        if questionnaire is None:
            raise Refusal(Code.UNKNOWN_VERSION)
        sheet = Sheet(answered.version, self.site, answered.quarter, answered.spoken, answered.variant, answered.answers)
        try:
            sheet.check(questionnaire)
            check_about(questionnaire, answered.about)
        except SurveyError:
            raise Refusal(Code.MALFORMED) from None
        await self._check_right(answered)
        step = self._seal.adding(sheet, answered.about)
        if not await self._store.count(self.site, answered.quarter, hash_secret(answered.nonce), step):
            raise Refusal(Code.RIGHT_SPENT)

    async def _check_right(self, answered: Answered) -> None:
        signer = await self._signer(answered.quarter)
        try:
            holds = signer.holds(RIGHT_CONTEXT + from_b64url(answered.nonce), from_b64url(answered.signature))
        except ValueError:
            holds = False
        if not holds:
            raise Refusal(Code.RIGHT_INVALID)

    async def _signer(self, quarter: str) -> Signer:
        """Refuses `period-closed`."""
        signer = None if self._training else await self._keys.signer(quarter)
        if signer is None:
            raise Refusal(Code.PERIOD_CLOSED)
        return signer

    async def counts(self, quarter: str) -> SurveyCounts:
        """The sums of a closed quarter, those that went on waiting among them. Unsuppressed. Refuses `period-open`."""
        if not self._keys.is_closed(quarter):
            raise Refusal(Code.PERIOD_OPEN)
        waiting = self._seal.open(self.site, await self._store.waiting(self.site))
        tallies = dict(await self._store.tallies(self.site, quarter))
        for tally, count in waiting.tallies().items():
            tallies[tally] = tallies.get(tally, 0) + count
        return counts_of(self.site, quarter, [*await self._store.sheets(self.site, quarter), *waiting.sheets], tallies)

    async def tidy(self) -> None:
        """Forget which rights were burnt in quarters that nobody can answer for any more."""
        await self._store.forget_before(quarter_before(self._keys.now, KEPT_QUARTERS))
