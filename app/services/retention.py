"""How long personal data stays: as the settings say, and never longer than the agency's policy allows. Imports settings and rules only."""

from __future__ import annotations

import structlog

from app.services.appointments.housekeeping import RetentionRules
from app.services.policies import prescribe
from app.services.policy import Policy
from app.services.profile import Settings

RETENTION, EVIDENCE = "retention_days", "evidence_days"
"""Names in the policy, the same as in `settings.json`."""

_log = structlog.get_logger(__name__)


def retention_of(settings: Settings, policy: Policy) -> RetentionRules:
    """A policy only shortens the time of data with a name; of the evidence it says how long. What cannot be understood counts as nothing
    and is logged: it must not keep anything longer."""
    found = prescribe(settings, policy)
    for name in (RETENTION, EVIDENCE):
        if name in found.refused:
            _log.warning("policy.not_understood", name=name)
    return RetentionRules(days=found.settings.retention_days, evidence_days=found.settings.evidence_days)
