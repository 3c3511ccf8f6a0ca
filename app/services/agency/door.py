"""Enrols this workstation at the agency's server and lets it leave again: address, key, handshake, profile. No Qt.

The code passes through here and stays nowhere. What can fail without the server is tried before the code is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from app.services.agency.address import AddressError, control_url, origin
from app.services.agency.choice import AgencyChoice
from app.services.agency.loopback import Page
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.provider import Provider
from app.services.agency.registering import Registered, ServerRegistrar
from app.services.agency.settings import AgencyServer
from app.services.agency.sign_in import OpenBrowser, SignIn
from app.services.agency.sign_in_watch import SignInWatch
from app.services.clock import Clock
from app.services.events import Event
from app.services.keys import KeyStore, KeyStoreError, WorkstationKey, agency_key
from app.services.profile import ProfileError
from app.services.server_port import Server, ServerState
from app.services.settings_keeper import SettingsKeeper
from app.wire.messages import Welcome

_log = structlog.get_logger(__name__)

Enrol = Callable[[str, str, WorkstationKey], Awaitable[AgencyServer]]
"""Control link's address, code, key. Raises NotEnrolled."""


class Enrolment:
    """The same for a window and for the command line. The methods are documented at the port of the windows."""

    def __init__(self, choice: AgencyChoice, keys: KeyStore, keeper: SettingsKeeper, enrol: Enrol) -> None:
        self._choice = choice
        self._keys = keys
        self._keeper = keeper
        self._enrol = enrol
        self._current = choice.server

    @property
    def choice(self) -> AgencyChoice:
        return self._choice

    @property
    def current(self) -> AgencyServer | None:
        return self._current

    @property
    def address(self) -> str:
        known = self._choice.address or (self._current.url if self._current is not None else None)
        return "" if known is None else origin(known)

    @property
    def locked(self) -> bool:
        return self._choice.address is not None

    async def connect(self, address: str, code: str) -> AgencyServer:
        url = self._choice.address or _url(address)
        key = await self.key()
        if not await self._keeper.can_keep():
            raise NotEnrolled(Trouble.NOT_KEPT)
        try:
            server = await self._enrol(url, code, key)
        except NotEnrolled as error:
            if error.trouble is not Trouble.REVOKED_KEY:
                raise
            server = await self._enrol(url, code, await self._key(renewed=True))
        await self.take_in(server)
        return server

    async def take_in(self, server: AgencyServer) -> None:
        """This workstation is known there. Raises NotEnrolled where that cannot be kept."""
        await self._keep(server)
        self._current = server
        _log.info("agency.enrolled")

    async def leave(self) -> None:
        await self._keep(None)
        self._current = None
        _log.info("agency.left")

    async def key(self) -> WorkstationKey:
        """With which the agency's server knows this workstation. Raises NotEnrolled."""
        return await self._key(renewed=False)

    async def _key(self, renewed: bool) -> WorkstationKey:
        if not self._keys.lasting:
            raise NotEnrolled(Trouble.NO_KEYRING)
        try:
            return await asyncio.to_thread(agency_key, self._keys, renewed)
        except KeyStoreError as error:
            _log.warning("keys.store_refused", error=type(error).__name__)
            raise NotEnrolled(Trouble.NO_KEYRING) from None

    async def _keep(self, server: AgencyServer | None) -> None:
        refused: list[ProfileError] = []
        unsubscribe = self._keeper.refused.subscribe(refused.append)
        try:
            self._keeper.change(agency=server)
            await self._keeper.settle()
        finally:
            unsubscribe()
        if refused:
            raise NotEnrolled(Trouble.NOT_KEPT)


class LiveAgencyDoor(Enrolment):
    """For a program that runs, with the server that it works with."""

    def __init__(self, choice: AgencyChoice, server: Server, keys: KeyStore, keeper: SettingsKeeper, enrol: Enrol, clock: Clock) -> None:
        super().__init__(choice, keys, keeper, enrol)
        self._server = server
        self.moved: Event[AgencyServer] = Event()
        self._watch = SignInWatch(clock)
        self.ends_soon = self._watch.ends_soon

    @property
    def at_work(self) -> AgencyServer | None:
        return self._choice.server

    @property
    def server(self) -> Server:
        return self._server

    def hear(self, welcome: Welcome) -> None:
        """What the server that is worked with says of our place, each time it has let us in."""
        self._watch.know(welcome.until)
        known = self._choice.server
        if known is None or self._current is None or self._current.server_key != known.server_key:
            return
        told = {name: said for name in ("site", "label", "public_url") if (said := getattr(welcome, name)) is not None}
        fresh = msgspec.structs.replace(self._current, **told)
        if fresh != self._current:
            self._current = fresh
            self._keeper.change(agency=fresh)
            _log.info("agency.moved")
            self.moved.announce(fresh)

    # ---- with the agency's account

    def sign_in(self, open_browser: OpenBrowser, page: Page, provider: Callable[[str], Provider] = Provider) -> SignIn:
        """For one window after the other; `page` is what the browser shows at the end."""
        return SignIn(self._registrar, open_browser, page, self._signed_in, provider)

    def _registrar(self, address: str) -> ServerRegistrar:
        """A server that is known already has to be the same one. Raises NotEnrolled."""
        url = self._choice.address or _url(address)
        known = self._current.server_key if self._current is not None and self._current.url == url else self._choice.server_key
        return ServerRegistrar(url, known, self.key)

    async def _signed_in(self, registered: Registered) -> None:
        """Where the server is worked with, it is tried again at once; the rooms stand there under the same key."""
        await self.take_in(registered.server)
        known = self._choice.server
        if known is None or (known.url, known.server_key) != (registered.server.url, registered.server.server_key):
            return
        self._watch.know(registered.until)
        if self._server.state is ServerState.FAILING:
            self._server.start()

    def close(self) -> None:
        """Say nothing more."""
        self._watch.close()


def _url(address: str) -> str:
    try:
        return control_url(address)
    except AddressError:
        raise NotEnrolled(Trouble.ADDRESS) from None
