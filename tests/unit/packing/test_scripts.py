"""What the server's package does when it is installed over a version that runs. The system's own commands are stand-ins here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "packaging/linux/scripts/server-postinst"
SYSTEMCTL = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
    *list-units*) printf 'videoberatung-server@%s.service loaded active\\n' 1 2 3 ;;
    *"try-restart $BROKEN"*) exit 1 ;;
esac
"""


def restarted(folder: Path, broken: str) -> tuple[list[str], str]:
    """Units that an update started again, in order, where this one does not come back; and what it said."""
    (folder / "running").mkdir()
    script = folder / "postinst"
    script.write_text(SCRIPT.read_text("utf-8").replace("/run/systemd/system", str(folder / "running")), "utf-8")
    for name, text in {"systemctl": SYSTEMCTL, "systemd-sysusers": "#!/bin/sh\n", "systemd-tmpfiles": "#!/bin/sh\n"}.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)
    around = {"PATH": f"{folder}:/usr/bin:/bin", "CALLS": str(folder / "calls"), "BROKEN": broken}
    done = subprocess.run(["/bin/sh", script, "configure"], env=around, capture_output=True, text=True, check=True, timeout=60)
    calls = (folder / "calls").read_text("utf-8").splitlines()
    return [call.rpartition(" ")[2] for call in calls if "try-restart" in call], done.stderr


ALL = ["videoberatung-server.service", *(f"videoberatung-server@{number}.service" for number in (1, 2, 3))]


def test_servers_are_renewed_one_after_the_other(tmp_path: Path) -> None:
    assert restarted(tmp_path, "none") == (ALL, "")


@pytest.mark.parametrize(("broken", "until"), [(ALL[1], 2), (ALL[2], 3)], ids=["first", "second"])
def test_after_one_that_does_not_come_back_the_others_stay_as_they_are(tmp_path: Path, broken: str, until: int) -> None:
    units, said = restarted(tmp_path, broken)
    assert units == ALL[:until]
    assert f"journalctl --unit {broken}" in said
    assert "vorigen Version weiter" in said
