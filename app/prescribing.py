"""The command `videoberatung policy`: which policies hold on this computer, and which cannot. For IT; changes nothing.

A part of the composition root. Shows names and never a value.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.paths import RESOURCES
from app.services.policies import RULES, prescribe
from app.services.policy import POLICY_FILE, PolicyError, read_policy_strictly
from app.services.policy_conflicts import Conflict, contradictions
from app.services.profile import Settings
from app.texts import Texts


def main(argv: Sequence[str]) -> int:
    """0 if everything prescribed holds, 1 if something cannot be used or contradicts the rest, 2 for a policy that cannot be read."""
    options = _parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    try:
        policy = read_policy_strictly(options.file)
    except PolicyError:
        print(texts("app.policies.unreadable", file=str(options.file or POLICY_FILE)))
        return 2
    found = prescribe(Settings(), policy)
    holds = [rule.name for rule in RULES if rule.name in policy and rule.name not in found.refused]
    against = contradictions(holds)
    if options.json:
        pairs = [{"kind": one.kind.value, "name": one.name, "other": one.other} for one in against]
        print(json.dumps({"holds": holds, "refused": found.refused, "unknown": found.unknown, "contradictions": pairs}, indent=2))
    else:
        print(texts("app.policies.holds", names=", ".join(holds)) if holds else texts("app.policies.none"))
        for name in found.refused:
            print(texts("app.policies.refused", name=name))
        for name in found.unknown:
            print(texts("app.policies.unknown", name=name))
        for one in against:
            key = "app.policies.idle" if one.kind is Conflict.IDLE else "app.policies.lacks"
            print(texts(key, name=one.name, other=one.other))
    return 1 if found.refused or found.unknown or against else 0


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung policy", description=texts("commands.policy"))
    parser.add_argument("--json", action="store_true", help=texts("commands.json"))
    parser.add_language(texts("commands.language"))
    parser.add_argument("--file", type=Path, default=None, metavar=texts("commands.file"), help=texts("commands.policy.file"))
    return parser
