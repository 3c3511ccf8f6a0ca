"""What a device check measured, and everything that follows from it: findings, an outcome for each part, one verdict. No I/O, imports
only `app.domain`.

Nothing here names a person, a device or an address: kinds and figures only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from app.domain import check_rules
from app.domain.check_rules import CameraFigures, LoudspeakerFigures, MicrophoneFigures, NetworkFigures, SystemFigures
from app.domain.checks import Fault, FaultTable, Finding, Part, Side, Verdict
from app.domain.readiness import Check

Figures = CameraFigures | MicrophoneFigures | LoudspeakerFigures | NetworkFigures | SystemFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything of one check so far. None is a part that nobody has looked at yet; it blames nothing and is not well either."""

    camera: CameraFigures | None = None
    microphone: MicrophoneFigures | None = None
    loudspeaker: LoudspeakerFigures | None = None
    network: NetworkFigures | None = None
    system: SystemFigures | None = None
    not_measured: frozenset[Part] = frozenset()
    """Parts whose check broke down."""

    def part(self, part: Part) -> Figures | None:
        """The figures of one part."""
        figures: Figures | None = getattr(self, part.value)
        return figures

    def with_part(self, part: Part, figures: Figures | None) -> Measured:
        """The same with other figures of one part, whose check has not broken down then."""
        changed: Mapping[str, object] = {part.value: figures, "not_measured": self.not_measured - {part}}
        return replace(self, **changed)  # type: ignore[arg-type]

    def broken(self, part: Part) -> Measured:
        """The same, but the check of that part broke down."""
        return replace(self.with_part(part, None), not_measured=self.not_measured | {part})

    def faults(self, part: Part, limits: check_rules.Limits) -> tuple[Fault, ...]:
        """What the rules find in one part."""
        if part in self.not_measured:
            return (Fault.NOT_MEASURED,)
        figures = self.part(part)
        return () if figures is None else _by_rules(figures, limits)


def _by_rules(figures: Figures, limits: check_rules.Limits) -> tuple[Fault, ...]:
    match figures:
        case CameraFigures():
            return check_rules.camera(figures, limits)
        case MicrophoneFigures():
            return check_rules.microphone(figures, limits)
        case LoudspeakerFigures():
            return check_rules.loudspeaker(figures, limits)
        case NetworkFigures():
            return check_rules.network(figures, limits)
        case SystemFigures():
            return check_rules.system(figures, limits)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check, judged."""

    side: Side
    measured: Measured
    findings: tuple[Finding, ...]
    """In the order of the parts. A part that was not looked at, or of which nothing could be told, has none."""
    outcomes: Mapping[Part, Check]
    """Of every part; UNKNOWN for one without a finding."""
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Nothing is wrong in what was looked at."""
        return self.verdict.fault is None


def judge(measured: Measured, table: FaultTable, side: Side) -> CheckResult:
    """What everything comes to."""
    found = {part: _findings(measured, part, table) for part in Part}
    findings = tuple(finding for part in Part for finding in found[part])
    outcomes = {part: table.outcome(found[part]) for part in Part}
    return CheckResult(side, measured, findings, outcomes, table.verdict(findings, side))


def told(figures: Figures | None) -> dict[str, float | bool]:
    """What was really measured, by a name with its unit; a trouble is no figure."""
    values = {} if figures is None else {one.name: getattr(figures, one.name) for one in fields(figures)}
    return {name: value for name, value in values.items() if isinstance(value, int | float) and math.isfinite(value)}


def _findings(measured: Measured, part: Part, table: FaultTable) -> tuple[Finding, ...]:
    figures = told(measured.part(part))
    faults = measured.faults(part, table.limits)
    if faults:
        return tuple(Finding(part, fault, figures) for fault in faults)
    return (Finding(part, None, figures),) if _says_something(measured.part(part)) else ()


def _says_something(figures: Figures | None) -> bool:
    """Whether a part without a fault is well, or only unknown. That no other microphone was louder tells nothing of this one."""
    return any(name != "other_hears_better" for name in told(figures))
