"""`make audit`: are there known vulnerabilities in what we stand on, and is one of them older than we promised? Asks the network.

pip-audit and npm look the lock files up. What they find has to stand in `packaging/vulnerabilities.toml` with the day on which it became
known to us; from then on the time of `TIMES` runs, which SECURITY.md promises. Native libraries are not looked up by any of the two: they
are named, for a person to look. Runs under the environment that set-up makes for it; imports the standard library only.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.set_up import AUDIT_VENV, ROOT, link_node, npm_script

TIMES = {"critical": 7, "high": 30, "medium": 90, "low": 180}
"""Severity (CVSS 4.0, section 6: 9.0, 7.0, 4.0 and above) -> days until a version without it is given out."""
KNOWN = ROOT / "packaging/vulnerabilities.toml"
LOCKS = ROOT / "packaging/requirements"
CONTENTS = ROOT / "build/package"
CLEAN, WRONG, NOT_ASKED = 0, 1, 2


class CouldNotAsk(Exception):
    """One of the two did not answer, or could not look something up: nobody may take that for good news."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A vulnerability of a package in one of the lock files."""

    package: str
    version: str
    id: str


@dataclass(frozen=True, slots=True)
class Known:
    """One that we know of. What it means for us, and what is done, stands beside it in the file."""

    id: str
    severity: str
    since: datetime.date

    @property
    def until(self) -> datetime.date:
        """On this day it has to be mended."""
        return self.since + datetime.timedelta(days=TIMES[self.severity])


def read_known(text: str) -> list[Known]:
    """Of the file. Raises KeyError, ValueError for an entry that lacks something."""
    entries = tomllib.loads(text).get("known", [])
    for entry in entries:
        if not str(entry["why"]).strip() or not isinstance(entry["since"], datetime.date) or entry["severity"] not in TIMES:
            raise ValueError(f"{entry['id']}: severity, since or why")
    return [Known(entry["id"], entry["severity"], entry["since"]) for entry in entries]


def of_pip(answer: Mapping[str, Any]) -> Iterator[Found]:
    """Of pip-audit's JSON. Raises CouldNotAsk for what it skipped."""
    for entry in answer["dependencies"]:
        if "skip_reason" in entry:
            raise CouldNotAsk(str(entry["skip_reason"]))
        yield from (Found(entry["name"], entry["version"], one["id"]) for one in entry["vulns"])


def of_npm(answer: Mapping[str, Any]) -> Iterator[Found]:
    """Of `npm audit --json`, report version 2; each package is named with the advisory itself, not with what hangs on it."""
    if "vulnerabilities" not in answer:
        raise CouldNotAsk(str(answer.get("message", answer)))
    for name, entry in answer["vulnerabilities"].items():
        own = [via for via in entry["via"] if isinstance(via, dict)]
        yield from (Found(name, entry["range"], str(via["url"]).rpartition("/")[2]) for via in own)


def problems(found: Sequence[Found], known: Sequence[Known], today: datetime.date) -> list[str]:
    """What is new, what is late, and what stands in the file and is gone."""
    by_id = {one.id: one for one in known}
    new = [f"{one.package} {one.version}: {one.id} is new; enter it in {KNOWN.name}" for one in found if one.id not in by_id]
    there = {one.id for one in found}
    late = [f"{one.id} should have been mended by {one.until}" for one in known if one.id in there and today > one.until]
    return [*new, *late, *(f"{one.id} is mended; take it out of {KNOWN.name}" for one in known if one.id not in there)]


def native_parts(folder: Path) -> list[str]:
    """Name and version of what no index of packages knows, from the lists that the last `make package` wrote."""
    lists = [json.loads(file.read_text("utf-8")) for file in sorted(folder.rglob("contents.cdx.json"))]
    parts = (part for one in lists for part in one["components"] if "purl" not in part)
    return sorted({f"{part['name']} {part.get('version', '')}".strip() for part in parts})


Ask = Callable[[Sequence[str]], Mapping[str, Any]]


def ask(command: Sequence[str]) -> Mapping[str, Any]:
    """What it answers as JSON; its status only repeats that something was found. Raises CouldNotAsk."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise CouldNotAsk((done.stderr.strip().splitlines() or ["no answer"])[-1]) from None
    return answer


def looked_up(locks: Sequence[Path], asked: Ask = ask) -> list[Found]:
    """Of all lock files, each once. Raises CouldNotAsk."""
    audit = [str(AUDIT_VENV / "bin/pip-audit"), "--format=json", "--progress-spinner=off", "--disable-pip", "--require-hashes"]
    found = {one for lock in locks for one in of_pip(asked([*audit, f"--requirement={lock}"]))}
    node = link_node()
    return sorted(found | {*of_npm(asked([str(node), str(npm_script(node)), "audit", "--json", "--package-lock-only"]))})


def main(argv: Sequence[str] | None = None, asked: Ask = ask) -> int:
    """0 nothing to do, 1 something new, late or gone, 2 not everything could be looked up."""
    parser = argparse.ArgumentParser(description="Looks for known vulnerabilities of what is inside.")
    parser.add_argument("locks", type=Path, nargs="*", default=sorted(LOCKS.glob("*.txt")), help="lock files (default: all)")
    known = read_known(KNOWN.read_text("utf-8"))
    try:
        found = looked_up(parser.parse_args(argv).locks, asked)
    except CouldNotAsk as error:
        print(f"audit: could not be looked up, try again with a network: {error}", file=sys.stderr)
        return NOT_ASKED
    said = problems(found, known, datetime.datetime.now(datetime.UTC).date())
    print("\n".join(said) if said else "audit: nothing that is new or late")
    native = native_parts(CONTENTS)
    print(
        f"audit: look these up yourself: {', '.join(native)}" if native else "audit: after make package it names the native libraries, too"
    )
    return WRONG if said else CLEAN


if __name__ == "__main__":
    sys.exit(main())
