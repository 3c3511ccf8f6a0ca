"""From what was measured to faults: the rules of a device check, the same on both sides. No I/O, imports only `app.domain.checks`.

The page has the same rules (`resources/web/check_rules.js`); both are held to `tests/contract/golden/check_rules.json`. A figure that was
not measured is None and blames nothing. Limits come from the table of faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.checks import Fault

Limits = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFigures:
    """A few seconds of pictures."""

    trouble: Fault | None = None
    """Why there are none."""
    fps: float | None = None
    """Pictures really delivered, per second."""
    luma: float | None = None
    """Mean brightness of the middle of the picture, where a face is, 0 to 255."""
    backlight: float | None = None
    """Brightness of the border, divided by that of the middle."""
    still_s: float | None = None
    """Seconds for which not one dot has changed: every real sensor has noise."""
    sees_self: bool | None = None
    """What the person said of their own picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneFigures:
    """A few seconds in which the person spoke."""

    trouble: Fault | None = None
    peak_dbfs: float | None = None
    speech_dbfs: float | None = None
    """Level while they spoke: the loudest tenth of all blocks of 10 ms, RMS."""
    clipped_share: float | None = None
    """Share of samples at full scale."""
    hum_share: float | None = None
    """Share of the sound's energy between the words at 50 Hz and its multiples (mains)."""
    other_hears_better: bool = False
    """While they spoke another microphone was clearly louder than the chosen one."""
    recognised: bool | None = None
    """Whether the person heard their own voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoudspeakerFigures:
    """A test tone, and what of it came back."""

    trouble: Fault | None = None
    heard: bool | None = None
    """What the person said."""
    echo_db: float | None = None
    """Level of what the microphone heard of it, against what was played; None if nothing was recognised."""
    echo_delay_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFigures:
    """The way to the server, and through it."""

    trouble: Fault | None = None
    """Why the server cannot be spoken to at all."""
    udp: bool | None = None
    relay: bool | None = None
    """Whether a packet came back through the relay; None where the agency has none."""
    round_trip_ms: float | None = None
    jitter_ms: float | None = None
    """Mean deviation of neighbouring round trips (as in RFC 3550, section 6.4.1, without the smoothing)."""
    loss: float | None = None
    """Share, 0 to 1."""
    down_kbps: float | None = None
    up_kbps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFigures:
    """What a session needs of the machine beside its devices."""

    clock_off_s: float | None = None
    """This machine's clock against the server's."""
    keyring: bool | None = None
    memory_mb: float | None = None
    """Free for us."""
    load_share: float | None = None
    """Of all processors, over a second, 0 to 1."""
    battery_share: float | None = None
    """None on the mains, or where nobody knows."""


def camera(seen: CameraFigures, limits: Limits) -> tuple[Fault, ...]:
    """What is wrong with the picture. One that stands still tells nothing else; a "no" needs no other reason where one was measured."""
    if seen.trouble is not None:
        return (seen.trouble,)
    if _over(seen.still_s, limits["camera_frozen_s"]):
        return (Fault.CAMERA_FROZEN,)
    against_light = _over(seen.backlight, limits["camera_backlight_ratio"])
    dark = _under(seen.luma, limits["camera_dark_luma"]) and not against_light
    measured = _those(
        (Fault.CAMERA_BACKLIGHT, against_light),
        (Fault.CAMERA_DARK, dark),
        (Fault.CAMERA_SLOW, _under(seen.fps, limits["camera_slow_fps"])),
    )
    return measured or _those((Fault.CAMERA_WRONG, seen.sees_self is False))


def microphone(heard: MicrophoneFigures, limits: Limits) -> tuple[Fault, ...]:
    """What is wrong with the sound. Silence tells nothing else."""
    if heard.trouble is not None:
        return (heard.trouble,)
    if _under(heard.peak_dbfs, limits["mic_silent_dbfs"]):
        return (Fault.MIC_WRONG if heard.other_hears_better else Fault.MIC_SILENT,)
    return _those(
        (Fault.MIC_WRONG, heard.other_hears_better or heard.recognised is False),
        (Fault.MIC_QUIET, _under(heard.speech_dbfs, limits["mic_quiet_dbfs"])),
        (Fault.MIC_CLIPPING, _over(heard.clipped_share, limits["mic_clipping_share"])),
        (Fault.MIC_HUM, _over(heard.hum_share, limits["mic_hum_share"])),
    )


def loudspeaker(played: LoudspeakerFigures, limits: Limits) -> tuple[Fault, ...]:
    """What is wrong with what is heard."""
    if played.trouble is not None:
        return (played.trouble,)
    return _those((Fault.SPEAKER_WRONG, played.heard is False), (Fault.SPEAKER_ECHO, _over(played.echo_db, limits["echo_db"])))


def network(way: NetworkFigures, limits: Limits) -> tuple[Fault, ...]:
    """What is wrong with the line. A relay that refuses is a fault only where it would be the only way, or nobody knows."""
    if way.trouble is not None:
        return (way.trouble,)
    lower = [kbps for kbps in (way.down_kbps, way.up_kbps) if kbps is not None]
    return _those(
        (Fault.RELAY_REFUSED, way.relay is False and way.udp is not True),
        (Fault.UDP_BLOCKED, way.udp is False),
        (Fault.BANDWIDTH_SMALL, bool(lower) and min(lower) < limits["bandwidth_kbps"]),
        (Fault.LOSS_HIGH, _over(way.loss, limits["loss_share"])),
        (Fault.DELAY_HIGH, _over(way.round_trip_ms, limits["delay_ms"])),
        (Fault.JITTER_HIGH, _over(way.jitter_ms, limits["jitter_ms"])),
    )


def system(machine: SystemFigures, limits: Limits) -> tuple[Fault, ...]:
    """What is wrong with the machine."""
    return _those(
        (Fault.CLOCK_WRONG, machine.clock_off_s is not None and abs(machine.clock_off_s) > limits["clock_s"]),
        (Fault.MEMORY_LOW, _under(machine.memory_mb, limits["memory_mb"])),
        (Fault.LOAD_HIGH, _over(machine.load_share, limits["load_share"])),
        (Fault.KEYRING_NONE, machine.keyring is False),
        (Fault.BATTERY_LOW, _under(machine.battery_share, limits["battery_share"])),
    )


def _over(figure: float | None, limit: float) -> bool:
    return figure is not None and figure > limit


def _under(figure: float | None, limit: float) -> bool:
    return figure is not None and figure < limit


def _those(*rules: tuple[Fault, bool]) -> tuple[Fault, ...]:
    return tuple(fault for fault, holds in rules if holds)
