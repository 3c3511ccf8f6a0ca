"""The composition root of the desktop program: builds everything by constructor and closes it in reverse order.

What is heavy (aiortc, PyAV, OpenCV) is imported on a thread after the window stands.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, TextIO

import msgspec
from PySide6.QtCore import QLibraryInfo, QTranslator, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app import PRODUCT_NAME, __version__
from app.checking import LateHardware, WindowsCheck
from app.domain.udp_ports import UdpPorts
from app.logs import LogLevel, configure
from app.media.catalogue import SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE, SoundCatalogue, SyntheticCatalogue
from app.media.media_loop import ports_of
from app.media.ports import DeviceCatalogue, DeviceChoice, DeviceKind, Engine, ScreenSource
from app.media.turns import SoundSystem
from app.office import Invent, WindowsOffice, book_of
from app.paths import RESOURCES
from app.services.agency.remote_server import NOT_ENROLLED
from app.services.appointments.ports import StoreError
from app.services.clock import LoopClock
from app.services.crash_files import CrashFiles
from app.services.host import Services, page_languages, services_running
from app.services.keys import KeyStore
from app.services.late_engine import LateEngine
from app.services.log_files import LogFiles
from app.services.policies import prescribe
from app.services.policy import read_policy
from app.services.profile import Devices, Profile, ProfileError, Settings
from app.services.public_holidays import names
from app.texts import FIRST_LANGUAGE, Texts
from app.ui import qt_loop
from app.ui.alone import alone_in
from app.ui.call.parts import CallParts
from app.ui.call.self_view import Corner
from app.ui.call.sharing import MakeScreens
from app.ui.call.surface import Scaler
from app.ui.call.surface_choice import SurfaceMaker, choose_surface
from app.ui.chime import SilentChime, ToneChime
from app.ui.chores import ChoresParts
from app.ui.crash import CrashReports
from app.ui.device_check.kit import CheckPlan
from app.ui.devices import DeviceLists, QtDeviceCatalogue
from app.ui.messages import Messages
from app.ui.screens import QtScreenSource
from app.ui.server_notice import tell_of_delay, tell_of_place, tell_of_server
from app.ui.settings_notice import tell_of_settings
from app.ui.shell import Shell, Surroundings
from app.ui.simulated_screens import SimulatedScreens
from app.ui.theme import Theme
from app.ui.watchdog import Watchdog

if TYPE_CHECKING:
    from app.media.simulated_faults import SimulatedFaults
    from app.services.checks.simulated import Simulation
    from app.services.diagnostics import Seen

SIMULATED = DeviceChoice(SYNTHETIC_CAMERA, SYNTHETIC_MICROPHONE, SYNTHETIC_LOUDSPEAKER)

_ABOUT = {"code", "reason", "kind", "trouble", "state", "epoch", "feed", "task", "fails", "was_ready", "line", "text", "category", "detail"}
_MAILS = {"answer", "tries", "mails", "returned", "count"}
"""What became of mails: words of our own and numbers."""
_FIGURES = {"surface", "renderer", "wall_ms", "cpu_ms", "starved_ms"}
LOGGED = {"event", "level", "timestamp", "logger", "error", "where", "places"} | _ABOUT | _MAILS | _FIGURES
"""What may stand in a log line of the program: nothing that a person said or is called."""
SETTLED_S = 0.3
"""From showing the window to the watchdog's begin: before there is a window nobody waits for it."""
SWITCH_S = 0.001
"""Python threads hand over after that time instead of 5 ms, so that the Qt thread and the sound callbacks wait less for codecs."""


@dataclass(frozen=True, slots=True)
class Invented:
    """What training puts into the place of what is real; see `app.training`."""

    catalogue: Callable[[Texts], DeviceCatalogue]
    faults: SimulatedFaults
    """Of the simulated devices."""
    simulation: Simulation
    """Of network and machine in a device check."""
    appointments: Invent
    mark: Callable[[Texts, Theme], QWidget]
    """Stands over each window."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may ask for."""

    profile: Path | None = None
    """Folder; None is this person's own."""
    simulated_devices: bool = False
    """A moving picture and a tone instead of camera, microphone and loudspeaker."""
    language: str | None = None
    """Of the program; None is the one in the profile."""
    invented: Invented | None = None
    """In training, with simulated devices and a profile of its own."""


