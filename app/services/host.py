"""Builds the services in one place and closes them in reverse order. No Qt: the window and the headless tools both start here."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.domain.deputy import Place
from app.domain.secrets import b64url
from app.media.ports import Engine
from app.paths import RESOURCES
from app.services.agency.choice import AgencyChoice, agency_choice, prescribed_address, prescribed_key
from app.services.agency.door import LiveAgencyDoor
from app.services.agency.enrolling import enrol
from app.services.agency.remote_server import RemoteServer
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.running import AppointmentsPlan, AppointmentsRunning, Around
from app.services.clock import LoopClock
from app.services.desk import LiveDesk
from app.services.embedded_server import EmbeddedServer, ReadyServer, ServerPlan
from app.services.keys import KeyStore, KeyStoreError, WorkstationKey, agency_key, choose_key_store, code_key, rooms_key, workstation_key
from app.services.link import ControlLink, LinkTarget
from app.services.policies import settings_in_force
from app.services.policy import Policy
from app.services.profile import Devices, Profile, Settings
from app.services.room_book import RoomBook
from app.services.rooms_kept import NothingKept
from app.services.sealed_rooms import SealedRooms
from app.services.server_port import Server
from app.services.settings_keeper import SettingsKeeper
from app.services.tasks import Tasks
from app.services.wordlist import WordLists
from app.texts import languages
from app.wire.handshake import owner_id

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that runs without a window."""

    settings: Settings
    """As they were at the start."""
    keeper: SettingsKeeper
    """Of their changes."""
    desk: LiveDesk
    book: LiveAppointmentBook | None
    """The appointments, where a plan for them was given. Whoever asks it before the store is open waits."""
    appointments: AppointmentsRunning | None
    """All around the book."""
    opening: asyncio.Task[None]
    """Opens the store, then starts the link. Ends with StoreError where the store cannot be opened; then the program is of no use."""
    link: ControlLink
    server: Server
    """The program's own, or the agency's."""
    agency: LiveAgencyDoor
    """To the agency's."""
    tasks: Tasks
    rooms_put_aside: Path | None
    """The file of an earlier run's rooms if it could not be opened."""
    interrupted: bool
    """A conversation of an earlier run waits to be resumed, as far as this machine knows."""


MakePlan = Callable[[Profile, Settings, KeyStore], AppointmentsPlan]
"""Asked once the profile is read and the key store is known."""


@asynccontextmanager
async def services_running(
    profile: Profile,
    engine: Engine,
    crashed: Callable[[str, BaseException], None],
    key_store: KeyStore | None = None,
    early_server: subprocess.Popen[bytes] | None = None,
    appointments: MakePlan | None = None,
    policy: Policy | None = None,
    training: bool = False,
) -> AsyncIterator[Services]:
    """Settings, key, server, store, link and desk, from here to the end of the block. Comes back at once: the link is up a moment later.

    `engine` is started and closed here. `crashed` hears of background work that failed unforeseen. Without `key_store` the
    system's own is taken. `policy` stands above the settings. In `training` the server knows that everything is invented. `early_server`
    is the server's process where it was started already; where the agency's server is worked with, there is none. Raises ProfileError; what
    hinders the store is raised by `opening`, the server's trouble is told by `server.changed`.
    """
    settings = settings_in_force(profile.load(), policy or {})
    keys = await asyncio.to_thread(choose_key_store) if key_store is None else key_store
    choice = agency_choice(settings, prescribed_address(policy or {}), prescribed_key(policy or {}))
    key, sealed, codes = await asyncio.to_thread(_secrets, profile, keys, choice)
    tasks = Tasks(crashed)
    keeper = SettingsKeeper(profile, tasks)
    link = ControlLink(key, tasks)
    rooms = RoomBook(settings, sealed or NothingKept())
    clock = LoopClock(asyncio.get_running_loop())
    desk = LiveDesk(rooms, link, engine, WordLists(RESOURCES / "words"), tasks, clock)
    server: Server
    if choice.wanted:
        server = RemoteServer(choice.server, link, clock)
    else:
        server = _own_server(_plan(profile, settings, key, codes, training), link, early_server)
    agency = LiveAgencyDoor(choice, server, keys, keeper, enrol, clock)
    link.welcomed.subscribe(agency.hear)
    desk.devices_chosen.subscribe(lambda devices: keeper.change(devices=Devices.of(devices)))
    async with AsyncExitStack() as closing:
        if sealed is not None:
            closing.push_async_callback(asyncio.to_thread, sealed.close)
        closing.push_async_callback(asyncio.to_thread, engine.close)
        engine.start()
        closing.push_async_callback(server.close)
        server.start()
        closing.push_async_callback(tasks.close)
        closing.push_async_callback(keeper.settle)
        closing.callback(agency.close)
        running: AppointmentsRunning | None = None
        if appointments is not None:
            owner = owner_id(key.public)
            place = None if choice.server is None else Place(server=choice.server.server_key, owner=owner)
            around = Around(desk, link, clock, tasks, settings.link_base, owner, place, choice.enrolled)
            running = AppointmentsRunning(appointments(profile, settings, keys), around)
            closing.push_async_callback(running.close)
        opening = tasks.start("opening", _open(running, link))
        closing.push_async_callback(_stopped, opening)
        closing.push_async_callback(desk.close)
        book = None if running is None else running.book
        put_aside = sealed.put_aside if sealed else None
        yield Services(settings, keeper, desk, book, running, opening, link, server, agency, tasks, put_aside, rooms.interrupted)


