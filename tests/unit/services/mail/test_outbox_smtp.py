"""Outbox and real SMTP together: a server that dies and comes back, replies that get lost, and every mail there once."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

from app.domain.mails import Mail, MailState
from app.services.fakes import DirectStore
from app.services.mail.outbox import Outbox
from app.services.mail.settings import MailSettings
from app.services.mail.smtp import SmtpServer
from app.services.tasks import Tasks
from tests.support.kept_secrets import NoCredentials
from tests.support.mail_servers import MailServerHost
from tests.support.outboxes import HOUR, NOW, OutboxTable


class RealTable(OutboxTable):
    """Over SMTP to a server on loopback."""

    def __init__(self, host: MailServerHost) -> None:
        super().__init__()
        self.host = host

    async def open(self) -> OutboxTable:
        settings = MailSettings(host="localhost", port=self.host.port, ca_file=str(self.host.ca_file), sender="termine@agency.example")
        self._tasks = Tasks(lambda name, error: self.crashes.append(name))
        self.outbox = Outbox(DirectStore(self.store), SmtpServer(settings, NoCredentials()), self.clock, self._tasks)
        await self.outbox.open()
        await self.looks()
        return self

    def times(self, mail: Mail) -> int:
        ids = [str(message_from_bytes(raw)["Message-ID"]) for raw in self.host.behaviour.accepted]
        return ids.count(mail.message_id)


async def test_a_server_that_dies_and_comes_back_gets_each_mail_once(tmp_path: Path) -> None:
    host = await MailServerHost(tmp_path).open()
    table = RealTable(host)
    await table.open()
    appointment = table.appointment(starts_at=NOW + 10 * 24 * HOUR)
    before = await table.posts(appointment)
    port = host.port
    await host.close()
    during = [await table.posts(appointment) for _ in range(3)]
    assert [table.state(mail) for mail in during] == [MailState.WAITING] * 3
    await host.open(port)
    await table.passes(HOUR)
    assert [table.times(mail) for mail in (before, *during)] == [1] * 4
    await table.close()
    await host.close()


async def test_a_reply_that_is_lost_and_a_person_who_asks_again(tmp_path: Path) -> None:
    host = await MailServerHost(tmp_path).open()
    table = RealTable(host)
    await table.open()
    host.behaviour.fates += ["drop-keeping", "drop-losing"]
    appointment = table.appointment()
    kept, lost = await table.posts(appointment), await table.posts(appointment)
    await table.passes(3 * HOUR)
    assert [table.state(mail) for mail in (kept, lost)] == [MailState.UNCLEAR] * 2
    await table.person_asks_again(lost)
    assert [table.times(mail) for mail in (kept, lost)] == [1, 1]
    await table.close()
    await host.close()
    assert table.crashes == []
