"""`make handbook`: the handbooks as pages that a browser opens without any network, in `build/handbook`.

Sphinx reads the Markdown of `docs/`; a link to a page, a heading or a picture that is not there stops it. `make package` takes the pages
along, and the program's help opens them. Standard library and `tools` only; `handbook_pages` is the part that runs inside of Sphinx.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.set_up import ROOT

OUT = ROOT / "build/handbook"
SETTINGS = ROOT / "packaging/handbook"


def build(python: str = sys.executable, out: Path = OUT, source: Path = ROOT / "docs") -> None:
    """All pages anew, by a Python that has Sphinx. Raises CalledProcessError; Sphinx has said why by then."""
    shutil.rmtree(out, ignore_errors=True)
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    with tempfile.TemporaryDirectory() as notes:
        options = ["-b", "html", "-q", "-E", "-W", "--keep-going", "-c", str(SETTINGS), "-d", notes]
        subprocess.run([python, "-m", "sphinx", *options, str(source), str(out)], cwd=ROOT, env=environment, check=True)


def main() -> int:
    """Says where the first page lies."""
    try:
        build()
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"handbook: {size / 1e6:.1f} MB, begins with {OUT / 'handbook/index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
