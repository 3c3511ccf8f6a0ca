"""One stretch of time with the broker, from connecting to losing it: commands in bundles on one connection, subscriptions on another.

Never reconnects by itself: whoever begins the next session knows that something may have been missed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
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


def client_for(url: str) -> Redis:
    """A client that tries nothing again by itself. Raises ValueError; its text may hold the URL."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url, retry=once, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, client_name="videoberatung")


class Session:
    """Ends with the first thing that goes wrong."""

    def __init__(self, client: Redis, hear: Callable[[str, bytes], None]) -> None:
        self._client = client
        self._hear = hear
        self._pubsub: PubSub = client.pubsub()
        self._waiting: deque[tuple[_Command, asyncio.Future[Any] | None]] = deque()
        self._filled = asyncio.Event()
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        self._changes: list[tuple[bool, str]] = []
        """Channels to be subscribed (True) or given up, in order."""
        self._changed = asyncio.Event()
        self._broken = asyncio.Event()

    async def run(self) -> None:
        """Until the broker is lost; raises one of BROKEN. Whoever waits for an answer hears that there is none."""
        work = (self._read(), self._ping(), self._write(), self._arrange(), self._broken.wait())
        tasks = [asyncio.create_task(part) for part in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise TimeoutError
        finally:
            self._broken.set()
            await _end(tasks)
            self._let_go()
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]

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
            answers: list[Any] = [None] * len(bundle)
            try:
                answers = await self._execute([command for command, _ in bundle])
            finally:
                for (_, future), answer in zip(bundle, answers, strict=True):
                    if future is not None and not future.done():
                        future.set_result(answer)

    async def _execute(self, commands: Iterable[_Command]) -> list[Any]:
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute()

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
                    command = self._pubsub.subscribe if wanted else self._pubsub.unsubscribe
                    await command(*channels[first : first + BUNDLE])

    async def _read(self) -> None:
        await self._pubsub.connect()  # type: ignore[no-untyped-call]
        while True:
            message = await self._pubsub.get_message(timeout=SILENT_S)
            if message is None:
                raise TimeoutError
            channel = (message["channel"] or b"").decode("utf-8", "replace")
            if message["type"] == "message":
                self._hear(channel, message["data"])
            elif message["type"] == "subscribe" and (confirmed := self._confirmations.pop(channel, None)) and not confirmed.done():
                confirmed.set_result(None)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            await self._pubsub.ping()


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel until they are over: under Python 3.11 a timeout inside of the library may swallow a cancellation that meets an answer."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.1)
    await asyncio.gather(*tasks, return_exceptions=True)
