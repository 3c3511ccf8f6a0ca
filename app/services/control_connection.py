"""One connection of the control link: the mutual proof, numbered messages both ways, answers to commands. Ends with the connection.

Imports `app.wire`; knows neither rooms nor reconnecting (see `link`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import structlog
from msgspec.structs import replace

from app.domain.secrets import new_token
from app.domain.survey_counts import SurveyCounts
from app.services.keys import WorkstationKey, signature_holds
from app.services.tasks import Refusal
from app.wire.codes import Code, WireError
from app.wire.handshake import Place, place_text, signed_by_server, signed_by_workstation
from app.wire.messages import (
    Beat,
    Challenge,
    Done,
    Message,
    Prove,
    Refused,
    SurveyTold,
    SurveyWanted,
    TakeUpRight,
    TakeUpRightWanted,
    Welcome,
    control_codec,
    encode,
)

_log = structlog.get_logger(__name__)

M = TypeVar("M", bound=Message)

SILENCE_S = 12.0
"""Who saw no beat for that long closes and connects again (PROTOCOL.md, section 2)."""
HANDSHAKE_S = 8.0


class LinkLost(Refusal):
    """The connection went before the answer came; the command may or may not have been carried out."""


class CommandRefused(Refusal):
    """The server said no. `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class NotAccepted(Exception):
    """The other side is not who it should be, or does not accept us. Trying again at once would change nothing."""


class NotNow(Exception):
    """The other side is asked too often or not ready; the same proof holds after a pause."""


class Socket(Protocol):
    """What is needed of `websockets.asyncio.client.ClientConnection`."""

    async def send(self, message: str, /) -> None: ...

    async def recv(self) -> str | bytes: ...


class ControlConnection:
    """Speaks on one open WebSocket. `open` first, then `run` until the end; `post` and `ask` in between."""

    def __init__(self, socket: Socket, key: WorkstationKey, server_key: str, silence_s: float = SILENCE_S) -> None:
        """`server_key` is the server's public key as it must be; `silence_s` how long nothing at all may come, seconds."""
        self._socket = socket
        self._key = key
        self._server_key = server_key
        self._silence_s = silence_s
        self._codec = control_codec()
        self._seq = 0
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._ended = False

    async def open(self) -> Welcome:
        """Prove each to the other. Raises NotAccepted, NotNow, WireError, TimeoutError, or what the socket raises."""
        async with asyncio.timeout(HANDSHAKE_S):
            challenge = await self._next(Challenge)
            if challenge.server_key != self._server_key:
                raise NotAccepted("another server key")
            values = (challenge.server_key, self._key.public, challenge.nonce, new_token())
            proof = self._key.sign(signed_by_workstation(*values))
            await self._socket.send(self._numbered(Prove(seq=1, workstation_key=self._key.public, nonce=values[3], signature=proof)))
            welcome = await self._next(Welcome)
        if not signature_holds(self._server_key, welcome.signature, signed_by_server(*values)):
            raise NotAccepted("the server's signature does not hold")
        if not _attested(welcome, values):
            raise NotAccepted("the server did not sign where we belong")
        return welcome

    def post(self, message: Message) -> int:
        """Send in turn; gives the number that the message got."""
        self._outbox.put_nowait(self._numbered(message))
        return self._seq

    def ask(self, command: Message) -> asyncio.Future[None]:
        """Send; the future ends with `done`, CommandRefused or LinkLost."""
        return self._asked(command)

    def ask_counts(self, question: SurveyWanted) -> asyncio.Future[SurveyCounts]:
        """Send; the future ends with the counts, CommandRefused or LinkLost."""
        return self._asked(question)

    def ask_right(self, question: TakeUpRightWanted) -> asyncio.Future[str]:
        """Send; the future ends with the blind signature, CommandRefused or LinkLost."""
        return self._asked(question)

    def _asked(self, command: Message) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._ended:
            answer.set_exception(LinkLost())
        else:
            self._answers[self.post(command)] = answer
        return answer

    async def run(self, heard: Callable[[Message], None]) -> None:
        """Pass on what comes, beats and answers aside. Raises what ends it: the socket's exception, TimeoutError, WireError."""
        writer = asyncio.ensure_future(self._write())
        try:
            while True:
                async with asyncio.timeout(self._silence_s):
                    data = await self._socket.recv()
                self._take(data, heard)
        finally:
            self._ended = True
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await asyncio.gather(writer, return_exceptions=True)
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(LinkLost())

    async def _write(self) -> None:
        while True:
            await self._socket.send(await self._outbox.get())

    def _numbered(self, message: Message) -> str:
        self._seq += 1
        return encode(replace(message, seq=self._seq))

    async def _next(self, kind: type[M]) -> M:
        """The next message of the handshake, which must be of that kind."""
        message = self._codec.parse(await self._socket.recv())
        if isinstance(message, Refused):
            raise (NotNow if message.code in (Code.TOO_MANY, Code.NOT_READY) else NotAccepted)(message.code.value)
        if not isinstance(message, kind):
            raise WireError(Code.OUT_OF_ORDER, type(message).__name__)
        return message

    def _take(self, data: str | bytes, heard: Callable[[Message], None]) -> None:
        try:
            message = self._codec.parse(data)
        except WireError as error:
            if error.code is not Code.UNKNOWN_TYPE:
                raise
            return  # a newer server may say more than we understand
        if isinstance(message, Beat):
            self.post(Beat(seq=1, n=message.n))
        elif isinstance(message, Done | Refused | SurveyTold | TakeUpRight):
            self._answer(message)
        else:
            heard(message)

    def _answer(self, message: Done | Refused | SurveyTold | TakeUpRight) -> None:
        answer = self._answers.pop(message.re, None) if message.re is not None else None
        if answer is None:
            if isinstance(message, Refused):
                _log.info("link.refused", code=message.code.value)
        elif not answer.done():
            if isinstance(message, Refused):
                answer.set_exception(CommandRefused(message.code))
            else:
                answer.set_result(_told(message))


def _attested(welcome: Welcome, values: tuple[str, str, str, str]) -> bool:
    """True also for a server of an earlier version, which says nothing of the workstation's place."""
    if welcome.site is None and welcome.label is None and welcome.public_url is None and welcome.until is None:
        return True
    place = Place(welcome.site or "", welcome.label or "", welcome.public_url or "", welcome.until)
    return welcome.attested is not None and signature_holds(values[0], welcome.attested, place_text(*values, place))


def _told(message: Done | SurveyTold | TakeUpRight) -> SurveyCounts | str | None:
    if isinstance(message, SurveyTold):
        return message.counts
    return message.signature if isinstance(message, TakeUpRight) else None
