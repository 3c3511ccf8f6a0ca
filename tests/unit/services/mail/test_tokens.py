"""Tokens for the mail server: a real identity provider over TLS, a real mail server that asks it, every trouble told apart."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
import structlog
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from app.domain.secrets import b64url
from app.services.keys import MemoryKeyStore
from app.services.mail.bounces import MailboxError
from app.services.mail.credentials import CLIENT_SECRET, KeptCredentials, NoSecret, TokenError
from app.services.mail.imap import ImapMailbox
from app.services.mail.server import Answered, Trouble
from app.services.mail.settings import BounceLogin, BounceMailbox, Login, MailSettings, checked
from app.services.mail.sign_in import Proof, SignIn
from app.services.mail.smtp import SmtpServer
from app.services.mail.tokens import AHEAD_S, USUAL_LIFE_S, TokenSource
from tests.support.identity_provider import CLIENT, LIFE_S, SCOPE, SECRET, IdentityProvider
from tests.support.imap_server import USER as MAILBOX_USER
from tests.support.imap_server import ImapServer
from tests.support.mail_servers import USER, MailServerHost


@pytest.fixture
def sign_in(tmp_path: Path) -> Iterator[IdentityProvider]:
    made = IdentityProvider(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def mail_host(tmp_path: Path, sign_in: IdentityProvider) -> AsyncIterator[MailServerHost]:
    host = await MailServerHost(tmp_path, wants_login=True).open()
    host.behaviour.takes_token = sign_in.provider.holds
    yield host
    await host.close()


def settings_of(sign_in: IdentityProvider, **values: Any) -> SignIn:
    usual = {"token_endpoint": sign_in.url, "client_id": CLIENT, "scope": SCOPE, "ca_file": str(sign_in.ca_file)}
    return SignIn(**{**usual, **values})


async def secret() -> str:
    return SECRET


def source(sign_in: IdentityProvider, **values: Any) -> TokenSource:
    return TokenSource(settings_of(sign_in, **values), secret, now=sign_in.provider.clock)


def mail_settings(host: MailServerHost, oauth: SignIn) -> MailSettings:
    return checked(
        MailSettings(
            host="localhost",
            port=host.port,
            ca_file=str(host.ca_file),
            sender="termine@agency.example",
            login=Login.XOAUTH2,
            user=USER,
            oauth=oauth,
        )
    )


async def trouble_of(tokens: TokenSource) -> Trouble:
    with pytest.raises(TokenError) as refused:
        await tokens.token()
    return refused.value.trouble


# ---- how the client proves itself


@pytest.mark.parametrize("proof", [Proof.SECRET_BASIC, Proof.SECRET_POST])
async def test_a_secret_gives_a_token(sign_in: IdentityProvider, proof: Proof) -> None:
    token = await source(sign_in, proof=proof).token()
    assert sign_in.provider.holds(token)
    sent = sign_in.provider.questions[0]
    assert ("client_secret" in sent, sent["scope"]) == (proof is Proof.SECRET_POST, SCOPE)


def _pem(key: Any, passphrase: bytes = b"") -> bytes:
    kept = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))


RSA = rsa.generate_private_key(65_537, 2048)


@pytest.mark.parametrize(
    ("key", "asked_for", "algorithm"),
    [
        (RSA, {}, "PS256"),
        (RSA, {"rsa_algorithm": "RS256"}, "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), {}, "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), {}, "ES384"),
        (ed25519.Ed25519PrivateKey.generate(), {}, "EdDSA"),
    ],
)
async def test_a_signature_gives_a_token_and_no_secret_travels(
    sign_in: IdentityProvider, tmp_path: Path, key: Any, asked_for: dict[str, str], algorithm: str
) -> None:
    sign_in.provider.public_key = key.public_key()
    file = tmp_path / "key.pem"
    file.write_bytes(_pem(key))
    tokens = source(sign_in, proof=Proof.PRIVATE_KEY, key_file=str(file), key_id="k1", **asked_for)
    assert sign_in.provider.holds(await tokens.token())
    header, claims = sign_in.provider.assertions[0]
    assert (header["alg"], header["kid"], claims["aud"], claims["exp"] - claims["iat"]) == (algorithm, "k1", sign_in.url, 300)
    assert "client_secret" not in sign_in.provider.questions[0]


async def test_a_certificate_names_itself_and_each_assertion_is_used_once(sign_in: IdentityProvider, tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("workstation.example")
    file = tmp_path / "client.pem"
    file.write_bytes(leaf.private_key_and_cert_chain_pem.bytes())
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    sign_in.provider.public_key = certificate.public_key()
    tokens = source(sign_in, proof=Proof.PRIVATE_KEY, key_file=str(file), certificate_file=str(file))
    first = await tokens.token()
    tokens.refused(first)
    assert await tokens.token() != first
    assert {header["x5t#S256"] for header, _ in sign_in.provider.assertions} == {b64url(certificate.fingerprint(SHA256()))}
    assert len({claims["jti"] for _, claims in sign_in.provider.assertions}) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"no key",
        _pem(RSA, b"passphrase"),
        _pem(dsa.generate_private_key(2048)),
        _pem(ec.generate_private_key(ec.SECP256K1())),
    ],
)
async def test_a_key_that_cannot_be_used(sign_in: IdentityProvider, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    assert await trouble_of(source(sign_in, proof=Proof.PRIVATE_KEY, key_file=str(file))) is Trouble.SIGN_IN_KEY
    assert sign_in.provider.asked == 0


async def test_a_key_of_somebody_else_is_refused(sign_in: IdentityProvider, tmp_path: Path) -> None:
    sign_in.provider.public_key = rsa.generate_private_key(65_537, 2048).public_key()
    file = tmp_path / "key.pem"
    file.write_bytes(_pem(RSA))
    assert await trouble_of(source(sign_in, proof=Proof.PRIVATE_KEY, key_file=str(file))) is Trouble.SIGN_IN_REFUSED


# ---- how long a token is kept


async def test_whoever_comes_at_once_shares_one_and_it_is_kept_until_shortly_before_its_end(sign_in: IdentityProvider) -> None:
    tokens, clock = source(sign_in), sign_in.provider.clock
    first = await tokens.token()
    assert set(await asyncio.gather(*(tokens.token() for _ in range(5)))) == {first}
    clock.now += LIFE_S - AHEAD_S - 400
    assert await tokens.token() == first
    clock.now += 400
    assert sign_in.provider.holds(first)
    assert await tokens.token() != first
    assert sign_in.provider.asked == 2


@pytest.mark.parametrize(("life", "lasts"), [(None, USUAL_LIFE_S / 2), (60, 30), ("3600", 3240), (0, USUAL_LIFE_S / 2)])
async def test_lives_that_are_short_unknown_or_written_as_text(sign_in: IdentityProvider, life: int | str | None, lasts: float) -> None:
    sign_in.provider.life_s = life
    tokens, clock = source(sign_in), sign_in.provider.clock
    first = await tokens.token()
    clock.now += lasts - 1
    assert await tokens.token() == first
    clock.now += 61
    assert await tokens.token() != first


async def test_one_that_still_holds_is_used_while_the_provider_is_away(sign_in: IdentityProvider) -> None:
    tokens, provider = source(sign_in), sign_in.provider
    first = await tokens.token()
    provider.answer = (503, b"")
    provider.clock.now += LIFE_S - 10
    assert await tokens.token() == first
    provider.clock.now += 20
    assert await trouble_of(tokens) is Trouble.SIGN_IN_UNREACHABLE
    provider.answer = None
    assert await tokens.token() != first


async def test_a_client_that_is_not_known_any_more_is_told_at_once(sign_in: IdentityProvider) -> None:
    tokens, provider = source(sign_in), sign_in.provider
    await tokens.token()
    provider.secret = "changed"
    provider.clock.now += LIFE_S - 10
    assert await trouble_of(tokens) is Trouble.SIGN_IN_REFUSED


async def test_a_test_of_the_settings_asks_each_time(sign_in: IdentityProvider) -> None:
    tokens = TokenSource(settings_of(sign_in), secret, keep=False)
    assert await tokens.token() != await tokens.token()


async def test_only_the_refused_one_is_thrown_away(sign_in: IdentityProvider) -> None:
    tokens = source(sign_in)
    first = await tokens.token()
    tokens.refused("another")
    assert await tokens.token() == first
    tokens.refused(first)
    assert await tokens.token() != first


# ---- what goes wrong


async def test_a_wrong_secret(sign_in: IdentityProvider) -> None:
    sign_in.provider.secret = "another"
    assert await trouble_of(source(sign_in)) is Trouble.SIGN_IN_REFUSED


async def test_a_scope_that_is_not_granted(sign_in: IdentityProvider) -> None:
    assert await trouble_of(source(sign_in, scope="everything")) is Trouble.SIGN_IN_SCOPE


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((503, b"<html>"), Trouble.SIGN_IN_UNREACHABLE),
        ((429, b""), Trouble.SIGN_IN_UNREACHABLE),
        ((400, b'{"error": "temporarily_unavailable"}'), Trouble.SIGN_IN_UNREACHABLE),
        ((401, b"<html>"), Trouble.SIGN_IN_REFUSED),
        ((400, b'{"error": "unauthorized_client"}'), Trouble.SIGN_IN_REFUSED),
        ((400, b'{"error": "invalid_request"}'), Trouble.SIGN_IN_UNCLEAR),
        ((404, b"<html>"), Trouble.SIGN_IN_UNCLEAR),
        ((200, b"<html>a portal</html>"), Trouble.SIGN_IN_UNCLEAR),
        ((200, b'{"token_type": "bearer"}'), Trouble.SIGN_IN_UNCLEAR),
        ((200, b'{"access_token": "x", "token_type": "mac"}'), Trouble.SIGN_IN_UNCLEAR),
        ((200, b'{"access_token": "x\\u0001auth=Bearer y"}'), Trouble.SIGN_IN_UNCLEAR),
        ((200, b'{"access_token": ""}'), Trouble.SIGN_IN_UNCLEAR),
        ((200, b'{"access_token": "' + b"x" * 70_000 + b'"}'), Trouble.SIGN_IN_UNCLEAR),
        ((200, b"\xff"), Trouble.SIGN_IN_UNCLEAR),
    ],
)
async def test_answers_that_are_no_token(sign_in: IdentityProvider, answer: tuple[int, bytes], trouble: Trouble) -> None:
    sign_in.provider.answer = answer
    assert await trouble_of(source(sign_in)) is trouble


async def test_nobody_is_followed_elsewhere_with_a_secret(sign_in: IdentityProvider) -> None:
    sign_in.provider.redirect = f"{sign_in.url}/elsewhere"
    assert await trouble_of(source(sign_in)) is Trouble.SIGN_IN_UNCLEAR
    assert sign_in.provider.asked == 1


async def test_a_provider_that_is_down(sign_in: IdentityProvider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert await trouble_of(source(sign_in, token_endpoint=f"https://localhost:{port}/token")) is Trouble.SIGN_IN_UNREACHABLE


async def test_a_certificate_that_is_not_trusted_sees_no_secret(sign_in: IdentityProvider, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    address = sign_in.url.replace("localhost", "127.0.0.1")
    for values in ({"ca_file": str(stranger)}, {"ca_file": ""}, {"token_endpoint": address}):
        assert await trouble_of(source(sign_in, **values)) is Trouble.SIGN_IN_CERTIFICATE
    assert sign_in.provider.asked == 0


async def test_an_authority_that_cannot_be_read(sign_in: IdentityProvider, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    assert await trouble_of(source(sign_in, ca_file=str(broken))) is Trouble.SIGN_IN_KEY


async def test_without_a_secret_nobody_is_asked(sign_in: IdentityProvider, mail_host: MailServerHost) -> None:
    passwords = KeptCredentials(MemoryKeyStore())
    oauth = settings_of(sign_in)
    tokens = TokenSource(oauth, lambda: passwords.password(CLIENT_SECRET))
    with pytest.raises(NoSecret):
        await tokens.token()
    answer = await SmtpServer(mail_settings(mail_host, oauth), KeptCredentials(MemoryKeyStore(), tokens)).probe()
    assert (answer.trouble, sign_in.provider.asked) == (Trouble.NO_SECRET, 0)


# ---- mail server and mailbox


def logged_in(host: MailServerHost, tokens: TokenSource, oauth: SignIn) -> SmtpServer:
    return SmtpServer(mail_settings(host, oauth), KeptCredentials(MemoryKeyStore(), tokens))


async def test_the_mail_server_takes_the_token_and_the_next_mail_uses_it_too(sign_in: IdentityProvider, mail_host: MailServerHost) -> None:
    server = logged_in(mail_host, source(sign_in), settings_of(sign_in))
    assert [(await server.probe()).answered for _ in range(2)] == [Answered.ACCEPTED] * 2
    assert (sign_in.provider.asked, {user for user, _ in mail_host.behaviour.logins}) == (1, {USER})


@pytest.mark.parametrize("gives_reason", [False, True])
async def test_a_token_that_was_taken_back_is_renewed_once(
    sign_in: IdentityProvider, mail_host: MailServerHost, gives_reason: bool
) -> None:
    server, provider = logged_in(mail_host, source(sign_in), settings_of(sign_in)), sign_in.provider
    mail_host.behaviour.gives_reason = gives_reason
    assert (await server.probe()).answered is Answered.ACCEPTED
    provider.given.clear()
    assert (await server.probe()).answered is Answered.ACCEPTED
    assert (provider.asked, len({token for _, token in mail_host.behaviour.logins})) == (2, 2)


async def test_a_mail_server_that_takes_no_token_is_asked_twice_and_no_more(sign_in: IdentityProvider, mail_host: MailServerHost) -> None:
    mail_host.behaviour.takes_token = lambda _token: False
    answer = await logged_in(mail_host, source(sign_in), settings_of(sign_in)).probe()
    assert (answer.trouble, sign_in.provider.asked, len(mail_host.behaviour.logins)) == (Trouble.LOGIN, 2, 2)


async def test_the_providers_trouble_is_the_mail_servers(sign_in: IdentityProvider, mail_host: MailServerHost) -> None:
    sign_in.provider.secret = "another"
    answer = await logged_in(mail_host, source(sign_in), settings_of(sign_in)).probe()
    assert (answer.answered, answer.trouble) == (Answered.LATER, Trouble.SIGN_IN_REFUSED)


async def test_the_mailbox_for_bounces_opens_with_a_token(sign_in: IdentityProvider, tmp_path: Path) -> None:
    imap = ImapServer(tmp_path)
    try:
        imap.takes_token = sign_in.provider.holds
        imap.mails.append(b"Subject: eins\r\n\r\n")
        settings = BounceMailbox(
            address="zurueck@agency.example",
            host="localhost",
            port=imap.port,
            user=MAILBOX_USER,
            login=BounceLogin.XOAUTH2,
            ca_file=str(imap.ca_file),
        )
        mailbox = ImapMailbox(settings, KeptCredentials(MemoryKeyStore(), source(sign_in)))
        assert [mail.uid for mail in await mailbox.unread()] == ["1"]
        sign_in.provider.given.clear()
        await mailbox.done(["1"])
        assert (await mailbox.unread(), sign_in.provider.asked) == ([], 2)
        imap.takes_token = lambda _token: False
        with pytest.raises(MailboxError, match=r"bounces\.login"):
            await mailbox.probe()
        assert len(imap.tokens) == 6
        sign_in.provider.secret = "another"
        with pytest.raises(MailboxError, match="sign-in-refused"):
            await mailbox.probe()
    finally:
        imap.close()


async def test_logs_hold_no_secret_no_token_and_nothing_the_provider_said(sign_in: IdentityProvider, mail_host: MailServerHost) -> None:
    with structlog.testing.capture_logs() as logs:
        tokens = source(sign_in)
        token = await tokens.token()
        await logged_in(mail_host, tokens, settings_of(sign_in)).probe()
        sign_in.provider.secret = "another"
        tokens.refused(token)
        with pytest.raises(TokenError) as refused:
            await tokens.token()
    assert {"event": "mail.sign_in_refused", "trouble": "sign-in-refused", "log_level": "warning"} in logs
    said = f"{logs} {refused.value!r} {refused.value.__cause__!r} {tokens!r} {settings_of(sign_in)!r} {vars(tokens)!r}"
    assert not any(canary in said for canary in (token, SECRET, "canary"))


def test_tls_is_never_older_than_1_2(sign_in: IdentityProvider) -> None:
    from app.services.mail.tokens import verified_tls

    for settings in (settings_of(sign_in), msgspec.structs.replace(settings_of(sign_in), ca_file="")):
        context = verified_tls(settings)
        assert (context.minimum_version, context.verify_mode, context.check_hostname) == (ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED, True)


def test_what_the_provider_of_the_tests_refuses(sign_in: IdentityProvider) -> None:
    """The double is honest: an assertion for another audience, or one used before, opens nothing."""
    provider = sign_in.provider
    provider.public_key = RSA.public_key()
    now = 4_000_000_000
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": "https://b.example", "jti": "1", "iat": 1, "nbf": 1, "exp": now}
    fields = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    fields["client_assertion"] = jwt.encode(claims, RSA, "PS256")
    assert [provider._known(url, "", fields) for url in ("https://a.example", "https://b.example", "https://b.example")] == [
        False,
        True,
        False,
    ]
