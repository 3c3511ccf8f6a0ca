"""The training: the real program, its real server on this machine, and everything else invented. `videoberatung --training`.

Composes what `app.application` puts into the place of what is real, the simulated client and the trainer's windows. Stands above the
application; nothing of it is loaded in an ordinary start.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QApplication

from app.application import Invented, Options, Program, configure_logs, make_application, program_running
from app.demo.post_office import PostOffice
from app.domain.checks import FaultTable
from app.media.catalogue import SIMULATED_PERSONS, SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER, PersonCatalogue
from app.media.ports import DeviceCatalogue, DeviceChoice
from app.paths import RESOURCES
from app.services.appointments.ports import StoreError
from app.services.appointments.running import AppointmentsPlan
from app.services.checks.wording import CheckWording
from app.services.clock import LoopClock
from app.services.keys import KeysOfAFolder
from app.services.profile import Devices, Profile
from app.services.training.client import SimulatedClient
from app.services.training.faults import TrainingFaults
from app.services.training.ports import Letter
from app.services.training.samples import AGENCY_PHONE, invented, seeded
from app.services.training.training import Training
from app.services.wordlist import WordLists
from app.texts import FIRST_LANGUAGE, Texts
from app.training_browser import open_in_browser
from app.ui import qt_loop
from app.ui.appointment.model import AGREEMENT_VERSION
from app.ui.call.surface import Scaler
from app.ui.training.mark import TrainingMark
from app.ui.training.parts import TrainerParts
from app.ui.training.pause import PauseWindow
from app.ui.training.windows import TrainerWindows

if TYPE_CHECKING:
    from app.media.client_peer import ClientPeer

LABEL = "Jobcenter Musterstadt"
OURS, THEIRS = 0, 2
"""Which of the drawn persons is the counsellor, and which the client."""
DEVICES = DeviceChoice(SIMULATED_PERSONS[OURS], SIMULATED_VOICE, SYNTHETIC_LOUDSPEAKER)
"""The loudspeaker plays nowhere: two ends in one room do not howl."""


@dataclass(frozen=True, slots=True)
class Group:
    """A running training, for whoever drives it."""

    program: Program
    training: Training
    windows: TrainerWindows
    folder: Path
    """Of all its data; gone with it."""


def run_training(language: str | None = None, early_server: Popen[bytes] | None = None) -> int:
    """The training with its windows, group after group, until the person closes the main window. Gives the exit status."""
    configure_logs()
    application = make_application()
    return qt_loop.run(application, lambda: _train(application, language or FIRST_LANGUAGE, early_server))


async def _train(application: QApplication, language: str, early_server: Popen[bytes] | None) -> int:
    again, large = True, False
    pause = PauseWindow(Texts.load(RESOURCES / "i18n", language, "app"))
    while again:
        try:
            async with group_training(application, language, early_server, large) as group:
                pause.hide()
                again, large = await _until_over(group, large)
                pause.setVisible(again)
        except StoreError:
            return 1  # the person was told
        early_server = None
    return 0


async def _until_over(group: Group, large: bool) -> tuple[bool, bool]:
    """Whether another group comes, and with what letters."""
    over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    letters = [large]

    def end(again: bool) -> None:
        if not over.done():
            over.set_result(again)

    group.windows.large_changed.connect(letters.append)
    group.windows.reset_wanted.connect(lambda: end(again=True))
    group.program.shell.closed.connect(lambda: end(again=False))
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows closes windows instead
            asyncio.get_running_loop().add_signal_handler(name, end, False)
    return await over, letters[-1]


@asynccontextmanager
async def group_training(
    application: QApplication, language: str, early_server: Popen[bytes] | None = None, large: bool = False
) -> AsyncIterator[Group]:
    """A fresh training from here to the end of the block; nothing of it is left behind. Raises StoreError."""
    with tempfile.TemporaryDirectory(prefix="videoberatung-training-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with PostOffice(folder) as post_office:
            faults = TrainingFaults(FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes()))
            options = _options(_profile(folder, language, post_office), language, faults)
            running = program_running(application, options, key_store=KeysOfAFolder(), early_server=early_server)
            async with running as program, _trainer(program, faults, post_office, large) as (training, windows):
                yield Group(program, training, windows, folder)


def _options(profile: Profile, language: str, faults: TrainingFaults) -> Options:
    samples = invented(int(time.time()), AGREEMENT_VERSION)

    def appointments(plan: AppointmentsPlan) -> AppointmentsPlan:
        return replace(plan, prepare=seeded(plan.prepare, samples))

    instead = Invented(_catalogue, faults.our_devices, faults.our_check, appointments, lambda texts, _theme: TrainingMark(texts))
    return Options(profile.folder, simulated_devices=True, language=language, invented=instead)


def _profile(folder: Path, language: str, post_office: PostOffice) -> Profile:
    """Nothing of this person's own, and nothing of a policy: links and mails lead to this machine."""
    profile = Profile(folder / "profile")
    fresh = profile.load()
    profile.save(
        msgspec.structs.replace(
            fresh,
            label=LABEL,
            phone=AGENCY_PHONE,
            language=language,
            devices=Devices.of(DEVICES),
            mail=post_office.settings,
            check_hint=False,
        )
    )
    return profile


def _catalogue(texts: Texts) -> DeviceCatalogue:
    persons = [texts("app.training.person", number=number) for number in (1, 2, 3)]
    return PersonCatalogue(persons, texts("app.training.voice"), texts("app.training.loudspeaker"))


@asynccontextmanager
async def _trainer(
    program: Program, faults: TrainingFaults, post_office: PostOffice, large: bool
) -> AsyncIterator[tuple[Training, TrainerWindows]]:
    services = program.services
    peer = await asyncio.to_thread(_peer, faults)
    client = SimulatedClient(peer, LoopClock(asyncio.get_running_loop()), services.tasks)
    training = Training(client, faults, services.desk, services.tasks)
    windows = TrainerWindows(program.shell.main, _parts(program, training, post_office), AGENCY_PHONE, large)
    mails = windows.control.mails
    post_office.arrived = mails.arrived.emit
    windows.show()
    try:
        yield training, windows
    finally:
        post_office.arrived = lambda: None
        windows.close()
        await training.close()
        await asyncio.to_thread(peer.close)


def _peer(faults: TrainingFaults) -> ClientPeer:
    """Loads what is heavy."""
    from app.media.client_peer import ClientPeer

    peer = ClientPeer(faults.their_devices, THEIRS + 1)
    peer.start()
    return peer


def _parts(program: Program, training: Training, post_office: PostOffice) -> TrainerParts:
    texts, folder = program.texts, RESOURCES / "i18n"
    return TrainerParts(
        training=training,
        letters=lambda: [_letter(to, mail) for to, mail in reversed(post_office.received)],
        texts=texts,
        page_texts=Texts.load(folder, texts.language, "page"),
        wording=CheckWording(texts, training.faults.table),
        words=WordLists(RESOURCES / "words"),
        theme=program.theme,
        messages=program.messages,
        tasks=program.services.tasks,
        make_scaler=_scaler,
        open_page=open_in_browser,
    )


def _letter(recipient: str, mail: EmailMessage) -> Letter:
    body = mail.get_body(("plain",))
    return Letter(recipient, str(mail["Subject"]), body.get_content() if body is not None else "")


def _scaler() -> Scaler:
    from app.media.scaling import Painter

    return Painter().paint
