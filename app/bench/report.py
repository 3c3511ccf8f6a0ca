"""Writes what the call benchmark found: a table for the terminal, a Markdown fragment for docs/benchmarks.md. Imports nothing of `app`."""

from __future__ import annotations

from typing import Any

SIDES = ("ours", "aiortc", "chromium")
ROWS = (
    ("join_ms", "Join: click to first picture at the client", "ms"),
    ("delay_p50_ms", "Picture delay to the client, median", "ms"),
    ("delay_p95_ms", "Picture delay to the client, 95 %", "ms"),
    ("back_p50_ms", "Picture delay from the client, median", "ms"),
    ("back_p95_ms", "Picture delay from the client, 95 %", "ms"),
    ("cpu_cores", "CPU of the counsellor's side", "cores"),
    ("freeze_share", "Picture frozen at the client", "of the time"),
    ("fps_at_client", "Pictures at the client", "1/s"),
    ("width_at_client", "Width at the client", "px"),
    ("client_width", "Width that the client sends", "px"),
    ("client_kbps", "Rate that the client sends", "kbit/s"),
    ("hd_from_client_ms", "1280 px at 20/s from the client after", "ms"),
    ("memory_mb", "Memory of the counsellor's side", "MB"),
)


def table(report: dict[str, Any]) -> str:
    """Aligned columns of medians."""
    lines = [f"{'median':<46}{''.join(f'{side:>12}' for side in SIDES)}"]
    for name, what, unit in ROWS:
        lines.append(f"{f'{what} ({unit})':<46}" + "".join(f"{_figure(report[side][name]):>12}" for side in SIDES))
    lines += [f"{what:<46}{_figure(report[name]):>12}" for name, what in _ALONE]
    return "\n".join(lines)


def markdown(report: dict[str, Any]) -> str:
    """The same as a Markdown table with a line about machine and settings."""
    machine, settings = report["machine"], report["settings"]
    lines = [
        f"{settings['rounds']} rounds of {settings['seconds']:g} s, alternating, medians; {machine['cores']} cores, {machine['browser']}.",
        "",
        f"| figure | {' | '.join(SIDES)} |",
        f"| --- |{' ---: |' * len(SIDES)}",
    ]
    for name, what, unit in ROWS:
        lines.append(f"| {what} ({unit}) | {' | '.join(_figure(report[side][name]) for side in SIDES)} |")
    lines += ["", "| the program alone | |", "| --- | ---: |"]
    lines += [f"| {what} | {_figure(report[name])} |" for name, what in _ALONE]
    return "\n".join(lines) + "\n"


_ALONE = (
    ("program_start_ms", "Program start to usable window, warm (ms)"),
    ("memory_session_mb", "Memory of the program in a session, shared pages by their share (MB)"),
    ("memory_session_resident_mb", "The same with shared pages in full: resident (MB)"),
    ("server_idle_mb", "Memory of the server, idle, shared pages by their share (MB)"),
    ("server_idle_resident_mb", "The same with shared pages in full: resident (MB)"),
)


def _figure(value: float | None) -> str:
    if value is None:
        return "never"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
