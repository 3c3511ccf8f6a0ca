"""SMTP to a real server: verified TLS or nothing, every way to log in, every trouble told apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
import trustme

from app.services.mail.server import Answer, Answered, Letter, Trouble
from app.services.mail.settings import BounceMailbox, Login, MailSettings, Tls, checked
from app.services.mail.sign_in import SignIn
from app.services.mail.smtp import SmtpServer
from tests.support.kept_secrets import FixedCredentials, NoCredentials
from tests.support.mail_servers import PASSWORD, TOKEN, USER, MailServerHost

Opens = Callable[..., Awaitable[MailServerHost]]


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    hosts: list[MailServerHost] = []

    async def opened(**values: Any) -> MailServerHost:
        hosts.append(await MailServerHost(tmp_path, **values).open())
        return hosts[-1]

    yield opened
    for host in hosts:
        await host.close()


def settings_of(server: MailServerHost, **values: Any) -> MailSettings:
    usual = {"host": "localhost", "port": server.port, "ca_file": str(server.ca_file), "sender": "termine@agency.example"}
    return checked(MailSettings(**{**usual, **values}))


async def sent(server: SmtpServer) -> Answer:
    async def claim() -> bool:
        return True

    return await server.send(Letter("client@example.org", b"Subject: x\r\n\r\ny\r\n"), claim)


async def test_implicit_tls(opens: Opens) -> None:
    host = await opens(implicit=True)
    assert (await sent(SmtpServer(settings_of(host, tls=Tls.IMPLICIT), NoCredentials()))).answered is Answered.ACCEPTED


async def test_the_greeting_and_envelope_name_the_agency_and_not_this_machine(opens: Opens) -> None:
    host = await opens()
    bounces = BounceMailbox(address="zurueck@agency.example", host="imap.example", user="x")
    await sent(SmtpServer(settings_of(host, bounces=bounces), NoCredentials()))
    assert set(host.behaviour.hellos) == {"agency.example"}
    assert host.behaviour.senders == ["zurueck@agency.example"]


async def test_no_encryption_no_mail(opens: Opens) -> None:
    host = await opens(tls=False)
    answer = await sent(SmtpServer(settings_of(host), NoCredentials()))
    assert (answer.trouble, host.behaviour.accepted) == (Trouble.NO_TLS, [])


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
async def test_a_certificate_of_somebody_else_is_refused(opens: Opens, tmp_path: Path, tls: Tls) -> None:
    host = await opens(implicit=tls is Tls.IMPLICIT)
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    answer = await sent(SmtpServer(settings_of(host, ca_file=str(stranger), tls=tls), NoCredentials()))
    assert (answer.trouble, host.behaviour.accepted) == (Trouble.CERTIFICATE, [])


async def test_what_the_operating_system_does_not_trust_is_refused(opens: Opens) -> None:
    host = await opens()
    answer = await sent(SmtpServer(settings_of(host, ca_file=""), NoCredentials()))
    assert answer.trouble is Trouble.CERTIFICATE


async def test_a_certificate_for_another_name_is_refused(opens: Opens) -> None:
    host = await opens()
    answer = await sent(SmtpServer(settings_of(host, host="127.0.0.1"), NoCredentials()))
    assert (answer.trouble, host.behaviour.accepted) == (Trouble.CERTIFICATE, [])


@pytest.mark.parametrize(("password", "trouble"), [(PASSWORD, None), ("falsch", Trouble.LOGIN)])
async def test_password(opens: Opens, password: str, trouble: Trouble | None) -> None:
    host = await opens(wants_login=True)
    server = SmtpServer(settings_of(host, login=Login.PASSWORD, user=USER), FixedCredentials(password=password))
    assert [(await sent(server)).trouble, (await server.probe()).trouble] == [trouble, trouble]
    assert (USER, password) in host.behaviour.logins


@pytest.mark.parametrize(("token", "trouble"), [(TOKEN, None), ("abgelaufen", Trouble.LOGIN)])
async def test_xoauth2(opens: Opens, token: str, trouble: Trouble | None) -> None:
    host = await opens(wants_login=True)
    oauth = SignIn(token_endpoint="https://sign-in.example/token", client_id="x")
    server = SmtpServer(settings_of(host, login=Login.XOAUTH2, user=USER, oauth=oauth), FixedCredentials(token=token))
    assert (await sent(server)).trouble is trouble
    assert host.behaviour.logins == [(USER, token)] * (1 if trouble is None else 2)


async def test_no_password_in_the_keyring(opens: Opens) -> None:
    host = await opens(wants_login=True)
    assert (await sent(SmtpServer(settings_of(host, login=Login.PASSWORD, user=USER), NoCredentials()))).trouble is Trouble.NO_SECRET


async def test_a_login_that_is_missing_is_no_fault_of_the_mail(opens: Opens) -> None:
    host = await opens(wants_login=True)
    answer = await sent(SmtpServer(settings_of(host), NoCredentials()))
    assert (answer.answered, answer.trouble) == (Answered.LATER, Trouble.LOGIN)


async def test_client_certificate(opens: Opens) -> None:
    host = await opens(wants_client=True)
    server = SmtpServer(settings_of(host, login=Login.CERTIFICATE, certificate_file=str(host.client_file)), NoCredentials())
    assert (await sent(server)).answered is Answered.ACCEPTED
    assert "workstation.example" in host.behaviour.client_names


async def test_a_client_certificate_that_cannot_be_read(opens: Opens, tmp_path: Path) -> None:
    host = await opens()
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    server = SmtpServer(settings_of(host, login=Login.CERTIFICATE, certificate_file=str(broken)), NoCredentials())
    assert (await sent(server)).trouble is Trouble.OWN_CERTIFICATE


@pytest.mark.parametrize(
    ("reply", "answered", "trouble"),
    [
        ("550 5.1.1 no such mailbox", Answered.REFUSED, None),
        ("450 4.2.1 mailbox busy", Answered.LATER, None),
        ("421 4.3.2 shutting down", Answered.LATER, Trouble.BUSY),
    ],
)
async def test_answers_about_the_recipient(opens: Opens, reply: str, answered: Answered, trouble: Trouble | None) -> None:
    host = await opens()
    host.behaviour.refused_recipient = reply
    answer = await sent(SmtpServer(settings_of(host), NoCredentials()))
    assert (answer.answered, answer.trouble, answer.reply) == (answered, trouble, reply)


async def test_a_server_that_greets_with_a_refusal_or_not_at_all(tmp_path: Path) -> None:
    for greeting, trouble in ((b"554 5.3.2 not today\r\n", Trouble.BUSY), (b"", Trouble.UNREACHABLE)):

        async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter, greeting: bytes = greeting) -> None:
            writer.write(greeting)
            writer.close()

        async with await asyncio.start_server(greets, "127.0.0.1", 0) as listener:
            settings = MailSettings(host="127.0.0.1", port=listener.sockets[0].getsockname()[1], sender="termine@agency.example")
            assert (await sent(SmtpServer(settings, NoCredentials()))).trouble is trouble


async def test_logs_hold_neither_replies_nor_people_nor_secrets(opens: Opens) -> None:
    host = await opens(wants_login=True)
    host.behaviour.refused_recipient = "550 5.1.1 canary-reply"
    with structlog.testing.capture_logs() as logs:
        await sent(SmtpServer(settings_of(host, login=Login.PASSWORD, user=USER), FixedCredentials(password="canary-secret")))
        await sent(SmtpServer(settings_of(host, login=Login.PASSWORD, user=USER), FixedCredentials(password=PASSWORD)))
    assert not any(canary in str(logs) for canary in ("canary", "example.org", USER))
