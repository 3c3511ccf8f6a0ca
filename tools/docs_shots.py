"""Writes the handbook's pictures: `python -m tools.docs_shots`. Calls the photographers of the tests and keeps what the handbook shows.

Each picture is taken light and dark, at 100 and 200 %, offscreen and over the sample book: no server, no camera, no real person.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs/handbook/pictures"
CHECK = ("welcome", "camera", "microphone", "loudspeaker", "own-voice", "echo", "network", "system", "verdict-good")
CHECK_TROUBLE = ("camera-trouble", "verdict", "brief", "brief-verdict")
TRAINING = ("main", "control", "call", "phone", "faults", "script", "notes", "projector-call")
KEPT = (
    *("day", "week", "month", "agenda", "sheet-live", "sheet-check", "invitation-mail"),
    *(f"check-{name}" for name in (*CHECK, *CHECK_TROUBLE)),
    *(f"training-{name}" for name in TRAINING),
    *("agenda-waiting", "call-verdict", "share-dialog", "figures"),
)
"""What the handbook shows of all that is photographed."""
PHOTOGRAPHERS = (
    "tests.ui.calendar_shots",
    "tests.ui.appointment.shots",
    "tests.ui.training.shots",
    "tests.ui.shots",  # device check and evaluation among them
)
LOOKS = (("",), ("dark",))
SCALES = ("", "2")


def main() -> int:
    """All pictures anew; stops at the first photographer that fails."""
    with tempfile.TemporaryDirectory() as folder:
        for look in LOOKS:
            for scale in SCALES:
                environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"} | ({"QT_SCALE_FACTOR": scale} if scale else {})
                for photographer in PHOTOGRAPHERS:
                    command = [sys.executable, "-m", photographer, folder, *filter(None, look)]
                    done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False)
                    if done.returncode != 0:
                        print(done.stderr, file=sys.stderr)
                        return done.returncode
        return _keep(Path(folder))


def _keep(taken: Path) -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    for name in KEPT:
        for look in ("", "-dark"):
            for scale in ("", "-x2"):
                picture = taken / f"{name}{look}{scale}.png"
                if not picture.exists():
                    print(f"docs-shots: nobody took {picture.name}", file=sys.stderr)
                    return 1
                shutil.copyfile(picture, PICTURES / picture.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
