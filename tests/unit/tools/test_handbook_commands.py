"""The commands of the handbook as a script: only what is marked, in order, and nothing that bash cannot read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tools.handbook_commands import blocks, downloads, script

HANDBOOK = Path(__file__).parents[3] / "docs/handbook/server.md"
SHORT = """# A

```sh run
echo one
```

    echo never

```sh
echo neither
```

```sh workstation
echo "$PLACE" there
```

```sh run
apt-get install --yes ./a_*.deb b
echo 'two'
```
"""


def test_only_marked_blocks_are_taken_in_order() -> None:
    found = list(blocks(SHORT))
    assert [(block.line, block.text.splitlines()[0], block.workstation) for block in found] == [
        (4, "echo one", False),
        (14, 'echo "$PLACE" there', True),
        (18, "apt-get install --yes ./a_*.deb b", False),
    ]
    assert downloads(found) == ["./a_*.deb", "b"]


def test_the_script_stops_at_the_first_failure() -> None:
    text = script(list(blocks("```sh run\necho one\nfalse\necho never\n```\n```sh run\necho last\n```\n")), "h.md")
    ran = subprocess.run(["bash"], input=text, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == ["== h.md:2", "one"]


AT_WORKSTATION = "at_workstation() { PLACE=workstation bash; }\n"
"""Stands in for the command that `tools/handbook_test.sh` makes."""


def test_what_belongs_to_a_workstation_runs_there_and_stops_the_rest_when_it_fails() -> None:
    text = '```sh run\nPLACE=server\n```\n```sh workstation\necho "$PLACE"\n{}\n```\n```sh run\necho "$PLACE"\n```\n'
    for last, said, status in (("true", ["workstation", "server"], 0), ("false", ["workstation"], 1)):
        found = script(list(blocks(text.format(last))), "h.md")
        ran = subprocess.run(["bash"], input=AT_WORKSTATION + found, capture_output=True, text=True, check=False)
        assert [line for line in ran.stdout.splitlines() if not line.startswith("==")] == said
        assert ran.returncode == status


def test_a_block_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(blocks("```sh run\necho one\n"))


def test_bash_reads_the_whole_handbook() -> None:
    found = list(blocks(HANDBOOK.read_text("utf-8")))
    assert len(found) > 6
    ran = subprocess.run(["bash", "-n"], input=script(found, "server.md"), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_run_block_is_marked_for_the_reader_too() -> None:
    text = HANDBOOK.read_text("utf-8")
    before = [part.rstrip() for part in re.split("```sh (?:run|workstation)", text)[:-1]]
    assert any(block.workstation for block in blocks(text))
    assert all(part.endswith("▶") for part in before)
