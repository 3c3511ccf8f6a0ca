"""Hands in what was counted: once a day, at a time of chance, with a one-time right that leads nowhere. No Qt, no SQL.

The right is signed unseen while the server knows this workstation; what was counted goes in later and without anything of it. Both are the
same for a workstation that counted nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import structlog

from app.domain.secrets import b64url, from_b64url
from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import StoreError
from app.services.clock import Cancellable, Clock
from app.services.take_up.batch import Batch, next_batch, taken_in
from app.services.take_up.blinding import BlindingError, blind
from app.services.take_up.ports import LineTrouble, TakeUpLine
from app.services.tasks import Tasks
from app.wire.survey import TAKE_UP_CONTEXT, filled

_log = structlog.get_logger(__name__)

FIRST_S = 300.0
LONGEST_FIRST_S = 1500.0
"""After the start of the program, so that not everybody of an office comes at the same time and in the same order."""
LOOK_EVERY_S = 3600.0
MOST_BATCHES = 3
"""At one look; so many quarters are open at most, and one more."""
_LATER = frozenset({"not-ready", "too-many"})
_IN = frozenset({"counted", "right-spent"})


def _by_chance() -> float:
    return random.SystemRandom().uniform(FIRST_S, LONGEST_FIRST_S)


class HandingIn:
    """From `start` to `close`."""

    def __init__(self, store: StoreLine, line: TakeUpLine, clock: Clock, tasks: Tasks, first: Callable[[], float] = _by_chance) -> None:
        """`first` gives the seconds until the first look."""
        self._store = store
        self._line = line
        self._clock = clock
        self._tasks = tasks
        self._first = first
        self._next: Cancellable | None = None

    def start(self) -> None:
        """Look in a while, and each hour from then on."""
        self._next = self._clock.call_later(self._first(), self._look)

    def close(self) -> None:
        """No more looks. What is under way goes with the tasks; a batch that was not taken in is sent again by the next run."""
        if self._next is not None:
            self._next.cancel()

    def _look(self) -> None:
        self._next = self._clock.call_later(LOOK_EVERY_S, self._look)
        self._tasks.start("take-up", self.hand_in())

    async def hand_in(self) -> None:
        """Whatever is due."""
        try:
            for _ in range(MOST_BATCHES):
                batch = await self._store.run(lambda store: next_batch(store, self._clock.unix()))
                if batch is None or not await self._is_done_with(batch):
                    return
                await self._store.run(taken_in)
        except LineTrouble:
            return  # the next look
        except StoreError as trouble:
            _log.warning("take_up.not_kept", reason=trouble.key)

    async def _is_done_with(self, batch: Batch) -> bool:
        """False where the server asks to come again."""
        right = await self._right(batch)
        if right is None:
            _log.warning("take_up.lost", reason="period-closed")  # the program did not run for weeks
            return True
        code = await self._line.hand_in(_body(batch, right, self._line.site))
        if code not in _IN | _LATER:
            _log.warning("take_up.lost", reason=code)
        return code not in _LATER

    async def _right(self, batch: Batch) -> bytes | None:
        """The signature over this batch's nonce; None for a quarter that is closed. Raises LineTrouble."""
        n = (await self._line.keys()).get(batch.quarter)
        if n is None:
            return None
        try:
            made = blind(n, TAKE_UP_CONTEXT + from_b64url(batch.nonce))
            signed = await self._line.sign(batch.quarter, made.blinded)
            return None if signed is None else made.finalize(signed)
        except BlindingError:
            _log.warning("take_up.other_key")  # a key that is not the published one could tell us apart
            raise LineTrouble from None


def _body(batch: Batch, right: bytes, site: str | None) -> bytes:
    """Of one length, whatever was counted."""
    sheet = {"quarter": batch.quarter, "counts": batch.counts, "nonce": batch.nonce, "signature": b64url(right)}
    if site is not None:
        sheet["site"] = site
    return filled(msgspec.json.encode(sheet).decode("ascii")).encode("ascii")
