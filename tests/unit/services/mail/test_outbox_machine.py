"""Whatever servers, crashes and people do: no mail is accepted twice unless a person asked, and none after it was withdrawn."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.appointments import Stage
from app.domain.mails import Mail, MailKind, MailState
from app.services.appointments.ports import Write
from app.services.mail.outbox import stamped
from app.services.mail.server import Letter, Trouble
from tests.support.outboxes import HOUR, OutboxTable
from tests.support.soak import rounds

some = st.integers(0, 9)


class Outboxes(RuleBasedStateMachine):
    """One store, one server, programs that die."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.mails: list[Mail] = []
        self.asked: Counter[str] = Counter()
        self.gone: Counter[str] = Counter()
        """How often a withdrawn or late mail had been accepted when it became so."""

    def does(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        async def begin() -> OutboxTable:
            return await OutboxTable().open()

        self.table = self.does(begin())

    def teardown(self) -> None:
        if hasattr(self, "table"):
            self.does(self.table.close())
        self.loop.close()

    @rule(kind=st.sampled_from(MailKind), ahead=st.integers(1, 30), due=st.integers(0, 3))
    def posts(self, kind: MailKind, ahead: int, due: int) -> None:
        now = self.table.clock.unix()
        stage = Stage.CANCELLED if kind is MailKind.CANCELLED else Stage.INVITED
        appointment = self.table.appointment(starts_at=now + ahead * HOUR, stage=stage)
        self.mails.append(self.does(self.table.posts(appointment, kind, due_at=now + due * HOUR)))

    @rule(what=st.sampled_from(["refuses", "defers", "lost", "kept", "down", "up"]))
    def server(self, what: str) -> None:
        server = self.table.server
        match what:
            case "refuses":
                server.refuses()
            case "defers":
                server.defers()
            case "lost" | "kept":
                server.drops_after_data(what == "kept")
            case "down" | "up":
                server.trouble = Trouble.UNREACHABLE if what == "down" else None

    @rule(seconds=st.sampled_from([1, 60, 3600, 20 * 3600]))
    def passes(self, seconds: int) -> None:
        self.does(self.table.passes(seconds))

    @rule(seconds=st.integers(-100_000, 100_000))
    def clock_jumps(self, seconds: int) -> None:
        self.table.clock.advance(seconds)
        self.does(self.table.passes(1))

    @precondition(lambda self: self.mails)
    @rule(which=some)
    def cancels(self, which: int) -> None:
        appointment = self.table.store.find(self.mails[which % len(self.mails)].appointment)
        assert appointment is not None
        gone = replace(appointment, stage=Stage.CANCELLED)
        self.table.store.write(Write(appointments=[gone], withdraw_mails_of=[gone.id]))
        self.does(self.table.passes(1))

    @precondition(lambda self: self.mails)
    @rule(which=some)
    def person_asks_again(self, which: int) -> None:
        mail = self.mails[which % len(self.mails)]
        if self.table.state(mail) in (MailState.UNCLEAR, MailState.REFUSED):
            self.asked[mail.message_id] += 1
            self.does(self.table.person_asks_again(mail))

    @rule(steps=st.integers(0, 40), reply=st.integers(0, 40), had_it=st.booleans())
    def is_killed(self, steps: int, reply: int, had_it: bool) -> None:
        """With a new mail on its way, at any step of it; after `reply` steps the server answers. One that did not answer in time may have
        had all of it (`had_it`)."""
        now = self.table.clock.unix()
        self.mails.append(self.table.puts(self.table.appointment(starts_at=now + HOUR)))

        async def killed() -> None:
            self.table.server.holds = answers = asyncio.Event()
            self.table.outbox.look()
            for step in range(steps):
                if step == reply:
                    answers.set()
                await asyncio.sleep(0)
            if had_it and not answers.is_set():
                self.table.server.accepted += [Letter(mail.recipient, stamped(mail, now)) for mail in self.table.store.stuck_mails()]
            await self.table.crashes_now()
            self.table.server.holds = None
            await self.table.open()

        self.does(killed())

    @invariant()
    def at_most_once_unless_asked(self) -> None:
        for message_id, times in self.table.server.times_accepted().items() if self.mails else ():
            assert times <= 1 + self.asked[message_id]

    @invariant()
    def nothing_after_it_was_withdrawn(self) -> None:
        for mail in self.mails:
            if self.table.state(mail) in (MailState.WITHDRAWN, MailState.LATE):
                self.gone.setdefault(mail.message_id, self.table.accepted(mail))
                assert self.table.accepted(mail) == self.gone[mail.message_id]

    @invariant()
    def what_is_being_sent_is_being_sent_by_somebody(self) -> None:
        if hasattr(self, "table"):
            assert self.table.store.stuck_mails() == []


TestOutboxes = Outboxes.TestCase
TestOutboxes.settings = settings(max_examples=rounds(60), stateful_step_count=30, deadline=None)
