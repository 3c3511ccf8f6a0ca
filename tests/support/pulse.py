"""A PulseAudio server of a test's own, with one null sink whose monitor is the microphone: what is played is heard."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ALSA_CONFIG = """\
pcm.!default {{ type pulse server "{server}" }}
ctl.!default {{ type pulse server "{server}" }}
"""


@contextmanager
def sound_system(folder: Path) -> Iterator[dict[str, str]]:
    """Run it in `folder`; gives the environment of a process that shall play and record there."""
    binary = shutil.which("pulseaudio")
    assert binary, "pulseaudio is needed: apt-get install pulseaudio libasound2-plugins libportaudio2"
    server = f"unix:{folder}/socket"
    config = folder / "asoundrc"
    config.write_text(ALSA_CONFIG.format(server=server), "utf-8")
    environment = os.environ | {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_SERVER": server,
        "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{config}",
    }
    command = [
        binary,
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=no",
        "--disable-shm=yes",
        "--log-target=stderr",
        f"--load=module-native-protocol-unix socket={folder}/socket auth-anonymous=1",
        "--load=module-null-sink sink_name=loop rate=48000",
    ]
    if os.geteuid() == 0:
        command.insert(1, "--system=no")
    with (folder / "log").open("wb") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
        try:
            _wait_until_it_answers(environment, process, folder / "log")
            yield environment
        finally:
            process.terminate()


def _wait_until_it_answers(environment: dict[str, str], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text("utf-8")
        answer = subprocess.run(
            ["pactl", "set-default-source", "loop.monitor"], env=environment, capture_output=True, check=False, timeout=20
        )
        if answer.returncode == 0:
            return
    raise AssertionError(log.read_text("utf-8"))
