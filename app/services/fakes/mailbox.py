"""A mailbox for bounces without sockets. Imports the port only."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.mail.bounces import MailboxError, Received


class FakeMailbox:
    """Keeps the `Mailbox` contract; `arrives` puts a mail into it."""

    def __init__(self) -> None:
        self.down = False
        self._mails: list[Received] = []
        self._read: set[str] = set()

    def arrives(self, raw: bytes) -> None:
        self._mails.append(Received(str(len(self._mails) + 1), raw))

    async def unread(self) -> Sequence[Received]:
        self._refuse_if_down()
        return [mail for mail in self._mails if mail.uid not in self._read][:50]

    async def done(self, uids: Sequence[str]) -> None:
        self._refuse_if_down()
        self._read.update(uids)

    async def probe(self) -> None:
        self._refuse_if_down()

    def _refuse_if_down(self) -> None:
        if self.down:
            raise MailboxError("app.mailbox.bounces.unreachable")
