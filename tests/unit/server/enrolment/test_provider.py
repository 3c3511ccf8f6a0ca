"""When the server asks the identity provider for its keys, and when it does not."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from app import https
from app.server.enrolment.id_token import Header
from app.server.enrolment.provider import AGAIN_S, KEPT_S, Provider, ProviderAway
from tests.support.oidc_provider import SigningKey

ISSUER = "https://id.example.org/realms/agency"
FIRST, SECOND = SigningKey.new("first", "ES256"), SigningKey.new("second", "ES256")


@dataclass
class Answers:
    """The provider, as far as it is asked here."""

    keys: list[SigningKey] = field(default_factory=lambda: [FIRST])
    description: dict[str, Any] = field(default_factory=lambda: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"})
    status: int = 200
    away: bool = False
    asked: list[str] = field(default_factory=list)
    now: float = 0

    def __call__(self, url: str) -> https.Answer:
        self.asked.append(url)
        if self.away:
            raise https.Unreachable
        content = self.description if url.endswith("/openid-configuration") else {"keys": [key.jwk() for key in self.keys]}
        return https.Answer(self.status, json.dumps(content).encode())


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def provider(answers: Answers) -> Provider:
    return Provider(ISSUER, answers, lambda: answers.now)


def of(key: SigningKey) -> Header:
    return Header(key.algorithm, key.kid)


async def test_keys_are_asked_for_once_and_shared(provider: Provider, answers: Answers) -> None:
    assert None not in await asyncio.gather(*(provider.key(of(FIRST)) for _ in range(5)))
    assert answers.asked == [f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/keys"]
    answers.now = KEPT_S
    await provider.key(of(FIRST))
    assert len(answers.asked) == 4


async def test_a_new_key_is_found_at_once_and_an_invented_one_does_not_make_us_ask_all_the_time(
    provider: Provider, answers: Answers
) -> None:
    await provider.key(of(FIRST))
    answers.keys = [SECOND]
    assert await provider.key(of(SECOND)) is not None
    for number in range(50):
        assert await provider.key(Header("ES256", f"invented-{number}")) is None
    assert len(answers.asked) == 4
    answers.now = AGAIN_S
    assert await provider.key(of(FIRST)) is None
    assert len(answers.asked) == 6


async def test_keys_that_were_taken_back_count_no_longer_than_they_are_kept(provider: Provider, answers: Answers) -> None:
    await provider.key(of(FIRST))
    answers.away = True
    answers.now = KEPT_S - 1
    assert await provider.key(of(FIRST)) is not None
    answers.now = KEPT_S
    for _ in range(20):
        with pytest.raises(ProviderAway):
            await provider.key(of(FIRST))
    assert len(answers.asked) == 3
    answers.away, answers.now = False, KEPT_S + AGAIN_S
    assert await provider.key(of(FIRST)) is not None


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": ISSUER + "/", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": "https://mallory.example", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER},
    ],
)
async def test_who_calls_itself_otherwise_is_not_asked_for_keys(provider: Provider, answers: Answers, description: dict[str, Any]) -> None:
    answers.description = description
    with pytest.raises(ProviderAway):
        await provider.key(of(FIRST))
    assert len(answers.asked) == 1


async def test_keys_come_over_https_only() -> None:
    from app.server.enrolment.provider import asking, verified_tls

    ask = asking(verified_tls(None))
    with pytest.raises(ValueError, match="https"):
        ask("http://127.0.0.1:1/keys")


async def test_an_error_is_no_answer(provider: Provider, answers: Answers) -> None:
    answers.status = 503
    with pytest.raises(ProviderAway, match="503"):
        await provider.key(of(FIRST))
