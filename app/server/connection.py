"""One WebSocket as the server sees it: numbered both ways, bounded both ways, one thing at a time. Knows nothing of rooms.

A peer that sends nonsense, sends too fast or reads too slowly loses its own connection; nobody waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.domain.secrets import new_id
from app.server.backlog import Backlog
from app.server.exchange import UNNUMBERED, Exchange
from app.server.ports import Refusal, StateUnavailable
from app.server.protocols import AT_ONCE, Hearer, Quick
from app.wire.codes import CloseCode, Code, WireError
from app.wire.messages import Beat, Codec, Message, Ping, Pong, Probe, Refused, encode

log = structlog.get_logger(__name__)

MAX_OUT = 128
"""Messages that may wait for a slow reader."""
SEND_DEADLINE_S = 10.0
"""A message that the network does not take for so long ends the connection."""
PING_PAUSE_S = 1.0
"""A ping sooner than that after the last answered one is passed over (PROTOCOL.md, section 2)."""
MAX_PROBES = 16
"""Weights that one connection may send for a measurement (PROTOCOL.md, section 10)."""
TRY_AGAIN_LATER = 1013
"""WebSocket close code of the IANA registry: the server cannot serve it now."""
INTERNAL_ERROR = 1011


Way = tuple[str, bytes]
"""A topic of the Fanout, and the envelope for it."""


class Party(Protocol):
    """Who is on the other end: a page or a workstation."""

    async def greet(self) -> None:
        """The connection stands."""
        ...

    async def on_message(self, message: Message) -> None:
        """A message in order. Refusal is answered; WireError is answered and ends the connection."""
        ...

    async def on_hint(self, envelope: bytes) -> None:
        """An envelope from the Fanout."""
        ...

    def way_of(self, message: Message) -> Way | None:
        """Where signalling goes that nobody has to be asked about; None for everything else. Changes nothing."""
        ...

    def passed_on(self, envelope: bytes) -> bool:
        """Signalling that could be passed on without waiting for anything; False if nothing was done. Raises WireError."""
        ...

    def on_sign_of_life(self) -> None:
        """Any message at all arrived."""
        ...

    @property
    def at_rest(self) -> bool | None:
        """Whether a sweep that finds nothing has nothing to say to it; None if it depends on whether the `program` is there."""
        ...

    @property
    def program(self) -> tuple[str, bool]:
        """The owner of its rooms, and whether that owner's program was there at the last look."""
        ...

    def check(self) -> None:
        """End the connection if nobody did what they came for; time enough was given."""
        ...

    async def gone(self) -> None:
        """The connection is over."""
        ...


