"""Sends what waits in the store, in the background, for as long as the program runs. No SQL, no Qt, no sockets of its own.

A mail goes out at most once unless a person asks: it is claimed in the store right before DATA, and whatever is not known for certain
after that waits for a person's decision. What a server said is kept in the store and never logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import structlog

from app.domain.mails import Mail
from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import StoreError
from app.services.clock import Clock
from app.services.events import Event
from app.services.mail.claims import claimed, found_stuck, pause_s, put_back_in_time, settled, weeded_out
from app.services.mail.server import Answer, Answered, Claim, Letter, MailServer, Trouble
from app.services.tasks import Tasks

LOOK_EVERY_S = 60
"""At least: a computer that slept, or a clock that jumped, is noticed then."""
SERVER_PAUSE_S = 600
"""At most so long nobody tries a server that could not be used."""
CLOSING_S = 5
"""So long a mail that is being handed over may take when the program ends."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Try:
    """One mail on its way."""

    mail: Mail
    said: tuple[object, ...] | None = None
    """See `claimed`."""
    answer: Answer | None = None
    """What is not written down yet."""


class Outbox:
    """One for each store. `open` it once, `look` after each change, `close` it before the store."""

    def __init__(self, store: StoreLine, server: MailServer, clock: Clock, tasks: Tasks) -> None:
        self.changed: Event[Sequence[str]] = Event()
        """Ids of appointments whose mails stand elsewhere now."""
        self.troubled: Event[Trouble | None] = Event()
        """The server as a whole cannot be used any more, or can again."""
        self.trouble: Trouble | None = None
        self._store = store
        self._server = server
        self._clock = clock
        self._tasks = tasks
        self._wake = asyncio.Event()
        self._rested = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._closing = False
        self._failures = 0
        self._not_before = 0
        self._last_look = 2**40
        self._unwritten: _Try | None = None

    async def open(self) -> None:
        """Begin to send. What was being sent when the program died is unclear from now on. Raises StoreError."""
        now = self._clock.unix()
        if stuck := await self._store.run(lambda store: found_stuck(store, now)):
            self.changed.announce(stuck)
        self._work = self._tasks.start("outbox", self._run())

    def look(self) -> None:
        """Something new may wait."""
        self._wake.set()

    async def looked(self) -> None:
        """Look now, and wait until all that may go out was tried. Only between `open` and `close`."""
        self._rested.clear()
        self._wake.set()
        await self._rested.wait()

    async def close(self) -> None:
        """What is being handed over may end; then nothing more is sent."""
        self._closing = True
        self._wake.set()
        if self._work is not None:
            _, late = await asyncio.wait({self._work}, timeout=CLOSING_S)
            for task in late:
                task.cancel()
                await asyncio.wait({task})

    async def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                await self._round()
                pause = await self._until_next()
            except StoreError as error:
                _log.warning("outbox.store_refused", error=error.key)
                pause = LOOK_EVERY_S
            if not self._closing:
                await self._rest(pause)

    async def _rest(self, seconds: int) -> None:
        timer = self._clock.call_later(seconds, self._wake.set)
        try:
            if not self._wake.is_set():
                self._rested.set()
            await self._wake.wait()
        finally:
            timer.cancel()

    async def _until_next(self) -> int:
        """Seconds."""
        now, due = self._clock.unix(), await self._store.run(lambda store: store.next_mail_at())
        if due is None:
            return LOOK_EVERY_S
        return min(max(max(due, self._not_before) - now, 1), LOOK_EVERY_S)

    async def _round(self) -> None:
        """All that may go out now, one after the other."""
        await self._write_down()
        await self._trust_clock()
        seen: set[str] = set()
        while (mail := await self._next(seen)) is not None and not self._closing:
            seen.add(mail.id)
            if not await self._sent(mail):
                return

    async def _trust_clock(self) -> None:
        now = self._clock.unix()
        if now < self._last_look:  # it went back, or this is the first look
            self._not_before = 0
            await self._store.run(lambda store: put_back_in_time(store, now))
        self._last_look = now

    async def _next(self, seen: set[str]) -> Mail | None:
        """The next one that nobody looked at in this round. While the server rests, only what was never tried: a person may wait for it."""
        now = self._clock.unix()
        waiting = await self._store.run(lambda store: store.waiting_mails(now))
        rests = now < self._not_before
        return next((mail for mail in waiting if mail.id not in seen and not (rests and mail.tries)), None)

    async def _sent(self, mail: Mail) -> bool:
        """Try one; False if the server as a whole cannot be used."""
        now = self._clock.unix()
        if await self._store.run(lambda store: weeded_out(store, mail, now)):
            self.changed.announce([mail.appointment])
            return True
        attempt = _Try(mail)

        async def claim() -> bool:
            at = self._clock.unix()
            attempt.said = await self._store.run(lambda store: claimed(store, mail, at))
            if attempt.said is not None:
                self.changed.announce([mail.appointment])
            return attempt.said is not None

        answer = await self._answer(Letter(mail.recipient, stamped(mail, now)), claim, attempt)
        self._note_trouble(answer.trouble)
        if answer.answered is Answered.UNCLAIMED:
            self.changed.announce([mail.appointment])
            return True
        attempt.answer = answer
        self._unwritten = attempt
        await self._write_down()
        return answer.trouble is None

    async def _answer(self, letter: Letter, claim: Claim, attempt: _Try) -> Answer:
        """What the server said. A mail that makes us crash waits for a person and does not hold up the others."""
        try:
            return await self._server.send(letter, claim)
        except StoreError:
            raise
        except Exception as error:
            self._tasks.report("outbox", error)
            return Answer(Answered.REFUSED if attempt.said is None else Answered.UNCLEAR)

    async def _write_down(self) -> None:
        """What became of the last try; kept until the store takes it, and nothing else is sent before."""
        attempt = self._unwritten
        if attempt is None or attempt.answer is None:
            return
        mail, said, answer, now = attempt.mail, attempt.said, attempt.answer, self._clock.unix()
        pause = self._not_before - now if answer.trouble is not None else pause_s(mail.tries + 1)
        await self._store.run(lambda store: settled(store, mail, said, answer, max(pause, 1), now))
        self._unwritten = None
        _log.info("outbox.tried", answer=answer.answered.value, kind=mail.kind.value, tries=mail.tries + 1)
        self.changed.announce([mail.appointment])

    def _note_trouble(self, trouble: Trouble | None) -> None:
        self._failures = self._failures + 1 if trouble is not None else 0
        pause = min(pause_s(self._failures), SERVER_PAUSE_S) if trouble is not None else 0
        self._not_before = self._clock.unix() + pause
        if trouble is not self.trouble:
            self.trouble = trouble
            self.troubled.announce(trouble)


def stamped(mail: Mail, now: int) -> bytes:
    """The message as it goes out: with the date of this try and the mail's own Message-ID (RFC 5322, sections 3.6.1 and 3.6.4)."""
    date = format_datetime(datetime.fromtimestamp(now, UTC))
    return f"Date: {date}\r\nMessage-ID: {mail.message_id}\r\n".encode("ascii") + mail.message
