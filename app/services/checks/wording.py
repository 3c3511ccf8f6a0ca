"""What a check says to the counsellor, from the catalogue. Imports `app.domain` and `app.texts`."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.check_result import CheckResult
from app.domain.checks import Fault, FaultTable, Part, Verdict
from app.domain.readiness import Check
from app.services.checks.which_server import WhichServer
from app.texts import Texts


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in words."""

    part: Part
    outcome: Check
    sentence: str
    action: str
    """What to do next; empty where nothing is to be done."""
    fault: Fault | None = None


class CheckWording:
    """Speaks one language."""

    def __init__(self, texts: Texts, table: FaultTable, server: WhichServer = WhichServer.OWN) -> None:
        """`texts` are those of the part `app`; `server` is the one to which the way was measured."""
        self._texts = texts
        self._table = table
        self._server = server

    def part(self, part: Part) -> str:
        """Its name."""
        return self._texts(f"app.check.part.{part.value}")

    def all_well(self, part: Part) -> str:
        """What is said of a part in which nothing is wrong."""
        if part is Part.NETWORK and self._server is not WhichServer.OWN:
            return self._texts(f"app.agency.check.{self._server.value}")
        return self._texts(f"app.check.ok.{part.value}")

    def outcome(self, outcome: Check) -> str:
        """In a word or two."""
        return self._texts(f"app.check.outcome.{outcome.value}")

    def sentence(self, fault: Fault) -> str:
        """What is wrong, to the counsellor of their own side."""
        return self._texts(f"app.fault.{fault.value}.sentence")

    def action(self, fault: Fault) -> str:
        """What the counsellor does next."""
        return self._texts(f"app.fault.{fault.value}.action")

    def to_client(self, fault: Fault) -> str:
        """What the counsellor says to a client whose fault it is. Only for faults that a client can meet (`Row.provoked_by`)."""
        return self._texts(f"app.fault.{fault.value}.client")

    def verdict(self, verdict: Verdict) -> str:
        """Whose thing it is."""
        return self._texts(f"app.check.blame.{verdict.blame.value}")

    def next_action(self, verdict: Verdict) -> str:
        """The one to begin with; empty where all is well."""
        return "" if verdict.fault is None else self.action(verdict.fault)

    def lines(self, result: CheckResult) -> list[Line]:
        """One for each finding, and one for each part of which nothing can be told, in the order of the parts."""
        told: list[Line] = []
        for part in Part:
            found = [finding for finding in result.findings if finding.part is part]
            if not found:
                told.append(Line(part, Check.UNKNOWN, self._texts(f"app.check.unknown.{part.value}"), ""))
            for finding in found:
                if finding.fault is None:
                    told.append(Line(part, Check.OK, self.all_well(part), ""))
                else:
                    outcome = self._table.row(finding.fault).outcome
                    told.append(Line(part, outcome, self.sentence(finding.fault), self.action(finding.fault), finding.fault))
        return told