@dataclass(frozen=True, slots=True)
class Program:
    """The running program, for whoever drives it (the demonstration, the benchmarks)."""

    shell: Shell
    watchdog: Watchdog
    services: Services
    messages: Messages
    office: WindowsOffice
    texts: Texts
    theme: Theme


class SimulatedProfile(Profile):
    """Reads simulated devices and keeps no change of them: what a person chose for real stays."""

    def load(self) -> Settings:
        return msgspec.structs.replace(super().load(), devices=Devices.of(SIMULATED))

    def save(self, settings: Settings) -> None:
        if not self.settings_file.exists():
            super().save(settings)


def _engine(hardware: LateHardware, ports: UdpPorts | None) -> Engine:
    """Imports what is heavy."""
    from app.media.engine import AiortcEngine

    engine = AiortcEngine(hardware=hardware(), ports=ports)
    engine.start()
    return engine


def _warm_processing() -> None:
    """No answer waits for the library that processes the microphone's sound."""
    from app.media import processing

    processing.warm()


def _late_engine(hardware: LateHardware, ports: UdpPorts | None, simulated: bool) -> LateEngine:
    hand_over = LoopClock(asyncio.get_running_loop()).hand_over
    return LateEngine(lambda: _engine(hardware, ports), hand_over, (lambda: None) if simulated else _warm_processing)


def make_application() -> QApplication:
    """Qt's application object; one in a process."""
    sys.setswitchinterval(SWITCH_S)
    QApplication.setApplicationName(PRODUCT_NAME)
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("videoberatung")
    application = QApplication(sys.argv[:1])
    application.setWindowIcon(QIcon(str(RESOURCES / "icons" / "videoberatung.svg")))
    return application


def run_window(options: Options, early_server: Popen[bytes] | None = None) -> int:
    """The program with its window, until the person closes it. Gives the exit status. `early_server` is the server's process where
    it was started already."""
    logs = LogFiles(_profile(options).folder / "logs", sys.stderr)
    configure(logs, LOGGED, _log_level(options))
    try:
        application = make_application()
        return qt_loop.run(application, lambda: _until_closed(application, options, early_server))
    finally:
        logs.close()


def _log_level(options: Options) -> LogLevel:
    try:
        return prescribe(_profile(options).peek(), {} if options.simulated_devices else read_policy()).settings.log_level
    except ProfileError:
        return LogLevel.INFO


async def _until_closed(application: QApplication, options: Options, early_server: Popen[bytes] | None) -> int:
    """Run, and run again after a backup was put in the store's place, or with another server."""
    texts = Texts.load(RESOURCES / "i18n", options.language or FIRST_LANGUAGE, "app")
    while True:
        try:
            again = await _run_once(application, options, early_server)
        except ProfileError as error:
            await _say(texts(error.key, **error.values), texts("app.product"))
            return 1
        except StoreError:
            return 1  # the person was told, and chose to leave
        if again is None:
            return 0
        early_server = None
        try:
            await again()
        except StoreError as error:
            await _say(texts(error.key, **error.values), texts("app.product"))


async def _run_once(application: QApplication, options: Options, early_server: Popen[bytes] | None) -> Callable[[], Awaitable[None]] | None:
    """Until the person closes the program; what they want done before it runs again, if they do. Raises ProfileError, StoreError."""
    wanted: list[Callable[[], Awaitable[None]]] = []
    async with program_running(application, options, early_server=early_server) as program:
        closed = asyncio.Event()
        program.shell.closed.connect(closed.set)
        office = program.office

        def again(first: Callable[[], Awaitable[None]]) -> None:
            wanted.append(first)
            closed.set()

        program.shell.restore_wanted.connect(lambda backup: again(lambda: office.restore(backup)))
        program.shell.changed_over.connect(lambda: again(_nothing))
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows closes windows instead
                asyncio.get_running_loop().add_signal_handler(name, closed.set)
        await _until(closed, program.services.opening)
    return wanted[0] if wanted else None


async def _nothing() -> None:
    """The services begin anew; nothing has to be done in between."""


