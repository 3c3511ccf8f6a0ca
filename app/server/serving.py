"""The composition root of the server: builds store, fan-out, hub and both listeners from Settings, and closes them in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from app.domain.secrets import from_b64url
from app.paths import RESOURCES
from app.server import settings as config
from app.server.api import Api
from app.server.certificates import Certificate
from app.server.code_door import KEY_FILE, CodeDoor, CodeKey
from app.server.enrolment.desk import EnrolmentDesk
from app.server.enrolment.opening import home_of, open_workstation_store, sign_ins_of
from app.server.enrolment.ports import WorkstationStore
from app.server.exchange import Exchange
from app.server.headers import Allowed, Door, SecurityHeaders
from app.server.hub import Hub, Rhythm
from app.server.identity import Identity
from app.server.lobby import Lobby
from app.server.management import management_allowed, management_routes, meter_for, watch
from app.server.meter import Meter
from app.server.pages import Pages, Site, healthz
from app.server.ports import Clock, RoomStore
from app.server.protocols import PunctualProtocol, RefusingProtocol
from app.server.rate_limits import RateLimits, Rates
from app.server.readiness import Readiness
from app.server.settings import Origin, Settings, SettingsError
from app.server.sockets import Sockets
from app.server.state.opening import open_fanout, open_store
from app.server.survey.api import PACE_S, SurveyApi
from app.server.survey.desk import SurveyDesk, questionnaires
from app.server.survey.key_shelf import StoreShelf
from app.server.survey.keys import TAKE_UP, FolderShelf, QuarterKeys, seal_key
from app.server.survey.memory import MemorySurveyStore
from app.server.survey.ports import SurveyStore
from app.server.survey.sites import Desks, Known
from app.server.survey.take_up import TakeUpDesk
from app.server.survey.waiting import Seal
from app.server.turn import Relays
from app.wire.fields import MAX_MESSAGE_BYTES

log = structlog.get_logger(__name__)

BIND_WITHIN_S = 2.0
"""So long a taken port is tried again: the server of a program that was killed may still be saying goodbye."""
BIND_AGAIN_S = 0.05
HANDSHAKE_S = 10.0
"""For TLS, from the connection on."""


class PortTaken(Exception):
    """A listener's port is used by another process, and not only for a moment.

    Its text is `public` or `control`; the one who started us chooses another.
    """


@dataclass(frozen=True, slots=True)
class Tuning:
    """What tests set differently."""

    clock: Clock = time.time
    rhythm: Rhythm = field(default_factory=Rhythm)
    rates: Rates = field(default_factory=Rates)
    resources: Path = RESOURCES
    store: RoomStore | None = None
    """Another one than the settings ask for."""
    survey_store: SurveyStore | None = None
    survey_pace: float = PACE_S
    workstation_store: WorkstationStore | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the running server is found."""

    public_port: int
    control_port: int
    server_key: str
    public_url: str
    management_port: int | None = None


