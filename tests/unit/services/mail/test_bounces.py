"""Mails that came back: reports are read as they are written, and only our own mails turn to RETURNED."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.domain.mails import Mail, MailState
from app.services.fakes import DirectStore, FakeMailbox
from app.services.mail.bounces import Bounces
from app.services.mail.reports import MAX_BYTES, returned_in
from app.services.tasks import Tasks
from tests.support.outboxes import OutboxTable
from tests.support.services import until

POSTFIX = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: zurueck@agency.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"

--grenze
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--grenze
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4Gxx
Arrival-Date: Sun, 29 Nov 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; client@example.org
Original-Recipient: rfc822;client@example.org
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <client@example.org>: Recipient address rejected:
 User unknown

--grenze
{returned}
--grenze--
"""
WHOLE = """\
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: termine@agency.example
Message-ID: {id}
Subject: Ihr Termin

Text
"""
HEADERS = """\
Content-Type: text/rfc822-headers; charset=utf-8

From: termine@agency.example
Message-ID: {id}
Subject: Ihr Termin
"""
FOLDED = """\
Content-Type: message/rfc822

From: termine@agency.example
Message-ID:
 {id}

"""


def report(message_id: str, action: str = "failed", returned: str = WHOLE) -> bytes:
    return POSTFIX.format(action=action, returned=returned.format(id=message_id)).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("returned", [WHOLE, HEADERS, FOLDED])
def test_a_failure_is_read(returned: str) -> None:
    found = returned_in(report("<abc_DEF-1@agency.example>", returned=returned))
    assert found is not None
    assert found.message_id == "<abc_DEF-1@agency.example>"
    assert found.reason == "5.1.1 smtp; 550 5.1.1 <client@example.org>: Recipient address rejected: User unknown"
    assert "example.org" not in repr(found)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_no_failure_is_none(action: str) -> None:
    assert returned_in(report("<abc@agency.example>", action)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Re: Ihr Termin\r\n\r\nDanke, ich komme.\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nohne Teile\r\n",
        report("<abc@agency.example>").replace(b"delivery-status;", b"disposition-notification;"),
        report("ohne Klammern"),
        report("<abc@agency.example>") + b"x" * MAX_BYTES,
    ],
)
def test_other_mails_are_none(raw: bytes) -> None:
    assert returned_in(raw) is None


class Table(OutboxTable):
    """With a mailbox."""

    mailbox: FakeMailbox
    bounces: Bounces


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    table = Table()
    await table.open()
    table.mailbox = FakeMailbox()
    tasks = Tasks(lambda name, error: table.crashes.append(name))
    table.bounces = Bounces(DirectStore(table.store), table.mailbox, table.clock, tasks)
    yield table
    await table.bounces.close()
    await tasks.close()
    await table.close()
    assert table.crashes == []


async def test_a_mail_that_came_back_is_returned_with_the_reason(table: Table) -> None:
    heard: list[str] = []
    table.bounces.changed.subscribe(heard.extend)
    mail = await table.posts(table.appointment())
    table.mailbox.arrives(report(mail.message_id))
    table.mailbox.arrives(b"Subject: Werbung\r\n\r\n")
    await table.bounces.look()
    assert (table.state(mail), table.mail(mail).reply[:5], heard) == (MailState.RETURNED, "5.1.1", [mail.appointment])
    assert await table.mailbox.unread() == []


async def test_reports_about_others_or_under_a_forged_domain_change_nothing(table: Table) -> None:
    mail = await table.posts(table.appointment())
    waiting = table.puts(table.appointment(), due_at=table.clock.unix() + 3600)
    for message_id in (f"<{mail.id}@elsewhere.example>", "<fremd@agency.example>", waiting.message_id):
        table.mailbox.arrives(report(message_id))
    await table.bounces.look()
    assert [table.state(one) for one in (mail, waiting)] == [MailState.ACCEPTED, MailState.WAITING]


async def test_an_unclear_one_that_came_back_is_clear(table: Table) -> None:
    table.server.drops_after_data(keeps=True)
    mail = await table.posts(table.appointment())
    table.mailbox.arrives(report(mail.message_id))
    await table.bounces.look()
    assert table.state(mail) is MailState.RETURNED


async def test_it_looks_again_after_the_mailbox_was_away(table: Table) -> None:
    mail: Mail = await table.posts(table.appointment())
    table.mailbox.down = True
    table.bounces.open()
    await until(lambda: table.bounces.readable is False)
    table.mailbox.down = False
    table.mailbox.arrives(report(mail.message_id))
    table.clock.advance(300)
    await until(lambda: table.state(mail) is MailState.RETURNED)
    await until(lambda: table.bounces.readable is True)
