"""Both talks with an agency's server around a sign-in: how it wants it, and the registration with the token that came of it. No Qt.

Where the server's key is known, from a policy or from before, no other one is spoken with. Otherwise the first server with a certificate is
believed, as a browser would; the token is asked for its key, so that it is of no use to anybody in between.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.secrets import new_token
from app.services.agency.first_talk import FirstTalk, first_talk, known_server
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer, Way
from app.services.keys import WorkstationKey, signature_holds
from app.services.tls import system_trust
from app.wire.handshake import SignInTerms, sign_in_text, token_nonce, token_text
from app.wire.messages import Challenge, EnrolByToken, Enrolled, SignInOffer, SignInWanted


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one token has to be asked for."""

    server_key: str
    workstation_key: WorkstationKey = field(repr=False)
    salt: str

    @property
    def nonce(self) -> str:
        """Of the token: it opens this server for this workstation."""
        return token_nonce(self.server_key, self.workstation_key.public, self.salt)


@dataclass(frozen=True, slots=True)
class Registered:
    """The workstation is known now."""

    server: AgencyServer
    until: int | None
    """Unix seconds."""


class Registrar(Protocol):
    """The agency's server, for one sign-in. Both talks raise NotEnrolled or SignInFailed."""

    async def terms(self) -> SignInTerms:
        """How the server wants it."""
        ...

    def ticket(self) -> Ticket:
        """A fresh one, for the server that `terms` spoke with."""
        ...

    async def register(self, ticket: Ticket, token: str) -> Registered: ...


class ServerRegistrar:
    """The methods are documented at the port."""

    def __init__(
        self,
        url: str,
        server_key: str | None,
        key: Callable[[], Awaitable[WorkstationKey]],
        trust: Callable[[], ssl.SSLContext] = system_trust,
    ) -> None:
        """`url` is that of the control link; `key` gives the workstation's, and may raise NotEnrolled."""
        self._url = url
        self._server_key = server_key
        self._wanted_key = key
        self._trust = trust
        self._key: WorkstationKey | None = None

    async def terms(self) -> SignInTerms:
        self._key = await self._wanted_key()
        async with first_talk(self._url, self._trust) as talk:
            challenge = await self._challenge(talk)
            nonce = new_token()
            await talk.send(SignInWanted(seq=1, nonce=nonce))
            offer = await talk.next(SignInOffer)
            text = sign_in_text(challenge.server_key, challenge.nonce, nonce, offer.terms)
            if not signature_holds(challenge.server_key, offer.signature, text):
                raise NotEnrolled(Trouble.OTHER_SERVER)
            self._server_key = challenge.server_key
            return offer.terms

    def ticket(self) -> Ticket:
        assert self._key is not None  # noqa: S101 - `terms` came first
        assert self._server_key is not None  # noqa: S101 - as above
        return Ticket(self._server_key, self._key, new_token())

    async def register(self, ticket: Ticket, token: str) -> Registered:
        async with first_talk(self._url, self._trust) as talk:
            challenge = await self._challenge(talk)
            values = (ticket.server_key, ticket.workstation_key.public, challenge.nonce, new_token())
            await talk.send(
                EnrolByToken(
                    seq=1,
                    workstation_key=values[1],
                    nonce=values[3],
                    salt=ticket.salt,
                    id_token=token,
                    signature=ticket.workstation_key.sign(token_text(*values, ticket.salt, token)),
                )
            )
            place = known_server(await talk.next(Enrolled), values).place
        server = AgencyServer(
            url=self._url, server_key=values[0], way=Way.SIGN_IN, site=place.site, label=place.label, public_url=place.public_url
        )
        return Registered(server, place.until)

    async def _challenge(self, talk: FirstTalk) -> Challenge:
        challenge = await talk.next(Challenge)
        if self._server_key not in (None, challenge.server_key):
            raise NotEnrolled(Trouble.OTHER_SERVER)
        return challenge
