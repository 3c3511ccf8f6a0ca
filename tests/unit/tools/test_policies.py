"""What is given out with the program says the same as its table."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from app.services.policies import RULES, Kind, Rule, prescribe
from app.services.policy import POLICY_KEY
from app.services.profile import Settings
from tools.policies import FILES, FOLDER, LANGUAGES, NAMESPACE, ROOT

IN = {"": NAMESPACE}
ELEMENTS = {Kind.TEXT: "text", Kind.OBJECT: "text", Kind.NUMBER: "decimal", Kind.CHOICE: "enum", Kind.LIST: "multiText"}


@pytest.fixture(scope="module")
def admx() -> Xml.Element:
    return Xml.parse(ROOT / FOLDER / "videoberatung.admx").getroot()  # noqa: S314 - our own file


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_file_is_what_the_table_makes_of_it(name: Path) -> None:
    assert (ROOT / name).read_text("utf-8") == FILES[name](), "python -m tools.policies"


def test_the_definitions_have_every_policy_and_no_other(admx: Xml.Element) -> None:
    policies = admx.findall("policies/policy", IN)
    assert [policy.get("name") for policy in policies] == [rule.name for rule in RULES]
    assert {(policy.get("class"), policy.get("key")) for policy in policies} == {("Machine", POLICY_KEY)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_policy_is_written_as_the_program_reads_it(admx: Xml.Element, rule: Rule) -> None:
    policy = next(policy for policy in admx.findall("policies/policy", IN) if policy.get("name") == rule.name)
    if rule.kind is Kind.SWITCH:
        assert policy.get("valueName") == rule.name
        assert [value.get("value") for value in policy.findall("*/decimal", IN)] == ["1", "0"]
        return
    element = policy.find(f"elements/{ELEMENTS[rule.kind]}", IN)
    assert element is not None
    assert element.get("valueName") == rule.name
    if rule.kind is Kind.NUMBER:
        assert (element.get("minValue"), element.get("maxValue")) == (str(rule.least), str(rule.most))
    items = rule.choices if rule.kind is Kind.CHOICE else ()  # a list is typed in
    assert [value.text for value in element.findall("item/value/string", IN)] == list(items)


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_every_word_that_the_definitions_ask_for_is_there(admx: Xml.Element, language: str) -> None:
    adml = Xml.parse(ROOT / FOLDER / language / "videoberatung.adml").getroot()  # noqa: S314
    asked = {value[2:-1] for element in admx.iter() for value in element.attrib.values() if value.startswith("$(")}
    strings = {f"string.{string.get('id')}" for string in adml.findall("resources/stringTable/string", IN) if string.text}
    shown = {f"presentation.{shown.get('id')}" for shown in adml.findall("resources/presentationTable/presentation", IN)}
    assert asked == strings | shown
    references = {box.get("refId") for box in adml.findall("resources/presentationTable/presentation/*", IN)}
    assert references == {rule.name for rule in RULES if rule.kind is not Kind.SWITCH}


def test_the_example_for_linux_holds_as_a_whole() -> None:
    policy = json.loads((ROOT / FOLDER / "policy.json").read_text("utf-8"))
    found = prescribe(Settings(), policy)
    assert found.refused == found.unknown == ()
