"""One contract for every mail server: the fake, and the real way over SMTP with TLS to a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from app.services.fakes import FakeMailServer
from app.services.mail.server import Answer, Answered, Letter, MailServer, Trouble
from app.services.mail.settings import MailSettings
from app.services.mail.smtp import SmtpServer
from tests.support.kept_secrets import NoCredentials
from tests.support.mail_servers import MailServerHost

MESSAGE = b"Message-ID: <one@agency.example>\r\nSubject: Ihr Termin\r\n\r\n.Punkt am Anfang\r\nLink\r\n"


class ServerTable(Protocol):
    """A server, and what happens to it."""

    server: MailServer

    def refuses(self) -> None: ...

    def defers(self) -> None: ...

    def drops_after_data(self, keeps: bool) -> None: ...

    async def goes_down(self) -> None: ...

    def accepted(self) -> list[bytes]: ...

    async def close(self) -> None: ...


class FakeTable:
    def __init__(self) -> None:
        self.server = FakeMailServer()
        self.refuses, self.defers, self.drops_after_data = self.server.refuses, self.server.defers, self.server.drops_after_data

    async def goes_down(self) -> None:
        self.server.trouble = Trouble.UNREACHABLE

    def accepted(self) -> list[bytes]:
        return [letter.message for letter in self.server.accepted]

    async def close(self) -> None:
        pass


class SmtpTable:
    def __init__(self, host: MailServerHost) -> None:
        self._host = host
        settings = MailSettings(host="localhost", port=host.port, ca_file=str(host.ca_file), sender="termine@agency.example")
        self.server = SmtpServer(settings, NoCredentials())

    def refuses(self) -> None:
        self._host.behaviour.fates.append("554 5.7.1 not wanted")

    def defers(self) -> None:
        self._host.behaviour.fates.append("451 4.7.1 later please")

    def drops_after_data(self, keeps: bool) -> None:
        self._host.behaviour.fates.append("drop-keeping" if keeps else "drop-losing")

    async def goes_down(self) -> None:
        await self._host.close()

    def accepted(self) -> list[bytes]:
        return self._host.behaviour.accepted

    async def close(self) -> None:
        await self._host.close()


@pytest.fixture(params=["fake", "smtp"])
async def table(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ServerTable]:
    table: ServerTable = FakeTable() if request.param == "fake" else SmtpTable(await MailServerHost(tmp_path).open())
    yield table
    await table.close()


class Claims:
    """Counts how often it was asked."""

    def __init__(self, answer: bool = True) -> None:
        self.asked = 0
        self._answer = answer

    async def __call__(self) -> bool:
        self.asked += 1
        return self._answer


async def sent(table: ServerTable, claim: Claims | None = None) -> Answer:
    return await table.server.send(Letter("client@example.org", MESSAGE), claim or Claims())


async def test_a_mail_is_taken_as_it_is_and_claimed_once(table: ServerTable) -> None:
    claim = Claims()
    answer = await sent(table, claim)
    assert (answer.answered, answer.trouble, claim.asked) == (Answered.ACCEPTED, None, 1)
    assert answer.reply.startswith("250 ")
    assert table.accepted() == [MESSAGE]


async def test_what_is_not_claimed_is_not_handed_over(table: ServerTable) -> None:
    answer = await sent(table, Claims(answer=False))
    assert (answer.answered, table.accepted()) == (Answered.UNCLAIMED, [])


async def test_refused_for_good_says_why(table: ServerTable) -> None:
    table.refuses()
    answer = await sent(table)
    assert (answer.answered, answer.reply[:2], table.accepted()) == (Answered.REFUSED, "55", [])


async def test_deferred(table: ServerTable) -> None:
    table.defers()
    answer = await sent(table)
    assert (answer.answered, answer.trouble, answer.reply[:3]) == (Answered.LATER, None, "451")
    assert (await sent(table)).answered is Answered.ACCEPTED


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_reply_that_is_lost_leaves_it_unclear(table: ServerTable, keeps: bool) -> None:
    table.drops_after_data(keeps)
    answer = await sent(table)
    assert (answer.answered, len(table.accepted())) == (Answered.UNCLEAR, int(keeps))


async def test_a_server_that_is_down_claims_nothing(table: ServerTable) -> None:
    await table.goes_down()
    claim = Claims()
    answer = await sent(table, claim)
    assert (answer.answered, answer.trouble, claim.asked) == (Answered.LATER, Trouble.UNREACHABLE, 0)
    assert (await table.server.probe()).trouble is Trouble.UNREACHABLE


async def test_a_claim_that_fails_stops_the_handing_over(table: ServerTable) -> None:
    async def fails() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await table.server.send(Letter("client@example.org", MESSAGE), fails)
    assert table.accepted() == []
    assert (await sent(table)).answered is Answered.ACCEPTED


async def test_the_test_button(table: ServerTable) -> None:
    assert await table.server.probe() == Answer(Answered.ACCEPTED)
    assert table.accepted() == []


async def test_a_reply_never_stands_in_a_repr(table: ServerTable) -> None:
    table.refuses()
    answer = await sent(table)
    assert answer.reply not in repr(answer)
    assert "example.org" not in repr(Letter("client@example.org", MESSAGE))
