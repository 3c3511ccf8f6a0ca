"""Builds what the demonstration needs, runs it, reports. The only module of `app.demo` that builds the program."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtWidgets import QApplication

from app.application import Options, Program, configure_logs, make_application, program_running
from app.demo.appointment import Appointment, WithoutNetwork
from app.demo.browser import Browser
from app.demo.client import PHONE, PROBE, Client
from app.demo.desk import Counsellor
from app.demo.film import FilmInTheMaking, voice_of
from app.demo.hands import Hands
from app.demo.post_office import PostOffice
from app.demo.shots import Shots
from app.demo.steps import StepFailed, Steps
from app.paths import RESOURCES
from app.services.keys import KeysOfAFolder
from app.services.profile import Profile
from app.texts import Texts
from app.ui import qt_loop

PATIENCE_S = 20.0
"""Attended: so long a step waits for the person to do it."""
LOG = "program.log"
"""Beside the screenshots: what the program logs, so that a person reads the steps only."""
PHONE_NUMBER = "0123 456789"
"""Of the agency in the demonstration."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    unattended: bool
    shots: Path
    """Folder of the screenshots."""
    report: Path | None
    language: str


def run(plan: Plan, texts: Texts) -> int:
    """Show everything; gives 0 if every step came about, else 1. To be called where a display is."""
    plan.shots.mkdir(parents=True, exist_ok=True)
    with (plan.shots / LOG).open("w", encoding="utf-8", buffering=1) as log:
        configure_logs(log)
        print(texts("demo.intro"), flush=True)
        application = make_application()
        return qt_loop.run(application, lambda: _demonstrate(application, plan, texts))


async def _demonstrate(application: QApplication, plan: Plan, texts: Texts) -> int:
    with tempfile.TemporaryDirectory(prefix="videoberatung-demo-", ignore_cleanup_errors=True) as folder:
        film = FilmInTheMaking(Path(folder) / "camera.mjpeg")
        try:
            with PostOffice(Path(folder)) as post_office:
                profile = _profile(Path(folder) / "profile", plan.language, post_office)
                options = Options(profile=profile.folder, simulated_devices=True, language=plan.language)
                async with program_running(application, options, key_store=KeysOfAFolder()) as program:
                    return await _show(program, film, post_office, plan, texts)
        finally:
            film.close()


async def _show(program: Program, film: FilmInTheMaking, post_office: PostOffice, plan: Plan, texts: Texts) -> int:
    hands = Hands()
    shots = Shots(plan.shots, hands)
    steps = Steps(texts, shots.take, patience_s=0.0 if plan.unattended else PATIENCE_S)
    counsellor = Counsellor(hands, Texts.load(RESOURCES / "i18n", plan.language, "app"))
    appointment = Appointment(program, counsellor, steps)
    try:
        await appointment.invite(post_office.mail)
        async with _client(plan, await film.ready()) as (client, without_network):
            shots.client = client
            await appointment.hold(client, without_network)
    except StepFailed:
        pass  # the steps hold what went wrong, and the report tells it
    return _report(appointment, steps, program, plan, texts)


@asynccontextmanager
async def _client(plan: Plan, film: Path) -> AsyncIterator[tuple[Client, WithoutNetwork]]:
    devices = [f"--use-file-for-fake-video-capture={film}", f"--use-file-for-fake-audio-capture={voice_of(film)}"]
    flags = [*devices, f"--accept-lang={plan.language}"]
    async with Browser(flags, PHONE, hidden=plan.unattended) as browser:
        page = await browser.new_page([PROBE.read_text("utf-8")])
        if plan.unattended:
            await page.size(*PHONE)
        yield Client(page), browser.without_network


def _profile(folder: Path, language: str, post_office: PostOffice) -> Profile:
    profile = Profile(folder)
    profile.save(msgspec.structs.replace(profile.load(), phone=PHONE_NUMBER, language=language, mail=post_office.settings))
    return profile


def _report(appointment: Appointment, steps: Steps, program: Program, plan: Plan, texts: Texts) -> int:
    worst = program.watchdog.worst
    report: dict[str, Any] = {
        "ok": steps.ok and appointment.finished,
        "steps": [asdict(step) for step in steps.records],
        "video": {
            "to_client": asdict(appointment.to_client) if appointment.to_client else None,
            "to_counsellor": asdict(appointment.to_counsellor) if appointment.to_counsellor else None,
        },
        "audio": {"to_client": appointment.sound_to_client, "to_counsellor": appointment.sound_to_counsellor},
        "longest_block": asdict(worst) if worst is not None else None,
    }
    if plan.report is not None:
        plan.report.parent.mkdir(parents=True, exist_ok=True)
        plan.report.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    _print(report, plan, texts)
    return 0 if report["ok"] else 1


def _print(report: dict[str, Any], plan: Plan, texts: Texts) -> None:
    to_client, to_counsellor = report["video"]["to_client"], report["video"]["to_counsellor"]
    if to_client and to_counsellor:
        figures = {
            "to_client_fps": to_client["fps"],
            "to_client_width": to_client["width"],
            "to_counsellor_fps": to_counsellor["fps"],
            "to_counsellor_width": to_counsellor["width"],
        }
        print(texts("demo.figures", **figures))
    if report["longest_block"] is not None:
        print(texts("demo.longest-block", ms=round(report["longest_block"]["wall_ms"])))
    print(texts("demo.shots", folder=plan.shots))
    print(texts("demo.result.ok" if report["ok"] else "demo.result.failed"), flush=True)