class Connection:
    """The pipe between one WebSocket and its Party.

    Whoever waits costs one task, that of the WebSocket itself; writing and heeding hints are tasks for as long as there is something to
    write or to heed.
    """

    __slots__ = (
        *("id", "last_heard", "_ponged", "_socket", "_codec", "_exchange", "_pace", "_party", "_until", "_out", "_writing", "_hints"),
        *("_heeding", "_room", "_turn", "_overrun", "_close_code", "_probes", "_sent", "_heard", "_quick", "_in_hand"),
    )

    def __init__(self, socket: WebSocket, codec: Codec, exchange: Exchange) -> None:
        self.id = new_id()
        self.last_heard = exchange.clock()
        self._ponged: float | None = None
        self._socket = socket
        self._quick: Quick = socket.scope.get(AT_ONCE, _SLOW)
        self._codec = codec
        self._exchange = exchange
        self._pace = exchange.limits.pace()
        self._party: Party | None = None
        """Once it was greeted."""
        self._until: asyncio.Timeout | None = None
        """Ends `run` from elsewhere."""
        self._out: list[str] = []
        """What the writer has not taken yet."""
        self._writing: asyncio.Task[None] | None = None
        self._hints = Backlog()
        self._heeding: asyncio.Task[None] | None = None
        self._room: asyncio.Event | None = None
        """Set whenever the writer took a message out; None while nobody waits for that."""
        self._turn = asyncio.Lock()
        self._in_hand = False
        """A message was received that may still wait for its turn."""
        self._overrun = False
        self._close_code: int | None = None
        self._probes = 0
        self._sent = 0
        self._heard = 0

    @property
    def address(self) -> str:
        """The peer's network address, for rate limits only."""
        return self._socket.client.host if self._socket.client else ""

    @property
    def ending(self) -> bool:
        """True once it was decided that this connection closes."""
        return self._close_code is not None

    @property
    def at_rest(self) -> bool | None:
        """As of its party; nothing is said to one that was not greeted yet."""
        return True if self._party is None else self._party.at_rest

    @property
    def program(self) -> tuple[str, bool]:
        """As of its party."""
        return ("", False) if self._party is None else self._party.program

    def send(self, message: Message) -> None:
        """Queue a message; its `seq` is set here. Never waits: who does not read loses the connection."""
        if self.ending:
            return
        self._sent += 1
        self._put(encode(msgspec.structs.replace(message, seq=self._sent)))

    @property
    def crowded(self) -> bool:
        """True while half of what may wait for a slow reader does."""
        return len(self._out) >= MAX_OUT // 2

    async def send_patiently(self, message: Message) -> None:
        """`send`, once there is room; for an answer of more messages than may wait for a reader who is quick enough."""
        while self.crowded and not self.ending:
            self._room = self._room or asyncio.Event()
            self._room.clear()
            await self._room.wait()
        self.send(message)

    def refuse(self, code: Code, re: int | None = None, close: int | None = None) -> None:
        """Queue a `refused`, and end the connection if `close` is given."""
        self._exchange.meter.refused(code)
        self.send(Refused(seq=UNNUMBERED, code=code, re=re))
        if close is not None:
            self.end(close)

    def end(self, code: int) -> None:
        """Close with this code after what is queued."""
        if self.ending:
            return
        self._close_code = code
        if len(self._out) < MAX_OUT:
            self._begin_writing()
        else:
            self._drop()

    def hint(self, envelope: bytes) -> None:
        """An envelope for the party; the Fanout's listener. Signalling is passed on at once, if nothing is being done or waits."""
        idle = self._party is not None and not self._hints and not self._turn.locked()
        if idle and self._party is not None and (self.ending or self._passed_on(self._party, envelope)):
            return
        if not self._hints.put(envelope):
            self._drop()
        elif self._party is not None:
            self._begin_heeding(self._party)

    def _passed_on(self, party: Party, envelope: bytes) -> bool:
        try:
            return party.passed_on(envelope)
        except WireError as error:
            _dropped(error)
        except Exception as error:
            self._fail(error)
        return True

    def _put(self, text: str) -> None:
        alone = not self._out and self._writing is None and self._until is not None
        if alone and self._quick.send_now(text):
            return
        if len(self._out) < MAX_OUT:
            self._out.append(text)
            self._begin_writing()
        else:
            self._drop()

    def _drop(self) -> None:
        self._close_code = CloseCode.SLOW_DOWN
        self._overrun = True
        self._finish()

    def _finish(self) -> None:
        """Nothing more is read or written: `run` goes on to its end."""
        if self._until is not None:
            self._until.reschedule(0)
            self._until = None

    def _fail(self, error: Exception) -> None:
        """An error of ours."""
        self._close_code = INTERNAL_ERROR
        self._exchange.meter.failed_inside()
        log.error("connection-failed", exc_info=error)
        self._finish()

    async def run(self, party: Party) -> None:
        """Serve until either side ends it. An error of ours ends this connection only."""
        until = asyncio.timeout(None)
        try:
            async with until:
                self._until = until
                if self._out or self.ending:
                    self._begin_writing()
                await self._read(party)
        except TimeoutError as error:
            if not until.expired():
                self._fail(error)
        except Exception as error:
            self._fail(error)
        finally:
            self._until = self._party = self._quick.hearer = None
            await self._end_tasks()
            await party.gone()
            await self._close()

    async def _end_tasks(self) -> None:
        tasks = [task for task in (self._writing, self._heeding) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self) -> None:
        if self._close_code is None:
            return
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(0 if self._overrun else 1):
                await self._socket.close(self._close_code)

    def _begin_writing(self) -> None:
        if self._writing is None and self._until is not None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Everything that is queued; and then the end, if that is decided."""
        try:
            while self._out:
                text = self._out.pop(0)
                if self._room is not None:
                    self._room.set()
                async with asyncio.timeout(SEND_DEADLINE_S):
                    await self._socket.send_text(text)
            if self.ending:
                self._finish()
        except TimeoutError:
            self._drop()
        except (WebSocketDisconnect, RuntimeError):
            self._finish()
        except Exception as error:
            self._fail(error)
        finally:
            self._writing = None

    async def _read(self, party: Party) -> None:
        async with self._turn:
            await party.greet()
        self._party = party
        self._quick.hearer = self
        if self._hints:
            self._begin_heeding(party)
        while True:
            frame = await self._socket.receive()
            if frame["type"] == "websocket.disconnect":
                return
            self._in_hand = True
            async with self._turn:
                if not self.ending:
                    await self._guarded(party, frame.get("text"))
            self._in_hand = False

    def take_now(self, text: str) -> bool:
        """A sign of life, or signalling that is only passed on, while nothing else is being done; everything else is for `_read`."""
        party = self._party
        if party is None or self.ending or self._in_hand or self._turn.locked():
            return False
        try:
            return self._taken(party, self._codec.parse(text))
        except WireError:
            return False
        except Exception as error:
            self._fail(error)
            return True

    def _taken(self, party: Party, message: Message) -> bool:
        way = party.way_of(message)
        if (way is None and not isinstance(message, Beat)) or message.seq <= self._heard or not self._pace.hit():
            return False
        self._heard, self.last_heard = message.seq, self._exchange.clock()
        party.on_sign_of_life()
        if way is not None:
            self._exchange.fanout.publish(*way)
        return True

    def _begin_heeding(self, party: Party) -> None:
        if self._heeding is None:
            self._heeding = asyncio.create_task(self._heed(party))

    async def _heed(self, party: Party) -> None:
        """Everything that is queued."""
        try:
            while self._hints:
                async with self._turn:
                    envelope = self._hints.pop()
                    if not self.ending:
                        await self._look_at(party, envelope)
        except Exception as error:
            self._fail(error)
        finally:
            self._heeding = None

    async def _look_at(self, party: Party, envelope: bytes) -> None:
        """One envelope. What came from another connection and cannot be read is that one's fault, not the fault of this one."""
        try:
            await party.on_hint(envelope)
        except WireError as error:
            _dropped(error)
        except StateUnavailable:
            self.refuse(Code.NOT_READY, close=TRY_AGAIN_LATER)

    async def _guarded(self, party: Party, text: str | None) -> None:
        """One frame, with every way it may go wrong."""
        self.last_heard = self._exchange.clock()
        number: int | None = None
        try:
            if not self._pace.hit():
                await self._exchange.limits.report_in_log("messages")
                self.refuse(Code.TOO_MANY, close=CloseCode.SLOW_DOWN)
                return
            if text is None:
                raise WireError(Code.MALFORMED, "binary frame")
            number = _number_of(text)
            await self._take(party, text)
        except WireError as error:
            known = error.code is Code.UNKNOWN_TYPE
            self.refuse(error.code, number, None if known else CloseCode.BAD_MESSAGE)
        except Refusal as error:
            self.refuse(error.code, number)
        except StateUnavailable:
            log.error("state-unavailable")
            self.refuse(Code.NOT_READY, number, TRY_AGAIN_LATER)

    async def _take(self, party: Party, text: str) -> None:
        try:
            message = self._codec.parse(text)
        except WireError as error:
            if error.code is Code.UNKNOWN_TYPE:
                self._in_order(_number_of(text))
            raise
        self._in_order(message.seq)
        party.on_sign_of_life()
        if isinstance(message, Ping):
            self._answer(message)
        elif isinstance(message, Probe):
            self._send_back(message)
        elif not isinstance(message, Beat):
            await party.on_message(message)

    def _answer(self, ping: Ping) -> None:
        if self._ponged is None or not 0 <= self.last_heard - self._ponged < PING_PAUSE_S:
            self._ponged = self.last_heard
            self.send(Pong(seq=UNNUMBERED, n=ping.n))

    def _send_back(self, probe: Probe) -> None:
        """Raises Refusal."""
        self._probes += 1
        if self._probes > MAX_PROBES:
            raise Refusal(Code.TOO_MANY)
        self.send(probe if probe.back is None else Probe(seq=UNNUMBERED, n=probe.n, filler="a" * probe.back))

    def _in_order(self, number: int | None) -> None:
        if number is None:
            raise WireError(Code.MALFORMED, "no number")
        if number <= self._heard:
            raise WireError(Code.OUT_OF_ORDER, "sequence did not rise")
        self._heard = number


class _Slow:
    """A WebSocket of a server that knows no short ways."""

    hearer: Hearer | None = None

    def send_now(self, _: str) -> bool:
        return False


_SLOW = _Slow()


def _dropped(error: WireError) -> None:
    log.error("envelope-dropped", code=error.code.value)


class _Numbered(msgspec.Struct):
    seq: int


_numbered = msgspec.json.Decoder(_Numbered)


def _number_of(text: str) -> int | None:
    """The `seq` of a message, if it can be read at all."""
    try:
        number = _numbered.decode(text).seq
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return number if 1 <= number < 2**53 else None
