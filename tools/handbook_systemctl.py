"""Stands in for systemctl in a root without systemd (tools/handbook_test.sh): starts our units as they say, and Debian's services by their
scripts in /etc/init.d. Runs under the root's own Python; imports the standard library only.

Of a unit it heeds User, Environment, EnvironmentFile, ExecStart, StateDirectory, Type=notify (it waits for READY=1, as systemd does) and
Type=oneshot (it runs all lines to their end). Timers are enabled without effect: nobody waits for the night here.
The hardening is looked at elsewhere (`systemd-analyze security`); this shows that commands, files, users and ports fit together.
"""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/lib/systemd/system")
STATE = Path("/run/handbook")
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 30.0


def lines(unit: str) -> list[tuple[str, str]]:
    """Key and value of each line of a unit, with its instance filled in."""
    name, _, instance = unit.removesuffix(".service").partition("@")
    path = UNITS / (f"{name}@.service" if instance else f"{name}.service")
    given = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#"))
    return [(key, value.replace("%i", instance)) for key, value in given]


def environment_of(unit: list[tuple[str, str]]) -> dict[str, str]:
    """Environment= and the files, the later ones last."""
    found = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    for key, value in unit:
        if key == "Environment":
            found |= dict([value.split("=", 1)])
        elif key == "EnvironmentFile":
            given = Path(value).read_text("utf-8").splitlines()
            found |= dict(line.split("=", 1) for line in given if "=" in line and not line.startswith("#"))
    return found


def start(name: str) -> None:
    """As the unit says; returns when the program is ready. Raises SystemExit."""
    unit = lines(name)
    single = dict(unit)
    user = pwd.getpwnam(single["User"])
    state = Path("/var/lib", single["StateDirectory"])
    state.mkdir(mode=0o700, exist_ok=True)
    os.chown(state, user.pw_uid, user.pw_gid)
    STATE.mkdir(exist_ok=True)
    if single["Type"] == "oneshot":
        for command in (value for key, value in unit if key == "ExecStart"):
            run(command, environment_of(unit), user)
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        address = STATE / f"{name}.notify"
        address.unlink(missing_ok=True)
        channel.bind(str(address))
        address.chmod(0o777)
        channel.settimeout(READY_WITHIN_S)
        with (STATE / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                single["ExecStart"].split(),
                env=environment_of(unit) | {"NOTIFY_SOCKET": str(address)},
                user=user.pw_uid,
                group=user.pw_gid,
                extra_groups=[],
                start_new_session=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            ready = channel.recv(100) == b"READY=1"
        except TimeoutError:
            ready = False
    if not ready:
        sys.exit(f"{name} did not start:\n{(STATE / f'{name}.log').read_text('utf-8', 'replace')}")
    (STATE / f"{name}.pid").write_text(str(process.pid))


def run(command: str, environment: dict[str, str], user: pwd.struct_passwd) -> None:
    """One line of a unit that ends by itself. Raises CalledProcessError."""
    uid, gid = user.pw_uid, user.pw_gid
    subprocess.run(command.split(), env=environment, user=uid, group=gid, extra_groups=[], cwd="/", stdin=subprocess.DEVNULL, check=True)


def stop(name: str) -> None:
    """SIGTERM, and wait. Raises SystemExit for a server that does not end."""
    file = STATE / f"{name}.pid"
    if not file.exists():
        return
    pid = int(file.read_text())
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        if time.monotonic() > deadline:
            sys.exit(f"{name} does not end")
        time.sleep(0.05)
    file.unlink()


def act(action: str, name: str) -> None:
    """One action on one unit."""
    if name.endswith(".timer"):
        return
    if not name.startswith("videoberatung-server"):
        subprocess.run(["service", name.removesuffix(".service"), action], check=True)
        return
    if action in ("stop", "restart"):
        stop(name)
    if action in ("start", "restart"):
        start(name)


def main(arguments: list[str]) -> int:
    """What the handbook and the package's scripts ask for; anything else is refused."""
    options = {word for word in arguments if word.startswith("-")}
    action, *names = [word for word in arguments if not word.startswith("-")]
    if action in ("daemon-reload", "disable") or (action == "enable" and "--now" not in options):
        return 0
    if action not in ("start", "stop", "restart", "reload", "enable"):
        sys.exit(f"systemctl {action}: the stand-in does not know it")
    for name in names:
        act("start" if action == "enable" else action, name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
