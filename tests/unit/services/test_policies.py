"""One table of policies: each value is read on its own, a wrong one takes nothing else with it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.services.mail.prescribed import MAIL
from app.services.policies import RULES, Kind, Rule, prescribe, read
from app.services.profile import Settings
from app.services.public_holidays import Region

WRONG: dict[str, list[Any]] = {
    "profile": [7, "", None],
    "public_url": ["video.example.org", "https://video.example.org/page", "ftp://x", 7],
    "bind_host": ["any where", "", 0],
    "trusted_proxies": ["127.0.0.1", [7], {}],
    "turn_urls": ["turn:x.example", [7], {}],
    "turn_secret_file": ["", 7],
    "relay_only": [["server"], "counsellor", [7]],
    "udp_ports": ["49152", "49407-49152", "49152-49160", "80-1000", "60000-70000", "", 49152],
    "features": [["blur"], "chat", {}],
    "page_languages": [["Deutsch!"], 7],
    "ringing": ["loud", "", True],
    "log_level": ["all", "", 3],
    "autostart": ["yes", 2, None],
    "site": ["Musterstadt", "", "-a", 3],
    "label": ["", "a" * 81, "two\nlines"],
    "phone": ["call us", 110],
    "language": ["fr", "", 1],
    "region": ["DE-BY", "", ["BY"]],
    "retention_days": [0, 91, "many", True, 1.5, None],
    "evidence_days": [0, -1, [], "999999"],
    "team": [[], "{", '{"folder": 7}', {"list_file": "x"}, {"folder": "x", "more": 1}],
    "mail": [[], "no", {"hosts": "x"}, 7],
    "server_key": ["short", "", "ß" * 43, 7],
    "server_url": ["video.jobcenter.example", "http://video.jobcenter.example", "https://video.jobcenter.example/other", "", 7],
    "mail_secrets_locked": ["yes", 2, None],
    "feed_names_locked": ["yes", 2, None],
}


def rule_of(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example_holds_and_locks_what_it_stands_above(rule: Rule) -> None:
    found = prescribe(Settings(), {rule.name: rule.example})
    assert found.refused == found.unknown == ()
    assert found.locked == ({rule.name} if rule.setting else set())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_value_that_cannot_be_used_takes_nothing_else_with_it(name: str, value: object) -> None:
    own = Settings(phone="1", label="Own")
    other = "phone" if name != "phone" else "label"
    found = prescribe(own, {name: value, other: rule_of(other).example})
    assert found.refused == (name,)
    assert found.locked == {other}
    assert found.settings == msgspec.structs.replace(own, **{other: rule_of(other).example})


def test_every_policy_has_values_that_are_refused() -> None:
    assert set(WRONG) == {rule.name for rule in RULES}


def test_a_name_that_nothing_asks_for_is_told() -> None:
    assert prescribe(Settings(), {"retentiondays": 14, "phone": "1"}).unknown == ("retentiondays",)


@pytest.mark.parametrize(("own", "policy", "holds"), [(30, 14, 14), (7, 14, 7), (30, "14", 14)])
def test_retention_is_only_shortened(own: int, policy: object, holds: int) -> None:
    assert prescribe(Settings(retention_days=own), {"retention_days": policy}).settings.retention_days == holds


def test_values_as_the_registry_has_them() -> None:
    found = prescribe(
        Settings(), {"evidence_days": 100, "mail_secrets_locked": 1, "team": '{"folder": "T:/"}', "trusted_proxies": ["10.0.0.1"]}
    )
    assert found.refused == ()
    assert found.settings.evidence_days == 100
    assert found.settings.team is not None
    assert found.settings.team.folder == "T:/"
    assert found.settings.trusted_proxies == ("10.0.0.1",)


def test_a_region_becomes_one() -> None:
    assert prescribe(Settings(), {"region": "BY/catholic"}).settings.region is Region.BAYERN_CATHOLIC


def test_the_mail_is_left_to_its_own_reader() -> None:
    """Which puts a part of it above the person's own settings, field by field."""
    assert prescribe(Settings(), {MAIL: {"host": "mail.example.org"}}).settings.mail is None


def test_no_policy_changes_nothing() -> None:
    own = Settings(phone="1")
    assert prescribe(own, {}).settings == own


def test_bounds_of_a_number_are_what_the_program_takes() -> None:
    for rule in RULES:
        if rule.kind is Kind.NUMBER:
            assert (read(rule, rule.least), read(rule, rule.most)) == (rule.least, rule.most)