class _Listener(uvicorn.Server):
    """uvicorn without its own handling of signals (the command line does that for both listeners), and with an event for its start."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's own, with a bound for what comes before a request: a TLS handshake may take asyncio's minute there."""
        loop, lobby = asyncio.get_running_loop(), Lobby()

        def protocol() -> PunctualProtocol:
            return PunctualProtocol(self.config, self.server_state, {}, lobby=lobby)

        secure = self.config.ssl
        limit = HANDSHAKE_S if secure else None
        self.servers = [
            await loop.create_server(protocol, sock=sock, backlog=self.config.backlog, ssl=secure, ssl_handshake_timeout=limit)
            for sock in sockets or ()
        ]
        self.started = True
        self.listening.set()

    def stop_accepting(self) -> None:
        """From now on a new connection is refused by the system, so that a balancer takes another server at once; what stands goes on."""
        for server in self.servers:
            server.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(settings: Settings, tuning: Tuning | None = None) -> AsyncIterator[Ready]:
    """Run the server while the context lasts. Raises SettingsError, PortTaken, KeyFileError, CatalogueError, StateUnavailable."""
    tuning = tuning or Tuning()
    data = Path(settings.data_dir)
    await asyncio.to_thread(data.mkdir, mode=0o700, parents=True, exist_ok=True)
    identity = await asyncio.to_thread(Identity.load_or_create, data)
    code_key = await asyncio.to_thread(_code_key, settings, data)
    meter = meter_for(settings)
    relays = await asyncio.to_thread(Relays.of, settings, meter)
    certificate = await asyncio.to_thread(Certificate.of, settings)
    site = await asyncio.to_thread(Site.load, tuning.resources, settings.label, settings.phone, settings.languages, settings.training)
    async with contextlib.AsyncExitStack() as stack:
        public_socket = stack.enter_context(await _bound_soon("public", settings.bind_host, settings.public_port))
        control_socket = stack.enter_context(await _bound_soon("control", settings.control_bind_host, settings.control_port))
        store = tuning.store or await open_store(settings, meter)
        stack.push_async_callback(store.close)
        fanout = await open_fanout(settings, tuning.clock)
        stack.push_async_callback(fanout.close)
        limits = RateLimits(tuning.rates, meter)
        codes = CodeDoor(code_key, store, limits, tuning.clock)
        origin = _public_origin(settings, public_socket)
        enrolment = await _open_enrolment(settings, tuning, meter, stack, origin)
        survey, take_up = await _open_survey(settings, tuning, meter, stack, enrolment.has_site)
        exchange = Exchange(store, fanout, tuning.clock, limits, codes, survey, take_up, relays, meter)
        sign_ins = await asyncio.to_thread(sign_ins_of, settings, identity, enrolment)
        hub = Hub(exchange, identity, enrolment, tuning.rhythm, sign_ins)
        await hub.wake()
        routes = [*Pages(site, tuning.resources / "web").routes(), *Api(exchange).routes()]
        routes += SurveyApi(exchange, tuning.survey_pace).routes()
        readiness = Readiness(exchange)
        routes += readiness.public_routes()
        public = public_app(routes, hub, origin, _public_allowed(settings, origin, public_socket), limits)
        control = control_app(hub, _control_allowed(settings, control_socket), limits, readiness.control_routes())
        far_control = None if config.is_loopback(settings.control_bind_host) else certificate
        doors = [(public, public_socket, certificate), (control, control_socket, far_control)]
        management = _management(settings, meter, readiness, limits, certificate)
        if management is not None:
            stack.enter_context(management[1])
            doors.append(management)
        listeners = [await stack.enter_async_context(_listening(app, bound, settings, shown)) for app, bound, shown in doors]
        if certificate is not None:
            await stack.enter_async_context(_in_background(certificate.watch()))
        await stack.enter_async_context(_running(hub, readiness, listeners))
        management_port = _port(management[1]) if management else None
        yield Ready(_port(public_socket), _port(control_socket), identity.public_key, str(origin), management_port)


def _code_key(settings: Settings, data: Path) -> CodeKey:
    """Raises KeyFileError."""
    if settings.code_key is None:
        return CodeKey.load_or_create(Path(settings.code_key_file or data / KEY_FILE))
    (data / KEY_FILE).unlink(missing_ok=True)  # of a run that was given none: beside the database it would open every code
    return CodeKey(from_b64url(settings.code_key))


def public_app(routes: Sequence[BaseRoute], hub: Hub, origin: Origin, allowed: Allowed, limits: RateLimits) -> ASGIApp:
    """What the internet sees."""
    app = GZipMiddleware(_plain(routes), minimum_size=1024)
    return SecurityHeaders(Door(Sockets(app, "/ws/client", hub.serve_page), allowed, limits), origin)


