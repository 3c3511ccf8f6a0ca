"""The handshake by which a workstation becomes known to an agency's server, with a one-time code (PROTOCOL.md, section 13). No Qt.

The program sends nothing before the server has shown the key that the code was made for, and believes nothing that this key did not sign.
So somebody in between, an inspecting proxy for instance, reads everything and gets nothing: neither the code nor a registration of theirs.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidProxy, ProxyError, WebSocketException
from websockets.typing import Subprotocol

from app.domain.enrolment import CodeError, CodeFault, EnrolmentCode
from app.domain.secrets import b64url, new_token
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer, Way
from app.services.control_connection import HANDSHAKE_S
from app.services.keys import WorkstationKey, signature_holds
from app.services.tls import out_of_time, system_trust
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.handshake import Place, code_text, enrolling_text, place_text
from app.wire.messages import CONTROL_SUBPROTOCOL, Beat, Challenge, Enrol, Enrolled, Message, Refused, control_codec, encode

_log = structlog.get_logger(__name__)

M = TypeVar("M", bound=Message)
Values = tuple[str, str, str, str]
"""Server key, workstation key, server nonce, workstation nonce."""

_OF_CODE = {
    CodeFault.EMPTY: Trouble.CODE_EMPTY,
    CodeFault.OTHER: Trouble.CODE_OTHER,
    CodeFault.VERSION: Trouble.CODE_VERSION,
    CodeFault.LENGTH: Trouble.CODE_LENGTH,
    CodeFault.GROUP: Trouble.CODE_GROUP,
}
_REFUSED = {
    Code.UNKNOWN_CODE: Trouble.CODE_UNKNOWN,
    Code.EXPIRED_LINK: Trouble.CODE_EXPIRED,
    Code.CONFLICT: Trouble.CODE_USED,
    Code.UNAUTHORISED: Trouble.REVOKED_KEY,
    Code.TOO_MANY: Trouble.TOO_MANY,
    Code.UNKNOWN_TYPE: Trouble.OLD_SERVER,
    Code.NOT_READY: Trouble.AWAY,
}


async def enrol(url: str, code: str, key: WorkstationKey, trust: Callable[[], ssl.SSLContext] = system_trust) -> AgencyServer:
    """Register `key` at the server behind `url` (its control link, `wss://…/ws/control`) with what a person typed as the code.

    After a lost answer the same again leads to the same. `trust` makes the context for wss addresses. Raises NotEnrolled.
    """
    read = read_code(code)
    try:
        async with asyncio.timeout(2 * HANDSHAKE_S), _connection(url, trust) as socket:
            server = await Handshake(socket, key, read).run()
    except NotEnrolled as refusal:
        _log.info("agency.not_enrolled", reason=refusal.trouble.value)
        raise
    except ssl.SSLCertVerificationError as error:
        raise NotEnrolled(Trouble.CLOCK if out_of_time(error) else Trouble.CERTIFICATE) from None
    except WireError:
        raise NotEnrolled(Trouble.NO_SERVER) from None
    except (ProxyError, InvalidProxy, ImportError):  # ImportError: a SOCKS proxy wants a package more
        raise NotEnrolled(Trouble.PROXY) from None
    except WebSocketException:
        raise NotEnrolled(Trouble.NO_SERVER) from None
    except (OSError, TimeoutError):
        raise NotEnrolled(Trouble.AWAY) from None
    place = server.place
    return AgencyServer(url=url, server_key=server.key, way=Way.CODE, site=place.site, label=place.label, public_url=place.public_url)


def read_code(text: str) -> EnrolmentCode:
    """The code that a person typed or pasted. Raises NotEnrolled."""
    try:
        return EnrolmentCode.parse(text)
    except CodeError as error:
        raise NotEnrolled(_OF_CODE[error.fault], group=error.group) from None


def _connection(url: str, trust: Callable[[], ssl.SSLContext]) -> connect:
    return connect(
        url,
        subprotocols=[Subprotocol(CONTROL_SUBPROTOCOL)],
        ssl=trust() if url.startswith("wss:") else None,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        ping_interval=None,  # the protocol has beats of its own
        open_timeout=HANDSHAKE_S,
        close_timeout=1,
        proxy=True if url.startswith("wss:") else None,  # elsewhere as the operating system says
    )


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A server that showed its key, and what it said under its signature."""

    key: str
    place: Place


class Handshake:
    """One attempt on one open WebSocket."""

    def __init__(self, socket: ClientConnection, key: WorkstationKey, code: EnrolmentCode) -> None:
        self._socket = socket
        self._key = key
        self._code = code
        self._codec = control_codec()
        self._seq = 0

    async def run(self) -> KnownServer:
        """Raises NotEnrolled, WireError, or what the socket raises."""
        challenge = await self._next(Challenge)
        if not self._code.is_for(challenge.server_key):
            raise NotEnrolled(Trouble.OTHER_SERVER)
        values = (challenge.server_key, self._key.public, challenge.nonce, new_token())
        await self._send(self._request(values))
        enrolled = await self._next(Enrolled)
        place = Place(enrolled.site, enrolled.label, enrolled.public_url, enrolled.until)
        if not signature_holds(challenge.server_key, enrolled.signature, place_text(*values, place)):
            raise NotEnrolled(Trouble.OTHER_SERVER)
        return KnownServer(challenge.server_key, place)

    def _request(self, values: Values) -> Enrol:
        offer = self._code.offer
        return Enrol(
            seq=1,
            workstation_key=self._key.public,
            nonce=values[3],
            offer=offer,
            proof=_signed(self._code.signer(), code_text(*values, offer)),
            signature=self._key.sign(enrolling_text(*values, offer)),
        )

    async def _send(self, message: Message) -> None:
        self._seq += 1
        await self._socket.send(encode(replace(message, seq=self._seq)))

    async def _next(self, kind: type[M]) -> M:
        """The next message of the handshake, which must be of that kind; beats are answered."""
        while True:
            message = self._codec.parse(await self._socket.recv())
            if isinstance(message, kind):
                return message
            if isinstance(message, Refused):
                raise NotEnrolled(_REFUSED.get(message.code, Trouble.REFUSED))
            if not isinstance(message, Beat):
                raise WireError(Code.OUT_OF_ORDER, type(message).__name__)
            await self._send(Beat(seq=1, n=message.n))


def _signed(key: Ed25519PrivateKey, text: bytes) -> str:
    return b64url(key.sign(text))
