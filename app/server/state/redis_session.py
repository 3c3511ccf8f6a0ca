"""One stretch of time with the broker, from connecting to losing it: commands in bundles on one connection, subscriptions on another.

Never reconnects by itself: whoever begins the next session knows that something may have been missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

ANSWER_S = 2.0
"""So long an answer of the broker is waited for."""
PING_S = 2.0
SILENT_S = 6.0
"""A broker from which nothing was heard for so long, pings were sent meanwhile, is lost."""
MAX_WAITING = 20_000
"""Commands that may wait for the broker; what is more is left out."""
BUNDLE = 500
"""Commands, or channels, that go out together."""
BROKEN = (RedisError, OSError, TimeoutError)
"""How a broker is lost."""

_Command = tuple[bytes | str | int, ...]


def connections_to(url: str) -> ConnectionPool:
    """Makes connections that try nothing again by themselves and wait for as long as they are let. Raises ValueError; its text may hold
    the URL. The protocol's version 2 is what every Redis and Valkey speaks (RESP2)."""
    once = Retry(NoBackoff(), 0)
    connections = ConnectionPool.from_url(
        url, retry=once, socket_timeout=None, socket_connect_timeout=ANSWER_S, client_name="videoberatung"
    )
    connections.connection_kwargs.update(protocol=2, decode_responses=False)  # whatever the URL says
    return connections


class Session:
    """Ends with the first thing that goes wrong.

    Stands on the library's connections, not on its client: a bundle of commands costs a third of what a pipeline out of a pool does, and
    a message half of what its `PubSub` takes (docs/decisions/0052).
    """

    def __init__(self, connections: ConnectionPool, hear: Callable[[str, bytes], None]) -> None:
        self._commands: AbstractConnection = connections.make_connection()  # type: ignore[no-untyped-call]
        self._subscriptions: AbstractConnection = connections.make_connection()  # type: ignore[no-untyped-call]
        self._hear = hear
        self._waiting: deque[tuple[_Command, asyncio.Future[Any] | None]] = deque()
        self._filled = asyncio.Event()
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        self._changes: list[tuple[bool, str]] = []
        """Channels to be subscribed (True) or given up, in order."""
        self._changed = asyncio.Event()
        self._broken = asyncio.Event()
        self._heard_at = 0.0
        """When the broker last said something to the subscriptions, on the loop's clock."""

    async def run(self) -> None:
        """Until the broker is lost; raises one of BROKEN. Whoever waits for an answer hears that there is none."""
        tasks: list[asyncio.Task[Any]] = []
        try:
            for connection in (self._commands, self._subscriptions):
                async with asyncio.timeout(ANSWER_S):
                    await connection.connect()  # type: ignore[no-untyped-call]
            self._heard_at = asyncio.get_running_loop().time()
            work = (self._read(), self._ping(), self._write(), self._arrange(), self._broken.wait())
            tasks += [asyncio.create_task(part) for part in work]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise TimeoutError
        finally:
            self._broken.set()
            await _end(tasks)
            self._let_go()
            for connection in (self._commands, self._subscriptions):
                with contextlib.suppress(*BROKEN):
                    await connection.disconnect()

    def _let_go(self) -> None:
        for future in (*self._confirmations.values(), *(future for _, future in self._waiting if future)):
            if not future.done():
                future.set_result(None)
        self._confirmations.clear()
        self._waiting.clear()

    # ---- commands

    def send(self, *command: bytes | str | int) -> None:
        """Goes out with the next bundle."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append((command, None))
            self._filled.set()

    async def ask(self, *command: bytes | str | int) -> Any:
        """The answer; None if there is none any more."""
        if len(self._waiting) >= MAX_WAITING or self._broken.is_set():
            return None
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        self._filled.set()
        return await future

    async def _write(self) -> None:
        while True:
            await self._filled.wait()
            bundle = [self._waiting.popleft() for _ in range(min(BUNDLE, len(self._waiting)))]
            if not self._waiting:
                self._filled.clear()
            try:
                async with asyncio.timeout(ANSWER_S):
                    await self._execute(bundle)
            finally:
                for _, future in bundle:
                    if future is not None and not future.done():
                        future.set_result(None)

    async def _execute(self, bundle: Sequence[tuple[_Command, asyncio.Future[Any] | None]]) -> None:
        packed = self._commands.pack_commands([command for command, _ in bundle])
        await self._commands.send_packed_command(packed, check_health=False)
        for _, future in bundle:
            answer = await self._commands.read_response(timeout=math.inf)
            if future is not None and not future.done():
                future.set_result(answer)

    # ---- subscriptions

    async def subscribe(self, *channels: str) -> None:
        """Returns when the broker has confirmed all of them, or is lost; nobody waits for a broker that does not answer."""
        loop = asyncio.get_running_loop()
        for channel in channels:
            if channel not in self._confirmations:
                self._confirmations[channel] = loop.create_future()
                self._change(True, channel)
        confirmed = [self._confirmations[channel] for channel in channels]
        try:
            async with asyncio.timeout(ANSWER_S):
                await asyncio.gather(*map(asyncio.shield, confirmed))
        except TimeoutError:
            self._broken.set()

    def unsubscribe(self, channel: str) -> None:
        """Nothing more of this channel."""
        self._confirmations.pop(channel, None)
        self._change(False, channel)

    def _change(self, wanted: bool, channel: str) -> None:
        self._changes.append((wanted, channel))
        self._changed.set()

    async def _arrange(self) -> None:
        """What was subscribed and given up, in that order, many channels with one command."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            changes, self._changes = self._changes, []
            for wanted, group in groupby(changes, key=lambda change: change[0]):
                channels = [channel for _, channel in group]
                for first in range(0, len(channels), BUNDLE):
                    command = "SUBSCRIBE" if wanted else "UNSUBSCRIBE"
                    await self._subscriptions.send_command(command, *channels[first : first + BUNDLE], check_health=False)

    async def _read(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            said = await self._subscriptions.read_response(timeout=math.inf)
            self._heard_at = now()
            match said:
                case [b"message", bytes(channel), bytes(data)]:
                    self._hear(channel.decode("utf-8", "replace"), data)
                case [b"subscribe", bytes(channel), _]:
                    confirmed = self._confirmations.pop(channel.decode("utf-8", "replace"), None)
                    if confirmed is not None and not confirmed.done():
                        confirmed.set_result(None)

    async def _ping(self) -> None:
        """The answer is heard like everything else."""
        now = asyncio.get_running_loop().time
        while now() - self._heard_at < SILENT_S:
            await asyncio.sleep(PING_S)
            async with asyncio.timeout(ANSWER_S):
                await self._subscriptions.send_command("PING", check_health=False)
        raise TimeoutError


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel until they are over: under Python 3.11 a timeout inside of the library may swallow a cancellation that meets an answer."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.1)
    await asyncio.gather(*tasks, return_exceptions=True)
