"""Makes of the table `app/services/policies.py`: ADMX and ADML for group policies and Intune, the example for `/etc`, and the handbook's
reference. A test holds the files against the table; `python -m tools.policies` writes them anew.

ADMX as Microsoft's "Group Policy ADMX Syntax Reference Guide" has it. Class Machine: the program reads below HKEY_LOCAL_MACHINE only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as Xml

from app.paths import RESOURCES
from app.services.policies import RULES, Kind, Rule
from app.services.policy import POLICY_FILE, POLICY_KEY
from app.texts import Texts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("packaging/policies")
REFERENCE = Path("docs/handbook/policies.md")
NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
CATEGORY = "Videoberatung"
LANGUAGES = {"de": "de-DE", "en": "en-US"}
"""Ours -> Windows' name of it."""
LONGEST = {Kind.TEXT: 1023, Kind.OBJECT: 16383}
"""Characters of a text box."""
KINDS = {
    Kind.TEXT: ("Text", "REG_SZ"),
    Kind.NUMBER: ("ganze Zahl", "REG_DWORD"),
    Kind.SWITCH: ("`true` oder `false`", "REG_DWORD, 1 oder 0"),
    Kind.CHOICE: ("Text", "REG_SZ"),
    Kind.LIST: ("Liste von Texten", "REG_MULTI_SZ"),
    Kind.OBJECT: ("Objekt", "REG_SZ, derselbe Inhalt als JSON"),
}
"""In the file for Linux, in the registry."""


def admx() -> str:
    """The definitions, without a word in any language."""
    root = Xml.Element("policyDefinitions", {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})
    spaces = Xml.SubElement(root, "policyNamespaces")
    Xml.SubElement(spaces, "target", {"prefix": "videoberatung", "namespace": "Videoberatung.Policies"})
    Xml.SubElement(root, "resources", {"minRequiredRevision": "1.0"})
    supported = Xml.SubElement(Xml.SubElement(root, "supportedOn"), "definitions")
    Xml.SubElement(supported, "definition", {"name": "any", "displayName": "$(string.supported)"})
    categories = Xml.SubElement(root, "categories")
    Xml.SubElement(categories, "category", {"name": CATEGORY, "displayName": "$(string.category)"})
    policies = Xml.SubElement(root, "policies")
    for rule in RULES:
        _policy(policies, rule)
    return _written(root)


def _policy(policies: Xml.Element, rule: Rule) -> None:
    words = {"displayName": f"$(string.{rule.name})", "explainText": f"$(string.{rule.name}_help)"}
    attributes = {"name": rule.name, "class": "Machine", **words, "key": POLICY_KEY}
    if rule.kind is Kind.SWITCH:
        policy = Xml.SubElement(policies, "policy", {**attributes, "valueName": rule.name})
    else:
        policy = Xml.SubElement(policies, "policy", {**attributes, "presentation": f"$(presentation.{rule.name})"})
    Xml.SubElement(policy, "parentCategory", {"ref": CATEGORY})
    Xml.SubElement(policy, "supportedOn", {"ref": "any"})
    if rule.kind is Kind.SWITCH:
        for name, value in (("enabledValue", "1"), ("disabledValue", "0")):
            Xml.SubElement(Xml.SubElement(policy, name), "decimal", {"value": value})
    else:
        _element(Xml.SubElement(policy, "elements"), rule)


def _element(elements: Xml.Element, rule: Rule) -> None:
    named = {"id": rule.name, "valueName": rule.name}
    match rule.kind:
        case Kind.NUMBER:
            Xml.SubElement(elements, "decimal", {**named, "minValue": str(rule.least), "maxValue": str(rule.most), "required": "true"})
        case Kind.CHOICE:
            enum = Xml.SubElement(elements, "enum", {**named, "required": "true"})
            for choice in rule.choices:
                item = Xml.SubElement(enum, "item", {"displayName": f"$(string.{_choice(rule, choice)})"})
                Xml.SubElement(Xml.SubElement(item, "value"), "string").text = choice
        case Kind.LIST:
            Xml.SubElement(elements, "multiText", named)
        case _:
            Xml.SubElement(elements, "text", {**named, "maxLength": str(LONGEST[rule.kind]), "required": "true"})


def _choice(rule: Rule, choice: str) -> str:
    return f"{rule.name}_{choice.replace('/', '_')}"


