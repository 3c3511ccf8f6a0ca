"""A sign-in as the program runs it: cancelled, late, declined, without a browser; and that nothing of it is kept or told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from structlog.testing import capture_logs

from app import https
from app.paths import RESOURCES
from app.services.agency import provider as provider_module
from app.services.agency.answer_page import AnswerPage
from app.services.agency.browser import environment_of_others
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.provider import Asked, Description, Provider
from app.services.agency.registering import Registered, Ticket
from app.services.agency.sign_in import SignIn
from app.services.agency.sign_in_port import SignInFailed, SignInFault, SignInView, Step
from app.services.agency.sign_in_watch import AHEAD_S, SignInWatch
from app.services.fakes.agency import KEY as SERVER_KEY
from app.services.fakes.agency import sample_agency
from app.services.fakes.clock import ManualClock
from app.services.keys import WorkstationKey
from app.texts import Texts
from app.wire.handshake import SignInTerms
from tests.support.services import until

ISSUER = "https://id.agency.example/realms/agency"
TOKEN = "kopf.GEHEIMES-TOKEN.unterschrift"
DESCRIBED = Description(ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", authorization_response_iss_parameter_supported=True)
KEY = WorkstationKey(b"k" * 32)
UNCLEAR = SignInFault.PROVIDER_UNCLEAR


class FakeProvider(Provider):
    """Answers without a network; `_check_issuer` and the rest are the real ones."""

    def __init__(self, issuer: str) -> None:
        super().__init__(issuer)
        self.forms: list[dict[str, list[str]]] = []

    def described(self) -> Description:
        return DESCRIBED

    def _asked(self, url: str, form: bytes | None = None) -> https.Answer:
        assert form is not None
        self.forms.append(parse_qs(form.decode()))
        return https.Answer(200, b'{"id_token": "' + TOKEN.encode() + b'", "access_token": "GEHEIMER-ZUGANG", "token_type": "Bearer"}')


@dataclass
class FakeRegistrar:
    trouble: Exception | None = None
    tokens: list[tuple[str, str]] = field(default_factory=list)
    """Nonce and token."""

    async def terms(self) -> SignInTerms:
        if self.trouble is not None:
            raise self.trouble
        return SignInTerms(ISSUER, "videoberatung", ("openid",), ("two",), 3600)

    def ticket(self) -> Ticket:
        return Ticket(SERVER_KEY, KEY, "s" * 43)

    async def register(self, ticket: Ticket, token: str) -> Registered:
        self.tokens.append((ticket.nonce, token))
        return Registered(sample_agency(), 1_800_000_000)


@dataclass
class Counsellor:
    """Somebody at the window and at the browser."""

    registrar: FakeRegistrar = field(default_factory=FakeRegistrar)
    provider: FakeProvider = field(default_factory=lambda: FakeProvider(ISSUER))
    views: list[SignInView] = field(default_factory=list)
    kept: list[Registered] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    answers: dict[str, str] | None = field(default_factory=lambda: {"code": "GEHEIMER-CODE", "iss": ISSUER})
    """What the browser brings back, beside the state; None leaves the page open."""

    async def browser(self, address: str) -> bool:
        self.opened.append(address)
        if self.answers is not None:
            asked = parse_qs(urlsplit(address).query)
            back = f"{asked['redirect_uri'][0]}?{urlencode({'state': asked['state'][0], **self.answers})}"
            self.pages.append(await asyncio.to_thread(page_of, back))
        return self.answers is not None

    @contextlib.asynccontextmanager
    async def port(self, patience_s: float = 60) -> AsyncIterator[SignIn]:
        async def keep(registered: Registered) -> None:
            self.kept.append(registered)

        page = AnswerPage(Texts.load(RESOURCES / "i18n", "de", "app"))
        port = SignIn(lambda _address: self.registrar, self.browser, page, keep, lambda _issuer: self.provider, patience_s)
        port.changed.subscribe(self.views.append)
        yield port
        await port.close()


def page_of(address: str) -> str:
    with urlopen(address) as answer:  # noqa: S310 - this machine
        return str(answer.read().decode())


async def ended(counsellor: Counsellor, patience_s: float = 60) -> SignInView:
    async with counsellor.port(patience_s) as port:
        port.begin("video.agency.example")
        await until(lambda: not port.view.step.under_way)
        return port.view


async def test_one_step_after_the_other_and_nothing_of_it_in_the_log() -> None:
    counsellor = Counsellor()
    with capture_logs() as logs:
        view = await ended(counsellor)
    assert [one.step for one in counsellor.views] == [Step.ASKING, Step.BROWSER, Step.CHECKING, Step.DONE]
    assert (view.server, view.until) == (sample_agency(), 1_800_000_000)
    asked = parse_qs(urlsplit(counsellor.opened[0]).query)
    nonce, token = counsellor.registrar.tokens[0]
    assert (asked["nonce"], token) == ([nonce], TOKEN)
    assert (asked["acr_values"], asked["max_age"], asked["scope"]) == (["two"], ["3600"], ["openid"])
    form = counsellor.provider.forms[0]
    assert form["redirect_uri"] == asked["redirect_uri"]
    assert form["code"] == ["GEHEIMER-CODE"]
    assert "<h1>Die Anmeldung ist angekommen</h1>" in counsellor.pages[0]
    assert 'lang="de"' in counsellor.pages[0]
    assert logs
    for secret in ("GEHEIM", *form["code_verifier"], *asked["state"], nonce):
        assert secret not in repr((logs, counsellor.kept))
    assert "GEHEIM" not in repr(counsellor.views)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"error": "access_denied", "iss": ISSUER}, SignInFault.DECLINED),
        ({"error": "server_error", "iss": ISSUER}, SignInFault.PROVIDER_AWAY),
        ({"error": "invalid_scope", "iss": ISSUER}, SignInFault.PROVIDER_UNCLEAR),
        ({"code": "1", "iss": "https://mallory.example"}, SignInFault.PROVIDER_UNCLEAR),
        ({"code": "1"}, SignInFault.PROVIDER_UNCLEAR),
    ],
)
async def test_an_answer_of_somebody_else_or_of_an_error_leads_nowhere(answers: dict[str, str], fault: SignInFault) -> None:
    counsellor = Counsellor(answers=answers)
    view = await ended(counsellor)
    assert (view.step, view.failure) == (Step.FAILED, fault)
    assert counsellor.provider.forms == []


async def test_nobody_signs_in_in_time() -> None:
    view = await ended(Counsellor(answers=None), patience_s=0)
    assert view.failure is SignInFault.TOO_LATE


async def test_without_a_browser_the_address_is_there_and_the_browser_can_be_tried_again() -> None:
    counsellor = Counsellor(answers=None)
    async with counsellor.port() as port:
        port.begin("video.agency.example")
        await until(lambda: not port.view.opened)
        assert port.view.address == counsellor.opened[0]
        counsellor.answers = {"code": "1", "iss": ISSUER}
        port.open_again()
        await until(lambda: port.view.step is Step.DONE)
    assert counsellor.opened[0] == counsellor.opened[1]


async def test_whoever_cancels_has_done_nothing_and_may_begin_again() -> None:
    counsellor = Counsellor(answers=None)
    async with counsellor.port() as port:
        port.begin("video.agency.example")
        await until(lambda: port.view.step is Step.BROWSER)
        port.cancel()
        assert port.view.step is Step.CANCELLED
        counsellor.answers = {"code": "1", "iss": ISSUER}
        port.begin("video.agency.example")
        await until(lambda: port.view.step is Step.DONE)
        port.cancel()
        assert port.view.step is Step.DONE
    assert len(counsellor.kept) == 1


async def test_what_the_server_says_is_told() -> None:
    view = await ended(Counsellor(FakeRegistrar(NotEnrolled(Trouble.OTHER_SERVER))))
    assert view.failure is Trouble.OTHER_SERVER


@pytest.mark.parametrize(
    ("status", "content", "fault"),
    [
        (200, b'{"issuer": "https://mallory.example"}', UNCLEAR),
        (200, b"<html>", UNCLEAR),
        (404, b"", UNCLEAR),
        (503, b"", SignInFault.PROVIDER_AWAY),
        (200, b'{"issuer": "ISSUER", "authorization_endpoint": "http://a.example", "token_endpoint": "https://a.example"}', UNCLEAR),
    ],
)
def test_a_provider_that_describes_itself_oddly_is_not_gone_to(
    status: int, content: bytes, fault: SignInFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = https.Answer(status, content.replace(b"ISSUER", ISSUER.encode()))
    monkeypatch.setattr(provider_module.https, "asked", lambda *_: answer)
    with pytest.raises(SignInFailed) as caught:
        Provider(ISSUER).described()
    assert caught.value.fault is fault


def test_a_provider_without_the_safe_challenge_is_not_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = f'"authorization_endpoint": "{ISSUER}/a", "token_endpoint": "{ISSUER}/t"'
    answer = https.Answer(200, f'{{"issuer": "{ISSUER}", {ends}, "code_challenge_methods_supported": ["plain"]}}'.encode())
    monkeypatch.setattr(provider_module.https, "asked", lambda *_: answer)
    with pytest.raises(SignInFailed):
        Provider(ISSUER).described()


def test_each_request_has_secrets_of_its_own() -> None:
    one, other = (Asked("videoberatung", "http://127.0.0.1:1/sign-in", "n") for _ in range(2))
    assert len({one.state, one.verifier, other.state, other.verifier}) == 4
    assert one.verifier not in one.address(DESCRIBED)
    assert one.verifier not in repr(one)
    assert "?a=1&response_type=code" in one.address(Description(ISSUER, f"{ISSUER}/auth?a=1", f"{ISSUER}/token"))


def test_it_is_said_in_time_that_a_sign_in_ends() -> None:
    clock = ManualClock()
    watch, said = SignInWatch(clock), []
    watch.ends_soon.subscribe(said.append)
    end = clock.unix() + 8 * 3600
    watch.know(end)
    clock.advance(8 * 3600 - AHEAD_S - 1)
    assert said == []
    watch.know(end)
    clock.advance(2)
    assert said == [end]
    watch.know(end + 3600)
    watch.know(None)
    clock.advance(3600)
    assert said == [end]


def test_a_browser_is_not_started_with_our_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {"LD_LIBRARY_PATH": "/opt/videoberatung", "LD_LIBRARY_PATH_ORIG": "/usr/local/lib", "HOME": "/h"}
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert environment_of_others(ours) == {"LD_LIBRARY_PATH": "/usr/local/lib", "HOME": "/h"}
    assert environment_of_others({"LD_LIBRARY_PATH": "/opt/videoberatung"}) == {}
    monkeypatch.setattr("sys.frozen", False, raising=False)
    assert environment_of_others({"LD_LIBRARY_PATH": "/opt/mine"}) == {"LD_LIBRARY_PATH": "/opt/mine"}
