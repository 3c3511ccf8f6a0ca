"""The first words with an agency's server, before the workstation is known there (PROTOCOL.md, section 13). No Qt.

What can go wrong on the way becomes a trouble with its sentence, whatever the words are about.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidProxy, ProxyError, WebSocketException
from websockets.typing import Subprotocol

from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.sign_in_port import SignInFailed, SignInFault
from app.services.control_connection import HANDSHAKE_S
from app.services.keys import signature_holds
from app.services.tls import out_of_time
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.handshake import Place, place_text
from app.wire.messages import CONTROL_SUBPROTOCOL, Beat, Enrolled, Message, Refused, SignInRefused, control_codec, encode
from app.wire.sign_in import SignInRefusal

M = TypeVar("M", bound=Message)
Values = tuple[str, str, str, str]
"""Server key, workstation key, server nonce, workstation nonce."""

_REFUSED = {
    Code.UNKNOWN_CODE: Trouble.CODE_UNKNOWN,
    Code.EXPIRED_LINK: Trouble.CODE_EXPIRED,
    Code.CONFLICT: Trouble.CODE_USED,
    Code.UNAUTHORISED: Trouble.REVOKED_KEY,
    Code.TOO_MANY: Trouble.TOO_MANY,
    Code.UNKNOWN_TYPE: Trouble.OLD_SERVER,
    Code.NOT_READY: Trouble.AWAY,
}
_TURNED_AWAY: dict[str, SignInFault | Trouble] = {
    SignInRefusal.NOT_OFFERED.value: SignInFault.NOT_OFFERED,
    SignInRefusal.NOT_ACCEPTED.value: SignInFault.NOT_ACCEPTED,
    SignInRefusal.TOO_WEAK.value: SignInFault.TOO_WEAK,
    SignInRefusal.NO_SITE.value: SignInFault.NO_SITE,
    SignInRefusal.OTHER_PERSON.value: SignInFault.OTHER_PERSON,
    SignInRefusal.CODE_HOLDS.value: SignInFault.CODE_HOLDS,
    SignInRefusal.REVOKED.value: Trouble.REVOKED_KEY,
    SignInRefusal.PROVIDER_AWAY.value: SignInFault.PROVIDER_AWAY,
}
"""A later version of the server may know more reasons."""


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A server that showed its key, and what it said under its signature."""

    key: str
    place: Place


@contextlib.asynccontextmanager
async def first_talk(url: str, trust: Callable[[], ssl.SSLContext], wait_s: float = 2 * HANDSHAKE_S) -> AsyncIterator[FirstTalk]:
    """An open connection to the control link behind `url`. Raises NotEnrolled for whatever becomes of it within `wait_s` seconds."""
    try:
        async with asyncio.timeout(wait_s), _connection(url, trust) as socket:
            yield FirstTalk(socket)
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


class FirstTalk:
    """Speaks on one open WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._codec = control_codec()
        self._seq = 0

    async def send(self, message: Message) -> None:
        self._seq += 1
        await self._socket.send(encode(replace(message, seq=self._seq)))

    async def next(self, kind: type[M]) -> M:
        """The next message, which must be of that kind; beats are answered. Raises NotEnrolled, SignInFailed, WireError, or what the
        socket raises."""
        while True:
            message = self._codec.parse(await self._socket.recv())
            if isinstance(message, kind):
                return message
            if isinstance(message, Refused):
                raise NotEnrolled(_REFUSED.get(message.code, Trouble.REFUSED))
            if isinstance(message, SignInRefused):
                why = _TURNED_AWAY.get(message.why, SignInFault.NOT_ACCEPTED)
                raise SignInFailed(why) if isinstance(why, SignInFault) else NotEnrolled(why)
            if not isinstance(message, Beat):
                raise WireError(Code.OUT_OF_ORDER, type(message).__name__)
            await self.send(Beat(seq=1, n=message.n))


def known_server(enrolled: Enrolled, values: Values) -> KnownServer:
    """What the server said, if it signed that. Raises NotEnrolled."""
    place = Place(enrolled.site, enrolled.label, enrolled.public_url, enrolled.until)
    if not signature_holds(values[0], enrolled.signature, place_text(*values, place)):
        raise NotEnrolled(Trouble.OTHER_SERVER)
    return KnownServer(values[0], place)


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