async def _until(closed: asyncio.Event, opening: asyncio.Task[None]) -> None:
    """The person closes the program, or it is of no use: raises StoreError."""
    closing = asyncio.ensure_future(closed.wait())
    await asyncio.wait({closing, opening}, return_when=asyncio.FIRST_COMPLETED)
    if opening.done():
        try:
            await opening
        except BaseException:
            closing.cancel()
            raise
    await closing


@asynccontextmanager
async def program_running(
    application: QApplication,
    options: Options,
    engine: Engine | None = None,
    key_store: KeyStore | None = None,
    early_server: Popen[bytes] | None = None,
) -> AsyncIterator[Program]:
    """Window, services and media from here to the end of the block. Raises ProfileError or StoreError.

    `engine` is another one only in benchmarks, `key_store` another than the system's in demonstrations and tests.
    """
    profile = _profile(options)
    with alone_in(profile):
        async with _running(application, options, profile, engine, key_store, early_server) as program:
            yield program


@asynccontextmanager
async def _running(
    application: QApplication,
    options: Options,
    profile: Profile,
    engine: Engine | None,
    key_store: KeyStore | None,
    early_server: Popen[bytes] | None,
) -> AsyncIterator[Program]:
    policy = {} if options.simulated_devices else read_policy()
    ruled = prescribe(profile.load(), policy).settings
    language = options.language or ruled.language
    texts = Texts.load(RESOURCES / "i18n", language, "app")
    translator = _translate_qt(application, language)
    messages = Messages(texts)
    crash_files = CrashFiles(profile.folder / "crashes")
    crashes = CrashReports(messages, crash_files)
    crashes.install()
    died = crash_files.watch()
    theme = Theme(application, RESOURCES)
    watchdog = Watchdog()
    sound = SoundSystem()
    invented = options.invented
    hardware = LateHardware(sound, invented.faults if invented else None)
    late = _late_engine(hardware, ports_of(ruled.udp_ports), options.simulated_devices)
    office = WindowsOffice(texts, options.simulated_devices, policy, invented.appointments if invented else None)
    try:
        running = services_running(
            profile, engine or late, crashes.report, key_store, early_server, office.plan, policy, training=invented is not None
        )
        async with running as services:
            if engine is None and services.interrupted:
                late.warm()  # a client waits for sound; the window's first picture may take a moment longer
            devices = _devices(options, texts, sound, engine or late)
            pictures = _pictures(texts, options.simulated_devices)
            parts = CallParts(
                texts, theme, messages, devices, *pictures, not options.simulated_devices, frozenset(services.settings.features)
            )
            check = WindowsCheck(services, hardware, devices, texts, options.simulated_devices, invented.simulation if invented else None)
            shell = _shell(services, options, parts, office.chores(services, profile, lambda: _seen(services, devices)), check.plan)
            shell.corner_chosen.connect(lambda corner: services.keeper.change(self_view=corner.value))
            tell_of_server(services.server, messages)
            tell_of_place(services.agency, messages)
            tell_of_delay(services.link, messages)
            tell_of_settings(services.keeper, messages)
            _tell_of_the_last_run(messages, died, services.rooms_put_aside)
            shell.show()
            office.tell_of_mails(messages)
            office.open_feed(services)
            settling = services.tasks.start("settling", _settle(services, shell, watchdog, devices, late if engine is None else None))
            try:
                yield Program(shell, watchdog, services, messages, office, texts, theme)
            finally:
                settling.cancel()
                office.close()
                shell.close()
    finally:
        watchdog.close()
        crashes.uninstall()
        crash_files.close()
        application.removeTranslator(translator)


async def _settle(services: Services, shell: Shell, watchdog: Watchdog, devices: DeviceLists, late: LateEngine | None) -> None:
    """One thing after the other: the window's first picture, the appointments and the link, then what a conversation needs."""
    await asyncio.sleep(SETTLED_S)
    watchdog.start()
    await asyncio.wait([services.opening])
    if shell.chores is not None:
        shell.chores.team_opened()
        if services.server.problem == NOT_ENROLLED:
            shell.chores.connect_workstation()
    devices.warm()
    if late is not None:
        late.warm()


