"""Takes the commands out of a handbook: its blocks that begin with ```sh run or ```sh workstation, in order, as one script for bash.

    python -m tools.handbook_commands docs/handbook/server.md            the script
    python -m tools.handbook_commands --downloads docs/handbook/server.md    what it installs, for a machine that has no network later

Those of a workstation go to the command `at_workstation`, which the machine has to have: it runs them as the person who works there.
Imports the standard library only. The script stops at the first command that fails; before each block it says from which line it is.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MARKS = {"```sh run": False, "```sh workstation": True}
"""First line of a block -> whether it is for a workstation."""
END = "```"
HEAD = "set -euo pipefail\nexport DEBIAN_FRONTEND=noninteractive\n"


@dataclass(frozen=True, slots=True)
class Block:
    """Commands that stand together."""

    line: int
    """Of the handbook, where the first of them stands."""
    text: str
    workstation: bool = False


def blocks(handbook: str) -> Iterator[Block]:
    """The marked ones. Raises ValueError for one that does not end."""
    lines = handbook.splitlines()
    at = 0
    while at < len(lines):
        if (mark := lines[at].strip()) in MARKS:
            try:
                end = lines.index(END, at + 1)
            except ValueError:
                raise ValueError(f"line {at + 1}: the block does not end") from None
            yield Block(at + 2, "\n".join(lines[at + 1 : end]), MARKS[mark])
            at = end
        at += 1


def script(found: Sequence[Block], name: str) -> str:
    """All of them as one script."""
    parts = [f"echo {shlex.quote(f'== {name}:{block.line}')}\n{_there(block)}\n" for block in found]
    return "\n".join([HEAD, *parts, f"echo {shlex.quote(f'== {name}: all {len(found)} blocks hold')}", ""])


def _there(block: Block) -> str:
    """Where it belongs."""
    return f"at_workstation <<'AT_WORKSTATION'\n{HEAD}{_said(block.text)}\nAT_WORKSTATION" if block.workstation else _said(block.text)


def _said(text: str) -> str:
    """The block, each command shown before it runs."""
    return f"set -x\n{text}\n{{ set +x; }} 2>/dev/null"


def downloads(found: Sequence[Block]) -> list[str]:
    """The packages that `apt-get install` gets, files and names, each once."""
    names: dict[str, None] = {}
    for block in found:
        for command in re.findall(r"^apt-get install (.+)$", block.text, re.MULTILINE):
            names |= dict.fromkeys(word for word in shlex.split(command) if not word.startswith("-"))
    return list(names)


def main() -> int:
    """Prints what was asked for; 2 for a handbook without marked blocks."""
    parser = argparse.ArgumentParser(description="Takes the commands out of a handbook.")
    parser.add_argument("handbook", type=Path)
    parser.add_argument("--downloads", action="store_true", help="only the packages that are installed")
    options = parser.parse_args()
    found = list(blocks(options.handbook.read_text("utf-8")))
    if not found:
        print(f"{options.handbook}: no block begins with one of {', '.join(MARKS)}", file=sys.stderr)
        return 2
    print(" ".join(downloads(found)) if options.downloads else script(found, options.handbook.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
