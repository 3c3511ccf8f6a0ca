"""Fanout over Redis or Valkey: pub/sub for envelopes, keys with a time to live for signs of life. Imports no SQL.

Listeners of this process hear an envelope at once, those of the others through the broker. A broker that is lost costs nothing that
stands in the store: while it is away, and until everybody had time to show up again, `settled` is False and every connection looks at
the store with each sweep (docs/decisions/0037). Nobody ever waits for a slow broker.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import structlog
from redis.asyncio import ConnectionPool

from app.domain.secrets import new_id
from app.server.ports import Clock, Presence, StateUnavailable, Subscription
from app.server.state.places import Places, Signs
from app.server.state.redis_session import ANSWER_S, BROKEN, Session, connections_to

log = structlog.get_logger(__name__)

PREFIX = "vb:"
"""Of every key and channel of ours."""
SETTLING_S = 15.0
"""So long after the broker came back nobody is taken for gone: each sign of life is given again within it."""
AGAIN_S = 0.25
OWN_BYTES = 22
"""Length of the mark of a process before each envelope."""


class RedisFanout:
    """The methods are documented at the port."""

    def __init__(self, connections: ConnectionPool, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock
        self._own = new_id().encode("ascii")
        self._places = Places(self._unsubscribe)
        self._signs = Signs(clock)
        self._session: Session | None = None
        """From the moment on when its subscriptions begin."""
        self._connected = asyncio.Event()
        self._settled_from = 0.0
        self._keeping: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, clock: Clock) -> RedisFanout:
        """Over the broker at a redis://, rediss:// or unix:// URL, which need not answer yet. Raises StateUnavailable for another URL."""
        try:
            fanout = cls(connections_to(url), clock)
        except (ValueError, TypeError):
            raise StateUnavailable("redis_url: must be redis://, rediss:// or unix://") from None
        fanout._keeping = asyncio.create_task(fanout._keep())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await fanout._connected.wait()
        return fanout

    async def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self._places.clear()
        self._signs.clear()

    @property
    def settled(self) -> bool:
        return self._connected.is_set() and self._clock() >= self._settled_from

    # ---- envelopes

    def publish(self, topic: str, envelope: bytes) -> None:
        self._places.hand_out(topic, envelope)
        if self._session is not None:
            self._session.send("PUBLISH", PREFIX + topic, self._own + envelope)

    async def subscribe(self, topic: str, listener: Callable[[bytes], None]) -> Subscription:
        known = topic in self._places
        place = self._places.take(topic, listener)
        if self._session is not None and not known:
            await self._session.subscribe(PREFIX + topic)
        return place

    def _unsubscribe(self, topic: str) -> None:
        if self._session is not None:
            self._session.unsubscribe(PREFIX + topic)

    def _hear(self, channel: str, data: bytes) -> None:
        if not data.startswith(self._own):
            self._places.hand_out(channel.removeprefix(PREFIX), data[OWN_BYTES:])

    # ---- signs of life

    def touch(self, presence: Presence, key: str, ttl: float) -> None:
        self._signs.touch(presence, key, ttl)
        self._give_sign(presence, key, ttl)

    def _give_sign(self, presence: Presence, key: str, ttl: float) -> None:
        if self._session is not None:
            self._session.send("SET", _key(presence, key), b"", "PX", max(1, int(ttl * 1000)))

    async def drop(self, presence: Presence, key: str) -> None:
        self._signs.drop(presence, key)
        if self._session is not None:
            self._session.send("DEL", _key(presence, key))

    async def is_present(self, presence: Presence, key: str) -> bool:
        return key in await self.present_among(presence, [key])

    async def present_among(self, presence: Presence, keys: Sequence[str]) -> frozenset[str]:
        """While the broker cannot know, gone is only who said goodbye here. No answer is none: the broker was lost this very moment."""
        session = self._session
        answer = None if session is None else await session.ask("MGET", *(_key(presence, key) for key in keys))
        unknown = answer is None or not self.settled
        signs = [None] * len(keys) if answer is None else answer
        return frozenset(
            key
            for key, sign in zip(keys, signs, strict=True)
            if sign is not None or (unknown and not self._signs.said_goodbye(presence, key))
        )

    def known(self, presence: Presence, key: str) -> bool | None:
        """Who is here may have said goodbye elsewhere."""
        return None

    # ---- the broker comes and goes

    async def _keep(self) -> None:
        """One session after the other, until cancelled."""
        lost = False
        while True:
            session = Session(self._connections, self._hear)
            running = asyncio.create_task(session.run())
            try:
                await self._begin(session, running, lost)
                await running
            except BROKEN as error:
                if not lost:
                    log.warning("broker-lost", error=type(error).__name__)
                lost = True
            finally:
                self._session = None
                self._connected.clear()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            await asyncio.sleep(AGAIN_S)

    async def _begin(self, session: Session, running: asyncio.Task[None], lost: bool) -> None:
        """Subscribe to everything, show everybody who is here. Who subscribes meanwhile does it by themselves."""
        answer = asyncio.create_task(session.ask("PING"))
        await asyncio.wait((answer, running), return_when=asyncio.FIRST_COMPLETED)
        if running.done() or not answer.result():
            answer.cancel()
            return
        self._session = session
        await session.subscribe(*(PREFIX + topic for topic in self._places.topics))
        for presence, key, left in self._signs.all_living():
            self._give_sign(presence, key, left)
        if lost:
            self._settled_from = self._clock() + SETTLING_S
            log.info("broker-back")
        self._connected.set()


def _key(presence: Presence, key: str) -> str:
    return f"{PREFIX}{presence.value}:{key}"
