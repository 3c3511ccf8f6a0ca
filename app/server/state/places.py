"""What every Fanout keeps in its own process: who listens to which topic, and which signs of life were given here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.server.ports import Clock, Presence


def _nothing(_: str) -> None:
    return


class Places:
    """Listeners by topic; an empty topic is forgotten."""

    def __init__(self, emptied: Callable[[str], None] = _nothing) -> None:
        self._listeners: dict[str, list[Place]] = {}
        self._emptied = emptied

    def __contains__(self, topic: str) -> bool:
        return topic in self._listeners

    @property
    def topics(self) -> tuple[str, ...]:
        """Those that somebody listens to."""
        return tuple(self._listeners)

    def hand_out(self, topic: str, envelope: bytes) -> None:
        """To everybody who listens here."""
        for place in tuple(self._listeners.get(topic, ())):
            place.listener(envelope)

    def take(self, topic: str, listener: Callable[[bytes], None]) -> Place:
        """A place for this listener."""
        place = Place(self, topic, listener)
        self._listeners.setdefault(topic, []).append(place)
        return place

    def give_back(self, place: Place) -> None:
        """Nothing for one that was given back already."""
        places = self._listeners.get(place.topic, [])
        if place not in places:
            return
        places.remove(place)
        if not places:
            del self._listeners[place.topic]
            self._emptied(place.topic)

    def clear(self) -> None:
        """Nobody listens any more."""
        self._listeners.clear()


class Place:
    """A Subscription."""

    __slots__ = ("_places", "listener", "topic")

    def __init__(self, places: Places, topic: str, listener: Callable[[bytes], None]) -> None:
        self._places = places
        self.topic = topic
        self.listener = listener

    async def close(self) -> None:
        self._places.give_back(self)


class Signs:
    """Signs of life that were given here, as deadlines on a clock; a goodbye is kept for as long as the last sign would have lasted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[Presence, str], float] = {}
        self._gone_until: dict[tuple[Presence, str], float] = {}
        self._tidy_at = 1024

    def touch(self, presence: Presence, key: str, ttl: float) -> None:
        """A sign that lasts `ttl` seconds."""
        self._gone_until.pop((presence, key), None)
        self._until[presence, key] = self._clock() + ttl
        if len(self._until) + len(self._gone_until) > self._tidy_at:
            self._tidy()

    def drop(self, presence: Presence, key: str) -> None:
        """A goodbye."""
        deadline = self._until.pop((presence, key), None)
        if deadline is not None:
            self._gone_until[presence, key] = deadline

    def living(self, presence: Presence, key: str) -> bool:
        """While the last sign lasts."""
        return self._until.get((presence, key), 0.0) > self._clock()

    def said_goodbye(self, presence: Presence, key: str) -> bool:
        """Within the time of its last sign."""
        return self._gone_until.get((presence, key), 0.0) > self._clock()

    def all_living(self) -> Iterator[tuple[Presence, str, float]]:
        """Each with the seconds it has left."""
        now = self._clock()
        return ((presence, key, until - now) for (presence, key), until in tuple(self._until.items()) if until > now)

    def clear(self) -> None:
        """Nobody was ever here."""
        self._until.clear()
        self._gone_until.clear()

    def _tidy(self) -> None:
        now = self._clock()
        for signs in (self._until, self._gone_until):
            for who in [who for who, until in signs.items() if until <= now]:
                del signs[who]
        self._tidy_at = max(1024, 2 * (len(self._until) + len(self._gone_until)))
