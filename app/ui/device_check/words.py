"""Results of a device check in plain words. Imports no Qt but signs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from babel.numbers import format_decimal

from app.domain.check_result import CheckResult, told
from app.domain.checks import Fault, FaultTable, Part
from app.domain.readiness import Check
from app.services.checks.which_server import WhichServer
from app.services.checks.wording import CheckWording
from app.texts import Texts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told

SIGNS = {Check.UNKNOWN: Sign.OPEN, Check.OK: Sign.GOOD, Check.WEAK: Sign.WEAK, Check.FAILED: Sign.BAD}
_SHARES = ("loss", "clipped_share", "hum_share", "load_share", "battery_share")
"""Told in percent."""


class CheckWords:
    """Speaks one language."""

    def __init__(self, texts: Texts, table: FaultTable, server: WhichServer = WhichServer.OWN) -> None:
        self._texts = texts
        self._table = table
        self._wording = CheckWording(texts, table, server)

    def all_well(self, part: Part) -> str:
        """What is said of a part in which nothing is wrong."""
        return self._wording.all_well(part)

    def sentence(self, fault: Fault) -> str:
        """What is wrong, for the counsellor."""
        return self._wording.sentence(fault)

    def action(self, fault: Fault) -> str:
        """The one next thing to do about it."""
        return self._wording.action(fault)

    def sign(self, fault: Fault) -> Sign:
        """How bad it is."""
        return SIGNS[self._table.row(fault).outcome]

    def verdict(self, result: CheckResult) -> Told:
        """The one word on everything."""
        if result.ok and not any(finding.fault is None for finding in result.findings):
            return Told(Sign.OPEN, self._texts("app.wizard.verdict.nothing"))
        return Told(SIGNS[result.verdict.outcome], self._wording.verdict(result.verdict))

    def part(self, part: Part) -> str:
        """Its name."""
        return self._wording.part(part)

    def parts(self, result: CheckResult, waiting: Collection[Part] = ()) -> dict[Part, Told]:
        """How each part came out, in its worst sentence; those that are waited for have none yet."""
        lines = self._wording.lines(result)
        worst = {part: result.outcomes[part] for part in Part}
        told = {line.part: Told(SIGNS[line.outcome], line.sentence) for line in reversed(lines) if line.outcome is worst[line.part]}
        return told | {part: Told(Sign.ON_THE_WAY, self._texts("app.wizard.brief.part")) for part in waiting}

    def figures(self, result: CheckResult, part: Part) -> Sequence[str]:
        """What was measured of a part, a line each; what was not has none."""
        return [self._figure(name, value) for name, value in told(result.measured.part(part)).items()]

    def _figure(self, name: str, value: float | bool) -> str:
        if isinstance(value, bool):
            return self._texts(f"app.wizard.figure.{name}.{'yes' if value else 'no'}")
        shown = 100 * value if name in _SHARES else value
        return self._texts(f"app.wizard.figure.{name}", value=self._number(shown))

    def _number(self, value: float) -> str:
        return str(format_decimal(round(value, 0 if abs(value) >= 10 else 1), locale=self._texts.language))
