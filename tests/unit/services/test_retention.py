"""A policy shortens how long personal data stays, and lengthens nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from app.paths import RESOURCES
from app.services.appointing import Appointing, Office
from app.services.keys import KeysOfAFolder
from app.services.profile import Profile, Settings
from app.services.retention import retention_of
from app.texts import Texts

SET = msgspec.structs.replace(Settings(), retention_days=30, evidence_days=92)


@pytest.mark.parametrize(("prescribed", "days"), [(7, 7), ("14", 14), (30, 30), (90, 30), (1000, 30)])
def test_a_policy_only_shortens(prescribed: object, days: int) -> None:
    assert retention_of(SET, {"retention_days": prescribed}).days == days


@pytest.mark.parametrize("value", [0, -3, True, "bald", "²", [7]])
def test_what_cannot_be_understood_is_logged_and_keeps_nothing_longer(value: object) -> None:
    with capture_logs() as logs:
        rules = retention_of(SET, {"retention_days": value, "evidence_days": value})
    assert (rules.days, rules.evidence_days) == (30, 92)
    assert [line["name"] for line in logs] == ["retention_days", "evidence_days"]


def test_the_evidence_stays_as_prescribed() -> None:
    assert retention_of(SET, {"evidence_days": 365}).evidence_days == 365
    assert retention_of(SET, {}).evidence_days == 92


def test_the_program_goes_by_it(tmp_path: Path) -> None:
    def nobody() -> None:
        raise AssertionError("nobody is asked")

    policy = {"retention_days": 10, "evidence_days": 20}
    office = Office(Texts.load(RESOURCES / "i18n", "de", "app"), "1", nobody, RESOURCES, policy=policy)  # type: ignore[arg-type]
    rules = Appointing(office, Profile(tmp_path), SET, KeysOfAFolder()).plan().retention
    assert (rules.days, rules.evidence_days) == (10, 20)
