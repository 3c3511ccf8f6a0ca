"""Run in a process of its own by the sound test: a device check over a real sound system. Prints as JSON what was measured.

What a microphone shall hear is played into its sink by `pacat`, what a loudspeaker played is taken from its monitor by `parec`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from app.domain.check_rules import LoudspeakerFigures, MicrophoneFigures
from app.domain.checks import Fault
from app.media.check_ports import Ear
from app.media.devices import Hardware
from app.media.measuring.probes import HardwareProbes
from app.media.opus import SAMPLE_RATE
from tests.support.pulse import in_use, mute, plug, plug_echo, pull

HEADSET, ECHOING = "sound:ALSA:headset", "sound:ALSA:echoing"
DELAY_S = 0.15
PATIENCE_S = 30
HURRY_MS = 4
LOOK_EVERY_S = 0.05
LEVELS = 5
"""The player stutters on a busy machine: one of them may lie in a gap."""
ECHO_TRIES = 4
"""Each of them three playings: on a machine so busy that PulseAudio loses its time a check tells no delay."""
RAW = ["--raw", "--format=s16le", f"--rate={SAMPLE_RATE}"]

T = TypeVar("T")


def wave(hz: float, peak: float) -> np.ndarray:
    """A second of a tone; what is above full scale is cut off."""
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return np.clip(np.rint(peak * np.sin(2 * np.pi * hz * t)), -32768, 32767).astype(np.int16)


@asynccontextmanager
async def sounding(sound: np.ndarray, sink: str = "loop") -> AsyncIterator[None]:
    """Somebody makes this sound over and over."""
    command = ["pacat", "--playback", *RAW, "--channels=1", "--latency-msec=500", f"--device={sink}"]
    player = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    assert player.stdin

    async def feed() -> None:
        assert player.stdin
        while True:
            player.stdin.write(sound.tobytes())
            await player.stdin.drain()

    feeding = asyncio.create_task(feed())
    await until(lambda: in_use(sink))
    try:
        yield
    finally:
        feeding.cancel()
        player.kill()
        await player.wait()
        await until(lambda: not in_use(sink))


async def heard_meanwhile(sink: str, work: Awaitable[T]) -> tuple[T, np.ndarray]:
    """What `work` gives, and what was played meanwhile: (samples, 2)."""
    command = ["parec", *RAW, "--channels=2", f"--latency-msec={HURRY_MS}", f"--device={sink}.monitor"]
    listener = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert listener.stdout
    read = bytearray(await listener.stdout.readexactly(4))  # it listens now
    reading = asyncio.create_task(listener.stdout.read(-1))
    result = await work
    listener.terminate()
    read += await reading
    await listener.wait()
    return result, np.frombuffer(bytes(read[: len(read) // 4 * 4]), np.int16).reshape(-1, 2)


@asynccontextmanager
async def hurry(*sinks: str) -> AsyncIterator[None]:
    """A sink whose monitor nobody hears in a hurry works two seconds ahead: what is played then is heard before its time."""
    words = ["--raw", f"--latency-msec={HURRY_MS}"]
    listeners = [
        await asyncio.create_subprocess_exec("parec", *words, f"--device={sink}.monitor", stdout=subprocess.DEVNULL) for sink in sinks
    ]
    try:
        yield
    finally:
        for listener in listeners:
            with suppress(ProcessLookupError):  # its sink is gone
                listener.kill()
            await listener.wait()


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again, because sound sends no word."""
    assert await asyncio.to_thread(watched, holds)


def watched(holds: Callable[[], bool]) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


async def listened(probes: HardwareProbes, device: str = "") -> dict[str, Any]:
    """The figures of a second or so."""
    probe = await probes.microphone(device)
    await until(lambda: probe.figures().hum_share is not None or probe.figures().trouble is not None)
    levels = []
    for _ in range(LEVELS):
        levels.append(probe.level_dbfs())
        await asyncio.sleep(0.1)  # the next one is about other sound
    figures = probe.figures()
    await probe.close()
    return told(figures) | {"level_dbfs": float(np.median(levels))}


