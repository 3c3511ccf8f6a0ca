"""Runs the call benchmark and writes its report: JSON, table, Markdown, the programs' log beside it."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
from pathlib import Path

from app.bench.call import run
from app.bench.plot import svg
from app.bench.report import markdown, table
from app.demo.browser import find_browser


def run_and_report(rounds: int, seconds: float, report_file: Path, markdown_file: Path | None, plot_file: Path | None = None) -> int:
    """Gives 0; an error of the benchmark itself is raised."""
    report_file.parent.mkdir(parents=True, exist_ok=True)
    log = report_file.with_suffix(".log")
    log.unlink(missing_ok=True)
    report = asyncio.run(run(rounds, seconds, log))
    report["machine"] = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(), "browser": _browser()}
    report_file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    if markdown_file is not None:
        markdown_file.write_text(markdown(report), "utf-8")
    if plot_file is not None:
        plot_file.write_text(svg(report), "utf-8")
    print(table(report))
    return 0


def _browser() -> str:
    """Name and version, as it says itself."""
    said = subprocess.run([find_browser(), "--version"], capture_output=True, text=True, check=False).stdout
    return said.strip() or "unknown"
