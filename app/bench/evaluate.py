"""`videoberatung bench evaluate`: the report over 45 exports whose counts stand for a million sheets, in a process of its own.

Beside it, in the same run and on the same machine: the same command over the five smallest exports (what does the number of sheets cost?),
and a Python process that only imports what the command needs (what does the start cost?). Time is that on the wall; memory is the most that
the process had at any time (`ru_maxrss` of the child).
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from app.domain.evaluation import TAKE_UP, Source
from app.domain.secrets import b64url, new_id
from app.domain.survey import NO_ANSWER, Questionnaire, Spoken, Variant
from app.evaluation import questionnaires
from app.services.evaluation.export import SUFFIX, ExportWriter
from app.services.evaluation.folder import public_of
from app.services.evaluation.schema import About, Counted, KeyFile, Sheets, Site, SiteList
from app.services.keys import WorkstationKey

SITES = 45
SHEETS = 1_000_000
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
MADE_ON = date(2026, 7, 6)
FEW = 5
HEADLINES = ("seconds", "memory_mb", "answers")
_START = "import app.evaluation, typst, xlsxwriter"


@dataclass(frozen=True, slots=True)
class Run:
    """One process, medians of several."""

    seconds: float
    memory_mb: float


def run(file: Path, rounds: int = 3) -> int:
    """Measure and write the report to `file`."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        exports = write_exports(folder, SITES, SHEETS)
        whole, few = (_evaluated(folder, exports[:count], rounds) for count in (SITES, FEW))
        answers = json.loads((folder / f"out-{SITES}" / "summary.json").read_text("utf-8"))["answers"]
        start = _measured([sys.executable, "-c", _START], rounds)
    report: dict[str, Any] = {
        **asdict(whole),
        "answers": answers,
        "exports": SITES,
        "sheets": SHEETS,
        "few_exports": asdict(few),
        "start_alone": asdict(start),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name in HEADLINES:
        print(f"{name}: {report[name]}")
    print(f"{FEW} exports: {few.seconds} s, {few.memory_mb} MB; the start alone: {start.seconds} s, {start.memory_mb} MB")
    return 0


def write_exports(folder: Path, sites: int, sheets: int) -> Sequence[Path]:
    """Exports of that many sites over four quarters, with as many sheets in all, a list of sites and a key."""
    questionnaire = list(questionnaires().values())[-1]
    private = os.urandom(32)
    office = public_of(private)
    keys = [WorkstationKey(os.urandom(32)) for _ in range(sites)]
    listed = SiteList(
        videoberatung_sites=1,
        invented=True,
        sites=[Site(id=f"jc-{number:02}", name=f"Jobcenter Nummer {number:02}", key=key.public) for number, key in enumerate(keys)],
    )
    (folder / "sites.json").write_bytes(msgspec.json.encode(listed))
    (folder / "office.key").write_bytes(msgspec.json.encode(KeyFile(videoberatung_key="office", private=b64url(private), public=office)))
    files = []
    for number, key in enumerate(keys):
        writer = ExportWriter(f"jc-{number:02}", key, Source.SERVER, new_id(), office)
        quarters = [_quarter(questionnaire, quarter, sheets // sites // len(QUARTERS) + number) for quarter in QUARTERS]
        files.append(folder / f"jc-{number:02}{SUFFIX}")
        files[-1].write_bytes(writer.write(quarters, MADE_ON, invented=True))
    return files


def _quarter(questionnaire: Questionnaire, name: str, sheets: int) -> Counted:
    cells = []
    for spoken, variant, share in (
        (Spoken.GERMAN, Variant.HELD, 0.7),
        (Spoken.OTHER, Variant.HELD, 0.2),
        (Spoken.GERMAN, Variant.FAILED, 0.1),
    ):
        count = int(sheets * share)
        answers = {question.id: _shared(question.answers, count) for question in questionnaire.asked(variant)}
        cells.append(Sheets(version=questionnaire.version, spoken=spoken, variant=variant, sheets=count, answers=answers))
    about = {statement.id: _shared(statement.answers, sheets) for statement in questionnaire.about}
    take_up = {table: _shared(counters, 2 * sheets) for table, counters in TAKE_UP.items()}
    return Counted(quarter=name, cells=cells, about=[About(version=questionnaire.version, statements=about)], take_up=take_up)


def _shared(answers: Sequence[str], count: int) -> dict[str, int]:
    """Unevenly, down to a few."""
    left, made = count, {}
    for answer in answers:
        made[answer] = left * 3 // 5
        left -= made[answer]
    return {**made, NO_ANSWER: left}


def _evaluated(folder: Path, exports: Sequence[Path], rounds: int) -> Run:
    ways = ["--trust", folder / "sites.json", "--key", folder / "office.key", "--out", folder / f"out-{len(exports)}"]
    return _measured([sys.executable, "-m", "app", "evaluate", *map(str, [*exports, *ways])], rounds)


def _measured(command: Sequence[str], rounds: int) -> Run:
    """Medians. Raises CalledProcessError if the command fails."""
    taken = [_once(command) for _ in range(rounds)]
    return Run(round(statistics.median(run.seconds for run in taken), 2), round(statistics.median(run.memory_mb for run in taken), 1))


def _once(command: Sequence[str]) -> Run:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - began, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    """`ru_maxrss` counts KiB under Linux, bytes under macOS."""
    return used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
