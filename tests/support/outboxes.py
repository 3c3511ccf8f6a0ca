"""An outbox over a store in memory, a fake mail server and a clock whose hands are turned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from app.domain.appointments import Agreement, Appointment, Client, Stage
from app.domain.mails import Mail, MailKind, MailState
from app.domain.secrets import new_id
from app.services.appointments.ports import AppointmentStore, Write
from app.services.fakes import DirectStore, FakeMailServer, ManualClock, MemoryStore
from app.services.mail.outbox import LOOK_EVERY_S, Outbox
from app.services.tasks import Tasks

NOW = 1_800_000_000
HOUR = 3600


T = TypeVar("T")


class SteppingStore(DirectStore):
    """Takes a step of the loop before and after each call, so that a program can die in between, as with a store on a thread."""

    async def run(self, work: Callable[[AppointmentStore], T]) -> T:
        await asyncio.sleep(0)
        done = await super().run(work)
        await asyncio.sleep(0)
        return done


class OutboxTable:
    """One program after the other at the same store and server."""

    def __init__(self) -> None:
        self.store, self.server, self.clock = MemoryStore(), FakeMailServer(), ManualClock(NOW)
        self.crashes: list[str] = []
        self.outbox: Outbox
        self._tasks: Tasks

    async def open(self) -> OutboxTable:
        self._tasks = Tasks(lambda name, error: self.crashes.append(name))
        self.outbox = Outbox(SteppingStore(self.store), self.server, self.clock, self._tasks)
        await self.outbox.open()
        await self.looks()
        return self

    async def passes(self, seconds: int) -> None:
        """Time, in steps as the outbox looks."""
        while seconds > 0:
            self.clock.advance(step := min(seconds, LOOK_EVERY_S))
            await self.looks()
            seconds -= step

    async def looks(self) -> None:
        async with asyncio.timeout(10):
            await self.outbox.looked()

    async def crashes_now(self) -> None:
        """The program is killed: whatever it was doing ends where it stands."""
        await self._tasks.close()

    async def close(self) -> None:
        await self.outbox.close()
        await self._tasks.close()

    # ---- what people do

    def appointment(self, **values: Any) -> Appointment:
        """Invited, in a day."""
        made = Appointment(
            id=new_id(),
            starts_at=NOW + 24 * HOUR,
            minutes=30,
            stage=Stage.INVITED,
            agreement=Agreement(text_version="1", agreed_at=NOW),
            client=Client(email="client@example.org"),
        )
        return self.store.write(Write(appointments=[replace(made, **values)]))[0]

    async def posts(self, appointment: Appointment, kind: MailKind = MailKind.INVITATION, **values: Any) -> Mail:
        """A mail is written into the store, and the outbox hears of it."""
        mail = self.puts(appointment, kind, **values)
        await self.looks()
        return mail

    def puts(self, appointment: Appointment, kind: MailKind = MailKind.INVITATION, **values: Any) -> Mail:
        ident = new_id()
        mail = replace(
            Mail(
                id=ident,
                appointment=appointment.id,
                kind=kind,
                message_id=f"<{ident}@agency.example>",
                recipient=appointment.client.email,
                message=b"Subject: Ihr Termin\r\n\r\nLink\r\n",
                due_at=self.clock.unix(),
                useless_at=appointment.starts_at,
            ),
            **values,
        )
        self.store.write(Write(mails=[mail]))
        return mail

    def state(self, mail: Mail) -> MailState:
        return self.mail(mail).state

    def mail(self, mail: Mail) -> Mail:
        found = self.store.find_mail(mail.id)
        assert found is not None
        return found

    def accepted(self, mail: Mail) -> int:
        return self.server.times_accepted()[mail.message_id]

    async def person_asks_again(self, mail: Mail) -> None:
        """As `AppointmentBook.send_again` does it."""
        old = self.mail(mail)
        assert self.store.move_mail(replace(old, state=MailState.WAITING, next_try_at=0), old.state)
        await self.looks()
