"""The server's side of a sign-in on one control link (PROTOCOL.md, section 13). Knows no token's inside and no rooms."""

from __future__ import annotations

from app.server.connection import Connection
from app.server.enrolment.ports import Handshake, NoSignIn, SignIns, Workstation
from app.server.exchange import UNNUMBERED
from app.server.identity import Identity
from app.server.rate_limits import RateLimits
from app.wire.codes import CloseCode, Code
from app.wire.handshake import sign_in_text
from app.wire.messages import EnrolByToken, SignInOffer, SignInRefused, SignInWanted
from app.wire.sign_in import SignInRefusal


class SignInTalk:
    """One for each control link; `nonce` is the server's of this link."""

    def __init__(self, connection: Connection, limits: RateLimits, identity: Identity, nonce: str, sign_ins: SignIns | None) -> None:
        self._connection = connection
        self._limits = limits
        self._identity = identity
        self._nonce = nonce
        self._sign_ins = sign_ins

    def tell_how(self, message: SignInWanted) -> None:
        """How to sign in here, under the server's signature."""
        if self._sign_ins is None:
            self._refuse(SignInRefusal.NOT_OFFERED)
            return
        terms = self._sign_ins.terms
        offer = SignInOffer(
            seq=UNNUMBERED,
            issuer=terms.issuer,
            client_id=terms.client_id,
            scopes=list(terms.scopes),
            acr_values=list(terms.acr_values),
            max_age=terms.max_age,
            signature=self._identity.sign(sign_in_text(self._identity.public_key, self._nonce, message.nonce, terms)),
        )
        self._connection.send(offer)

    async def registered(self, message: EnrolByToken) -> tuple[Workstation, Handshake] | None:
        """The workstation and what the handshake was about, or None when that was refused."""
        if self._sign_ins is None:
            self._refuse(SignInRefusal.NOT_OFFERED)
            return None
        if await self._limits.enrolled_wrongly_too_often(self._connection.address):
            self._connection.refuse(Code.TOO_MANY, message.seq, CloseCode.SLOW_DOWN)
            return None
        values = (self._identity.public_key, message.workstation_key, self._nonce, message.nonce)
        try:
            return await self._sign_ins.enrol(message, values), values
        except NoSignIn as refusal:
            if refusal.why is SignInRefusal.NOT_ACCEPTED:
                await self._limits.wrong_enrolment(self._connection.address)
            self._refuse(refusal.why)
            return None

    def _refuse(self, why: SignInRefusal) -> None:
        self._connection.send(SignInRefused(seq=UNNUMBERED, why=why.value))
        self._connection.end(CloseCode.REFUSED)