async def _open(running: AppointmentsRunning | None, link: ControlLink) -> None:
    """The server revokes every room that the first publish lacks, so the link waits for the book. Raises StoreError."""
    if running is not None:
        await running.open()
    link.start()


async def _stopped(work: asyncio.Task[None]) -> None:
    """What was begun and is not done yet is left."""
    work.cancel()
    await asyncio.wait([work])


def _secrets(profile: Profile, store: KeyStore, choice: AgencyChoice) -> tuple[WorkstationKey, SealedRooms | None, bytes]:
    """The key of the control link, the rooms of the run before where a store keeps the key to them, and the key over the server's codes."""
    to_rooms = rooms_key(store)
    return _link_key(store, choice), None if to_rooms is None else SealedRooms(profile.rooms_file, to_rooms), code_key(store)


def _link_key(store: KeyStore, choice: AgencyChoice) -> WorkstationKey:
    """Where the store does not tell the agency's, the agency's server will refuse us, and the window says what to do."""
    if not choice.wanted:
        return workstation_key(store)
    try:
        return agency_key(store)
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        return workstation_key(store)


def _own_server(plan: ServerPlan, link: ControlLink, first: subprocess.Popen[bytes] | None) -> EmbeddedServer:
    """The link follows it wherever it listens."""
    server = EmbeddedServer(plan, first=first)
    server.ready.subscribe(lambda ready: link.aim(_target(ready)))
    return server


def _plan(profile: Profile, settings: Settings, key: WorkstationKey, codes: bytes, training: bool) -> ServerPlan:
    return ServerPlan(
        workstation_key=key.public,
        bind_host=settings.bind_host,
        public_port=settings.public_port,
        control_port=settings.control_port,
        public_url=settings.link_base,
        data_dir=str(profile.server_data),
        label=settings.label,
        phone=settings.phone,
        languages=page_languages(settings),
        site=settings.site,
        trusted_proxies=settings.trusted_proxies,
        turn_urls=settings.turn_urls,
        turn_secret_file=settings.turn_secret_file,
        relay_only=[side.value for side in settings.relay_only],
        code_key=b64url(codes),
        training=training,
    )


def page_languages(settings: Settings) -> Sequence[str]:
    """Those that are wished for and there; all that are there if that leaves none."""
    there = languages(RESOURCES / "i18n")
    return [language for language in settings.page_languages if language in there] or there


def _target(ready: ReadyServer) -> LinkTarget:
    return LinkTarget(f"ws://127.0.0.1:{ready.control_port}/ws/control", ready.server_key, here=True)
