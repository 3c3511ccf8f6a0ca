"""A mail server without sockets: takes mails, or does to them what it is told. Imports the mail's port only."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from app.services.mail.server import Answer, Answered, Claim, Letter, Trouble


class FakeMailServer:
    """Keeps the `MailServer` contract. What network and server do is said to it: `trouble`, `refuses`, `defers`, `drops_after_data`."""

    def __init__(self) -> None:
        self.accepted: list[Letter] = []
        """What it took, also where its reply was lost."""
        self.trouble: Trouble | None = None
        """Set: the server as a whole cannot be used."""
        self.tries = 0
        """How often somebody came to hand a mail over."""
        self.before_reply: Callable[[], None] | None = None
        """Called once between DATA and the reply."""
        self.holds: asyncio.Event | None = None
        """Set it to an Event: after DATA the server waits for it before it replies."""
        self._next: deque[Callable[[Letter], Answer]] = deque()

    # ---- what happens to the next mails

    def refuses(self, reply: str = "550 5.1.1 no such mailbox") -> None:
        """5xx for good."""
        self._next.append(lambda _: Answer(Answered.REFUSED, reply))

    def defers(self, reply: str = "451 4.7.1 greylisted") -> None:
        """4xx for now."""
        self._next.append(lambda _: Answer(Answered.LATER, reply))

    def drops_after_data(self, keeps: bool) -> None:
        """The reply is lost; the server kept the mail or did not."""
        self._next.append(lambda letter: self._lost(letter, keeps))

    # ---- the port

    async def send(self, letter: Letter, claim: Claim) -> Answer:
        self.tries += 1
        await asyncio.sleep(0)
        if self.trouble is not None:
            return Answer(Answered.LATER, trouble=self.trouble)
        if not await claim():
            return Answer(Answered.UNCLAIMED)
        if self.before_reply is not None:
            hook, self.before_reply = self.before_reply, None
            hook()
        if self.holds is not None:
            await self.holds.wait()
        return self._next.popleft()(letter) if self._next else self._taken(letter)

    async def probe(self) -> Answer:
        return Answer(Answered.ACCEPTED) if self.trouble is None else Answer(Answered.LATER, trouble=self.trouble)

    # ---- looking

    def messages(self) -> list[EmailMessage]:
        """What it took, parsed."""
        return [message_from_bytes(letter.message, policy=SMTP) for letter in self.accepted]

    def times_accepted(self) -> Counter[str]:
        """Message-ID -> how often it was taken."""
        return Counter(str(message["Message-ID"]) for message in self.messages())

    def _taken(self, letter: Letter) -> Answer:
        self.accepted.append(letter)
        return Answer(Answered.ACCEPTED, "250 2.0.0 ok")

    def _lost(self, letter: Letter, keeps: bool) -> Answer:
        if keeps:
            self.accepted.append(letter)
        return Answer(Answered.UNCLEAR)