def adml(language: str) -> str:
    """The words of one language; `language` is ours."""
    texts = Texts.load(RESOURCES / "i18n", language, "app")
    root = Xml.Element("policyDefinitionResources", {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})
    Xml.SubElement(root, "displayName").text = texts("app.policies.name")
    Xml.SubElement(root, "description").text = texts("app.policies.name")
    resources = Xml.SubElement(root, "resources")
    strings = Xml.SubElement(resources, "stringTable")
    presentations = Xml.SubElement(resources, "presentationTable")
    for name, text in _strings(texts).items():
        Xml.SubElement(strings, "string", {"id": name}).text = text
    for rule in RULES:
        if rule.kind is not Kind.SWITCH:
            _presentation(Xml.SubElement(presentations, "presentation", {"id": rule.name}), rule, texts(rule.title))
    return _written(root)


def _strings(texts: Texts) -> Mapping[str, str]:
    strings = {"category": texts("app.policies.name"), "supported": texts("app.policies.supported")}
    for rule in RULES:
        strings |= {
            rule.name: texts(rule.title),
            f"{rule.name}_help": f"{texts(rule.explanation)}\n\n{texts('app.policies.example')} {_json(rule.example)}",
        }
        if rule.kind is Kind.CHOICE:
            strings |= {_choice(rule, choice): choice for choice in rule.choices}
    return strings


def _presentation(presentation: Xml.Element, rule: Rule, label: str) -> None:
    named = {"refId": rule.name}
    match rule.kind:
        case Kind.NUMBER:
            Xml.SubElement(presentation, "decimalTextBox", {**named, "defaultValue": str(rule.example)}).text = label
        case Kind.CHOICE:
            Xml.SubElement(presentation, "dropdownList", {**named, "noSort": "true"}).text = label
        case Kind.LIST:
            Xml.SubElement(presentation, "multiTextBox", named).text = label
        case _:
            Xml.SubElement(Xml.SubElement(presentation, "textBox", named), "label").text = label


def _written(root: Xml.Element) -> str:
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def example() -> str:
    """A file for `/etc` with every name."""
    return json.dumps({rule.name: rule.example for rule in RULES}, indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """The handbook's page, in German."""
    texts = Texts.load(RESOURCES / "i18n", "de", "app")
    lines = [
        "# Richtlinien",
        "",
        "Diese Seite entsteht aus `app/services/policies.py` (`python -m tools.policies`); bitte nicht von Hand ändern.",
        "",
        f"Unter Linux ein JSON-Objekt in `{POLICY_FILE}`, unter Windows Werte in `HKLM\\{POLICY_KEY}` (Vorlagen: `packaging/policies`).",
        "Eine Richtlinie steht über den Einstellungen einer Person und gilt ab dem nächsten Start. Was nicht geht oder unbekannt ist,",
        "nimmt nichts anderes mit: Dann gilt die Einstellung, und `videoberatung policy` sagt es (mit `--file DATEI` auch, bevor Sie sie",
        "verteilen; Rückgabewert 0 alles gilt, 1 etwas geht nicht oder widerspricht sich, 2 nicht lesbar).",
        "",
    ]
    for rule in RULES:
        kind, registry = KINDS[rule.kind]
        lines += [
            f"## {texts(rule.title)}",
            "",
            texts(rule.explanation),
            "",
            f"- Name: `{rule.name}`",
            f"- Art: {kind}; in der Registry {registry}",
        ]
        if rule.kind is Kind.NUMBER:
            lines.append(f"- möglich: {rule.least} bis {rule.most}")
        if rule.choices:
            lines.append(f"- möglich: {', '.join(f'`{choice}`' for choice in rule.choices)}")
        lines += [f"- Beispiel: `{_json(rule.example)}`", ""]
    return "\n".join(lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FILES: Mapping[Path, Callable[[], str]] = {
    FOLDER / "videoberatung.admx": admx,
    **{FOLDER / windows / "videoberatung.adml": partial(adml, ours) for ours, windows in LANGUAGES.items()},
    FOLDER / "policy.json": example,
    REFERENCE: reference,
}
"""Place in the checkout -> what makes it."""


def main() -> int:
    """Writes them all."""
    for name, made in FILES.items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(made(), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
