"""`make package`: everything that this machine can build, for Linux and for Windows, with sizes and hashes.

    python -m tools.package                  both
    python -m tools.package linux            one of them (`windows` needs Wine)
    python -m tools.package windows --frozen

Who gives the packages out says so in VB_PACKAGER ("Name <address>"), and sets VB_RELEASE=1. Imports the standard library and `tools` only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from functools import partial

from tools import handbook, package_linux, package_windows
from tools.package_parts import made_at, timed
from tools.set_up import PACKAGE_VENV, SetUpError

SYSTEMS = {"linux": package_linux.build, "windows": package_windows.build}


def handbooks() -> list[str]:
    """What the program's help opens. Gives nothing that must not be given out."""
    timed("pages made", lambda: handbook.build(str(PACKAGE_VENV / "bin/python")))
    return []


def main() -> int:
    """Gives 1 for a package that must not be given out, or that could not be made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("systems", nargs="*", choices=[[], *SYSTEMS], help="linux, windows; all of them without a word")
    parser.add_argument("--frozen", action="store_true", help="take the folders of an earlier run")
    options = parser.parse_args()
    found: list[str] = []
    steps: dict[str, Callable[[], list[str]]] = {} if options.frozen else {"handbooks": handbooks}
    steps |= {name: partial(SYSTEMS[name], made_at(), frozen=options.frozen) for name in options.systems or SYSTEMS}
    for name, step in steps.items():
        print(f"package: {name}", flush=True)
        try:
            found += step()
        except (SetUpError, subprocess.CalledProcessError) as error:
            found.append(f"{name}: {error}")
    for problem in found:
        print(f"package: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