def _tell_of_the_last_run(messages: Messages, died: Path | None, rooms_put_aside: Path | None) -> None:
    """What the person should know of the start before."""
    if rooms_put_aside is not None:
        messages.tell("app.rooms.broken", file=str(rooms_put_aside))
    elif died is not None:
        messages.tell("app.messages.died", file=str(died))


def _profile(options: Options) -> Profile:
    own = Profile.of_this_person() if options.profile is None else Profile(options.profile)
    if options.invented is not None:
        return own
    return SimulatedProfile(own.folder) if options.simulated_devices else own


def _shell(services: Services, options: Options, parts: CallParts, chores: ChoresParts, check: CheckPlan) -> Shell:
    invented = options.invented
    around = Surroundings(
        clock=LoopClock(asyncio.get_running_loop()),
        chime=SilentChime() if options.simulated_devices else ToneChime(),
        languages=page_languages(services.settings),
        devices=services.settings.devices.choice(),
        has_phone=bool(services.settings.phone),
        book=book_of(services),
        tasks=services.tasks,
        holidays=lambda years: asyncio.to_thread(names, services.settings.region, years, services.settings.language),
        chores=chores,
        check=check,
        mark=None if invented is None else lambda: invented.mark(parts.texts, parts.theme),
        corner=Corner.kept(services.settings.self_view),
        ringing=services.settings.ringing,
    )
    shell = Shell(services.desk, parts, around)
    services.desk.devices_chosen.subscribe(shell.remember_devices)
    return shell


def _devices(options: Options, texts: Texts, sound: SoundSystem, engine: Engine) -> DeviceLists:
    if not options.simulated_devices:
        catalogue = QtDeviceCatalogue(SoundCatalogue(sound))
        catalogue.plugged.connect(engine.devices_changed)
        sound.renewed = catalogue.changed.emit
        return DeviceLists(catalogue, catalogue.changed)
    if options.invented is not None:
        return DeviceLists(options.invented.catalogue(texts))
    camera, microphone, loudspeaker = (texts(f"app.devices.simulated.{kind.value}") for kind in DeviceKind)
    return DeviceLists(SyntheticCatalogue(camera, microphone, loudspeaker))


def _seen(services: Services, devices: DeviceLists) -> Seen:
    """For the diagnostics."""
    from app.services.diagnostics import Seen

    scales = [f"{screen.devicePixelRatio():g}" for screen in QApplication.screens()]
    facts = {"qt": qVersion(), "platform": QApplication.platformName(), "screens": ", ".join(scales)}
    facts |= {"server": services.server.state.value, "link": services.link.state.value}
    return Seen({kind.value: len(found) for kind, found in (devices.lists or {}).items()}, facts)


def _pictures(texts: Texts, simulated: bool) -> tuple[Callable[[], Scaler], SurfaceMaker, MakeScreens]:
    """How pictures are scaled, shown and taken from the screen."""
    screens = (lambda: SimulatedScreens(texts("app.devices.simulated.screen"), _simulated_screen)) if simulated else _screens
    return _scaler, choose_surface(_scaler), screens


def _simulated_screen() -> ScreenSource:
    from app.media.synthetic_screen import SyntheticScreen

    return SyntheticScreen()


def _screens() -> QtScreenSource:
    from app.media.screen_pictures import from_rgba

    return QtScreenSource(from_rgba)


def _scaler() -> Scaler:
    from app.media.scaling import Painter

    return Painter().paint


def _translate_qt(application: QApplication, language: str) -> QTranslator:
    """Qt's own dialogs and the names of keys; all other texts come from the catalogue."""
    translator = QTranslator(application)
    translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    application.installTranslator(translator)
    return translator


async def _say(text: str, title: str) -> None:
    """The last word before the program ends."""
    answered = asyncio.Event()
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.Close)
    box.finished.connect(lambda _answer: answered.set())
    box.open()
    await answered.wait()


def configure_logs(stream: TextIO | None = None) -> None:
    """One JSON object a line on stderr (or there), from the level info on, libraries from warnings on; without personal data, whatever
    is logged."""
    configure(stream or sys.stderr, LOGGED)
