"""A PulseAudio server of a test's own, with null sinks whose monitors are the microphones: what is played is heard.

The default device plays into the sink `loop`; the device `headset` plays into and hears the sink `headset`, which `plug` loads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ALSA_CONFIG = """\
pcm.!default {{ type pulse server "{server}" }}
ctl.!default {{ type pulse server "{server}" }}
pcm.headset {{
    type asym
    playback.pcm {{ type pulse server "{server}" device "headset" }}
    capture.pcm {{ type pulse server "{server}" device "headset.monitor" }}
}}
pcm.echoing {{ type pulse server "{server}" device "echoing" }}
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


def plug(sink: str, environment: Mapping[str, str] = os.environ) -> str:
    """Load a null sink; gives the number to unload it by."""
    return _pactl(["load-module", "module-null-sink", f"sink_name={sink}", "rate=48000"], environment)


def plug_echo(delay_s: float, environment: Mapping[str, str] = os.environ) -> None:
    """Load the sink `echoing`: what is played there is heard in the sink `loop`, exactly so much later (a delay line of LADSPA)."""
    control = f"control={delay_s},1.0"
    _pactl(
        ["load-module", "module-ladspa-sink", "sink_name=echoing", "sink_master=loop", "plugin=delay", "label=delay_5s", control],
        environment,
    )


def mute(source: str, on: bool, environment: Mapping[str, str] = os.environ) -> None:
    """As the switch in the system's own settings does."""
    _pactl(["set-source-mute", source, "1" if on else "0"], environment)


def pull(environment: Mapping[str, str] = os.environ) -> None:
    """Unload all sinks: what plays or records there is ended."""
    for line in _pactl(["list", "short", "modules"], environment).splitlines():
        number, name, *_ = line.split("\t")
        if name == "module-null-sink":
            _pactl(["unload-module", number], environment)


def in_use(sink: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether something plays into the sink."""
    numbers = {line.split("\t")[0] for line in _pactl(["list", "short", "sinks"], environment).splitlines() if line.split("\t")[1] == sink}
    return any(line.split("\t")[1] in numbers for line in _pactl(["list", "short", "sink-inputs"], environment).splitlines())


def _pactl(words: Sequence[str], environment: Mapping[str, str]) -> str:
    return subprocess.run(["pactl", *words], env=dict(environment), capture_output=True, text=True, check=True, timeout=20).stdout.strip()


def _wait_until_it_answers(environment: dict[str, str], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text("utf-8")
        answer = subprocess.run(
            ["pactl", "set-default-source", "loop.monitor"], env=environment, capture_output=True, check=False, timeout=20
        )
        if answer.returncode == 0:
            return
    raise AssertionError(log.read_text("utf-8"))
