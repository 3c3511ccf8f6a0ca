"""How long personal data stays: as the settings say, and never longer than the agency's policy allows. Imports settings and rules only."""

from __future__ import annotations

import structlog

from app.services.appointments.housekeeping import RetentionRules
from app.services.policy import Policy
from app.services.profile import Settings

RETENTION, EVIDENCE = "retention_days", "evidence_days"
"""Names in the policy, the same as in `settings.json`."""

_log = structlog.get_logger(__name__)


def retention_of(settings: Settings, policy: Policy) -> RetentionRules:
    """A policy only shortens the time of data with a name; of the evidence it says how long. What cannot be understood counts as nothing
    and is logged: it must not keep anything longer."""
    most, evidence = _days(policy, RETENTION), _days(policy, EVIDENCE)
    return RetentionRules(
        days=settings.retention_days if most is None else min(settings.retention_days, most),
        evidence_days=settings.evidence_days if evidence is None else evidence,
    )


def _days(policy: Policy, name: str) -> int | None:
    value = policy.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)  # the registry's text
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if value is not None:
        _log.warning("policy.not_understood", name=name)
    return None