def told(figures: MicrophoneFigures) -> dict[str, Any]:
    """As JSON can carry it."""
    return {name: value.value if isinstance(value, Fault) else value for name, value in asdict(figures).items()}


def loudest_hz(channel: np.ndarray) -> float:
    """0 in silence."""
    if not channel.any():
        return 0.0
    return float(np.argmax(np.abs(np.fft.rfft(channel.astype(float))))) * SAMPLE_RATE / len(channel)


async def microphones(probes: HardwareProbes) -> dict[str, Any]:
    """What is wrong with each sound."""
    result: dict[str, Any] = {}
    sounds = {"tone": wave(625, 3277), "far": wave(625, 60), "overdriven": wave(625, 60_000), "hum": wave(50, 400) + wave(150, 200)}
    for name, sound in sounds.items():
        async with sounding(sound):
            result[name] = await listened(probes)
    async with sounding(sounds["tone"]):
        mute("loop.monitor", True)
        result["muted"] = await listened(probes)
        mute("loop.monitor", False)
        result["others louder"] = [await probes.others_louder("", 1.0), await probes.others_louder(HEADSET, 1.0)]
    return result


async def loudspeakers(probes: HardwareProbes) -> dict[str, Any]:
    """What was played where."""
    result: dict[str, Any] = {}
    for ear in Ear:
        fault, sound = await heard_meanwhile("loop", probes.tone("", ear))
        result[ear.value] = [fault and fault.value, *(loudest_hz(sound[:, side]) for side in (0, 1))]
    async with sounding(wave(800, 3277)):
        fault, sound = await heard_meanwhile("headset", probes.own_voice("", HEADSET, 1.0))
    result["own voice"] = [fault and fault.value, loudest_hz(sound[:, 0]), int(np.count_nonzero(sound[:, 0])) / SAMPLE_RATE]
    return result


async def echoes(probes: HardwareProbes) -> dict[str, Any]:
    """With a known delay, with none, and in a headset."""
    plug_echo(DELAY_S)
    result = {}
    for name, device in (("at once", ""), ("late", ECHOING), ("headset", HEADSET)):
        figures = await measured_echo(probes, device)
        result[name] = [figures.trouble and figures.trouble.value, figures.echo_db, figures.echo_delay_ms]
    return result


async def measured_echo(probes: HardwareProbes, loudspeaker: str) -> LoudspeakerFigures:
    """One with a delay, if there is an echo."""
    for _ in range(ECHO_TRIES):
        figures = await probes.echo("", loudspeaker)
        if figures.echo_db is None or figures.echo_delay_ms is not None:
            break
    return figures


async def gone(probes: HardwareProbes) -> dict[str, Any]:
    """In mid-use, and before it."""
    probe = await probes.microphone(HEADSET)
    await until(lambda: probe.figures().peak_dbfs is not None)
    before = probe.figures().trouble
    pull()
    await until(lambda: probe.figures().trouble is not None)
    ended = probe.figures().trouble
    await probe.close()
    missing = await probes.microphone("sound:ALSA:of another machine")
    silent = await probes.tone("sound:ALSA:of another machine", Ear.BOTH)
    return {
        "in mid-use": [before and before.value, ended and ended.value],
        "not there": [told(missing.figures())["trouble"], silent and silent.value],
        "own voice": (await probes.own_voice("sound:ALSA:of another machine", "", 0.1) or Fault.NOT_MEASURED).value,
    }


async def main() -> None:
    """All of it, one after the other."""
    plug("headset")
    hardware = Hardware()
    probes = HardwareProbes(hardware)
    async with hurry("loop", "headset"):
        result = {
            "microphones": await microphones(probes),
            "loudspeakers": await loudspeakers(probes),
            "echoes": await echoes(probes),
            "gone": await gone(probes),
        }
    hardware.turns.close(5)
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main())
