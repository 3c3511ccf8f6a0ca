"""The mailbox for bounces: TLS verified, mails stay unread until they are done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.services.mail.bounces import MailboxError
from app.services.mail.imap import ImapMailbox
from app.services.mail.settings import BounceMailbox
from tests.support.imap_server import PASSWORD, USER, ImapServer
from tests.support.kept_secrets import FixedCredentials, NoCredentials


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ImapServer]:
    server = ImapServer(tmp_path)
    yield server
    server.close()


def settings_of(server: ImapServer) -> BounceMailbox:
    return BounceMailbox(address="zurueck@agency.example", host="localhost", port=server.port, user=USER, ca_file=str(server.ca_file))


async def test_reads_and_marks(server: ImapServer) -> None:
    server.mails += [b"Subject: eins\r\n\r\n", b"Subject: zwei\r\n\r\n(Klammer) {3}\r\n"]
    mailbox = ImapMailbox(settings_of(server), FixedCredentials(PASSWORD))
    received = await mailbox.unread()
    assert [(mail.uid, mail.raw) for mail in received] == [("1", server.mails[0]), ("2", server.mails[1])]
    assert await mailbox.unread() == received
    await mailbox.done(["1"])
    assert [mail.uid for mail in await mailbox.unread()] == ["2"]
    assert "eins" not in repr(received)


async def test_an_empty_mailbox(server: ImapServer) -> None:
    mailbox = ImapMailbox(settings_of(server), FixedCredentials(PASSWORD))
    assert await mailbox.unread() == []
    await mailbox.done([])


@pytest.mark.parametrize(
    ("changed", "password", "key"),
    [
        ({}, "falsch", "login"),
        ({"folder": "FEHLT"}, PASSWORD, "folder"),
        ({"ca_file": ""}, PASSWORD, "certificate"),
        ({"host": "127.0.0.1"}, PASSWORD, "certificate"),
        ({"port": 1}, PASSWORD, "unreachable"),
        ({"ca_file": "/nowhere/ca.pem"}, PASSWORD, "own-certificate"),
    ],
)
async def test_what_cannot_be_read_is_said(server: ImapServer, changed: dict[str, object], password: str, key: str) -> None:
    mailbox = ImapMailbox(msgspec.structs.replace(settings_of(server), **changed), FixedCredentials(password))
    for look in (mailbox.unread, mailbox.probe):
        with pytest.raises(MailboxError) as refused:
            await look()
        assert refused.value.key == f"app.mailbox.bounces.{key}"


async def test_a_test_changes_nothing(server: ImapServer) -> None:
    server.mails.append(b"Subject: eins\r\n\r\n")
    mailbox = ImapMailbox(settings_of(server), FixedCredentials(PASSWORD))
    await mailbox.probe()
    assert len(await mailbox.unread()) == 1


async def test_without_a_password_nobody_is_asked(server: ImapServer) -> None:
    with pytest.raises(MailboxError, match="no-secret"):
        await ImapMailbox(settings_of(server), NoCredentials()).unread()
