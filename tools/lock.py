"""Writes the lock files of the Python and Node packages: hashes in, registries' and sponsors' addresses out. Needs uv (on PATH).

What is pinned stays pinned unless pyproject.toml or package.json ask otherwise; `--upgrade` moves everything to the newest.

The developers' file is resolved first and holds the others, so that one virtual environment can grow from the one to the other.
The packager's file is a virtual environment of its own: what is packed and what freezes it, nothing else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from tools.set_up import ROOT, link_node, npm_script

LOCKS = ROOT / "packaging/requirements"

PARTS = {
    "dev": ["--extra", "desktop", "--extra", "server-agency", "--group", "dev"],
    "desktop": ["--extra", "desktop"],
    "server-agency": ["--extra", "server-agency"],
    "server": ["--extra", "server"],
    "package": ["--extra", "desktop", "--extra", "server-agency", "--group", "package"],
    "desktop-windows": ["--extra", "desktop", "--group", "package-windows"],
    "audit": ["--group", "audit"],
}
"""Name of the requirement file -> which parts of pyproject.toml it resolves."""
ONE_SYSTEM = {"desktop-windows": ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.11.9", "--only-binary", ":all:"]}
"""The file that holds for one system and one Python alone; the others hold for every one."""


def python_command(part: str, *, upgrade: bool) -> list[str]:
    """The line that writes `packaging/requirements/PART.txt`."""
    systems = ONE_SYSTEM.get(part, ["--universal", "--python-version", "3.11"])
    options = [*systems, "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
    if upgrade:
        options.append("--upgrade")
    if part != "dev":
        options += ["--constraint", "packaging/requirements/dev.txt"]
    target = f"packaging/requirements/{part}.txt"
    return ["uv", "pip", "compile", "--quiet", "pyproject.toml", *PARTS[part], *options, "--output-file", target]


def node_command(*, upgrade: bool) -> list[str]:
    """The line that writes `package-lock.json`."""
    node = link_node()
    options = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit", "--no-fund"]
    return [str(node), str(npm_script(node)), "update" if upgrade else "install", *options]


def without_sponsors(text: str) -> str:
    """A `package-lock.json` without the addresses at which its packages ask for money."""
    lock = json.loads(text)
    for entry in lock["packages"].values():
        entry.pop("funding", None)
    return json.dumps(lock, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes all files; stops at the first line that fails."""
    parser = argparse.ArgumentParser(description="Writes the lock files.")
    parser.add_argument("--upgrade", action="store_true", help="move everything to the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    for command in [*(python_command(part, upgrade=upgrade) for part in PARTS), node_command(upgrade=upgrade)]:
        result = subprocess.run(command, cwd=ROOT, check=False)
        if result.returncode != 0:
            return result.returncode
    node_lock = ROOT / "package-lock.json"
    node_lock.write_text(without_sponsors(node_lock.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
