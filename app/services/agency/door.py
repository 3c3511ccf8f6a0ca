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
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer
from app.services.events import Event
from app.services.keys import KeyStore, KeyStoreError, WorkstationKey, agency_key
from app.services.profile import ProfileError
from app.services.server_port import Server
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
        key = await self._key(renewed=False)
        if not await self._keeper.can_keep():
            raise NotEnrolled(Trouble.NOT_KEPT)
        try:
            server = await self._enrol(url, code, key)
        except NotEnrolled as error:
            if error.trouble is not Trouble.REVOKED_KEY:
                raise
            server = await self._enrol(url, code, await self._key(renewed=True))
        await self._keep(server)
        self._current = server
        _log.info("agency.enrolled")
        return server

    async def leave(self) -> None:
        await self._keep(None)
        self._current = None
        _log.info("agency.left")

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

    def __init__(self, choice: AgencyChoice, server: Server, keys: KeyStore, keeper: SettingsKeeper, enrol: Enrol) -> None:
        super().__init__(choice, keys, keeper, enrol)
        self._server = server
        self.moved: Event[AgencyServer] = Event()

    @property
    def at_work(self) -> AgencyServer | None:
        return self._choice.server

    @property
    def server(self) -> Server:
        return self._server

    def hear(self, welcome: Welcome) -> None:
        """What the server that is worked with says of our place, each time it has let us in."""
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


def _url(address: str) -> str:
    try:
        return control_url(address)
    except AddressError:
        raise NotEnrolled(Trouble.ADDRESS) from None