def control_app(hub: Hub, allowed: Allowed, limits: RateLimits, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """What workstations see."""
    app = Sockets(_plain([Route("/healthz", healthz), *more]), "/ws/control", hub.serve_control)
    return SecurityHeaders(Door(app, allowed, limits), Origin("http", "localhost"))


def _plain(routes: Sequence[BaseRoute]) -> Starlette:
    """These addresses and no others: no redirect to a similar one."""
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app


def _management(
    settings: Settings, meter: Meter, readiness: Readiness, limits: RateLimits, certificate: Certificate | None
) -> tuple[ASGIApp, socket.socket, Certificate | None] | None:
    """What those see who run the server, where it is bound and how it is shown; None where it is not wanted. Raises PortTaken."""
    if settings.management_port is None:
        return None
    watch(meter, readiness, certificate)
    bound = _bound("management", settings.management_bind_host, settings.management_port)
    app = Door(_plain(management_routes(meter, readiness)), management_allowed(settings, _port(bound)), limits)
    far = None if config.is_loopback(settings.management_bind_host) else certificate
    return SecurityHeaders(app, Origin("http", "localhost")), bound, far


async def _open_enrolment(
    settings: Settings, tuning: Tuning, meter: Meter, stack: contextlib.AsyncExitStack, origin: Origin
) -> EnrolmentDesk:
    store = tuning.workstation_store or await open_workstation_store(settings, meter)
    stack.push_async_callback(store.close)
    desk = EnrolmentDesk(store, home_of(settings, str(origin)), tuning.clock)
    await desk.tidy()
    return desk


async def _open_survey(
    settings: Settings, tuning: Tuning, meter: Meter, stack: contextlib.AsyncExitStack, known: Known
) -> tuple[Desks[SurveyDesk], Desks[TakeUpDesk]]:
    folder = Path(settings.survey_key_folder or settings.data_dir)
    store = tuning.survey_store or await _open_survey_store(settings, meter)
    stack.push_async_callback(store.close)
    sealing = await asyncio.to_thread(seal_key, folder)
    seal = Seal(sealing)
    shelf = StoreShelf(store, sealing) if config.is_shared(settings) else FolderShelf(folder)
    versions = await asyncio.to_thread(questionnaires, RESOURCES / "survey")

    def survey(site: str) -> SurveyDesk:
        return SurveyDesk(site, versions, QuarterKeys(shelf, site, tuning.clock), seal, store, settings.training)

    def take_up(site: str) -> TakeUpDesk:
        return TakeUpDesk(site, QuarterKeys(shelf, site, tuning.clock, TAKE_UP), seal, store)

    surveys = Desks(settings.site, survey, known)
    await surveys.of(settings.site).tidy()
    return surveys, Desks(settings.site, take_up, known)


async def _open_survey_store(settings: Settings, meter: Meter) -> SurveyStore:
    url = config.database_url_beside(settings, "survey")
    if url is None:
        return MemorySurveyStore()
    from app.server.survey.sql import SqlSurveyStore

    return await SqlSurveyStore.open(url, meter)


def _public_origin(settings: Settings, bound: socket.socket) -> Origin:
    if settings.public_url:
        return config.origin_of(settings.public_url)
    host = bound.getsockname()[0]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        raise SettingsError("public_url: needed when the server listens on every address")
    scheme, default = ("https", 443) if settings.tls_certificate_file else ("http", 80)
    return Origin(scheme, config.host_header(host, _port(bound), default))


def _public_allowed(settings: Settings, origin: Origin, bound: socket.socket) -> Allowed:
    local = config.loopback_hosts(_port(bound)) if config.is_loopback(settings.bind_host) else frozenset()
    further = frozenset(host.lower() for host in settings.allowed_hosts)
    spoken = "https" if settings.tls_certificate_file else "http"
    origins = {str(origin), *(f"{spoken}://{host}" for host in local), *(f"{origin.scheme}://{host}" for host in further)}
    return Allowed(hosts=local | further | {origin.host}, origins=frozenset(origins), websocket_needs_origin=True)


def _control_allowed(settings: Settings, bound: socket.socket) -> Allowed:
    hosts = config.loopback_hosts(_port(bound)) | {host.lower() for host in settings.control_hosts}
    return Allowed(hosts=hosts, origins=frozenset(), websocket_needs_origin=False)


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


async def _bound_soon(name: str, host: str, port: int) -> socket.socket:
    """`_bound`, with patience for a port that is just being given back."""
    loop = asyncio.get_running_loop()
    deadline, told = loop.time() + BIND_WITHIN_S, False
    while True:
        try:
            return _bound(name, host, port)
        except PortTaken:
            if loop.time() >= deadline:
                raise
        if not told:
            log.info("port-waited-for", port=port)
            told = True
        await asyncio.sleep(BIND_AGAIN_S)


def _bound(name: str, host: str, port: int) -> socket.socket:
    """A bound socket, so that the port is known before anything is built. Raises PortTaken, SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise SettingsError(f"{name}: no such address to bind") from None
    bound = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise PortTaken(name) from None
    return bound


@contextlib.asynccontextmanager
async def _listening(app: ASGIApp, bound: socket.socket, settings: Settings, certificate: Certificate | None) -> AsyncIterator[_Listener]:
    """uvicorn on a bound socket. Messages a little over the limit still reach us and get a code; far over it, the frame is not read."""
    listener = _Listener(
        uvicorn.Config(
            app,
            ws=RefusingProtocol,
            ws_max_size=2 * MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            http=PunctualProtocol,
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=1,
            ssl_context_factory=None if certificate is None else lambda *_: certificate.context,
        )
    )
    task = asyncio.create_task(listener.serve(sockets=[bound]))
    try:
        await listener.listening.wait()
        yield listener
    finally:
        listener.should_exit = True
        await task


@contextlib.asynccontextmanager
async def _running(hub: Hub, readiness: Readiness, listeners: Sequence[_Listener]) -> AsyncIterator[None]:
    """Until it stops: then nobody new, and everybody who is there is sent to another server."""
    try:
        async with _in_background(hub.run()):
            try:
                yield
            finally:
                readiness.stop()
                for listener in listeners:
                    listener.stop_accepting()
    finally:
        await hub.say_goodbye()


@contextlib.asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
