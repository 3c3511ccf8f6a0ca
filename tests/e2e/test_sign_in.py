"""A counsellor signs in at a real identity provider (the npm package oidc-provider), from the program's first word to the welcome."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from app.domain.secrets import look_key, new_token
from app.paths import RESOURCES
from app.server.enrolment.memory import MemoryWorkstationStore
from app.services.agency.answer_page import AnswerPage
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.provider import Provider
from app.services.agency.registering import Registered, ServerRegistrar, Ticket
from app.services.agency.sign_in import SignIn
from app.services.agency.sign_in_port import SignInFailed, SignInFault, SignInView, Step
from app.services.fakes import FakeEngine
from app.services.host import Services, services_running
from app.services.keys import KeysOfAFolder, WorkstationKey
from app.services.ports import LinkState
from app.services.profile import Profile
from app.services.server_port import ServerState
from app.texts import Texts
from app.wire.codes import CloseCode
from tests.support.chromium import PHONE, chromium
from tests.support.oidc_provider import CLIENT, TWO_FACTORS, OidcProvider, SigningKey, running_oidc_provider
from tests.support.page_client import PageClient, Workstation
from tests.support.server import RunningServer, running_server
from tests.support.services import until

SEED = b"k" * 32
KEY, OTHER = WorkstationKey(SEED), WorkstationKey(b"o" * 32)
HOURS = 8


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    with running_oidc_provider(tmp_path_factory.mktemp("oidc")) as running:
        yield running


@dataclass
class Agency:
    """A server that trusts the provider, and everything a test does with it."""

    provider: OidcProvider
    server: RunningServer
    store: MemoryWorkstationStore
    browsers: list[str] = field(default_factory=list)
    """Addresses that were opened."""

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.ready.control_port}/ws/control"

    def registrar(self, url: str, server_key: str | None, key: WorkstationKey = KEY) -> ServerRegistrar:
        async def ours() -> WorkstationKey:
            return key

        return ServerRegistrar(url, server_key, ours)

    def asking(self, issuer: str) -> Provider:
        return Provider(issuer, self.provider.context)

    async def sign_in(self, key: WorkstationKey = KEY, person: Callable[[str], int] | None = None) -> SignInView:
        """All of it, with somebody at the browser. Gives how it ended."""
        acts = person or self.provider.person()

        async def browser(address: str) -> bool:
            self.browsers.append(address)
            acting.append(asyncio.ensure_future(asyncio.to_thread(acts, address)))
            return True

        async def kept(_: Registered) -> None:
            return

        acting: list[asyncio.Future[int]] = []
        ended: asyncio.Future[SignInView] = asyncio.get_running_loop().create_future()
        port = SignIn(lambda url: self.registrar(url, None, key), browser, lambda arrived: f"<p>{arrived}", kept, self.asking)
        port.changed.subscribe(lambda view: None if view.step.under_way else ended.set_result(view))
        port.begin(self.url)
        try:
            return await ended
        finally:
            await asyncio.gather(*acting)
            await port.close()

    async def failure(self, key: WorkstationKey = KEY) -> object:
        view = await self.sign_in(key)
        assert view.step is Step.FAILED
        return view.failure

    @contextlib.asynccontextmanager
    async def proving(self, seed: bytes = SEED) -> AsyncIterator[Workstation]:
        """The workstation's link, right after it proved its key."""
        workstation = Workstation(self.server.ready.control_port, Ed25519PrivateKey.from_private_bytes(seed))
        async with workstation.connected():
            await workstation.prove()
            yield workstation

    async def ticket(self, key: WorkstationKey = KEY) -> tuple[ServerRegistrar, Ticket]:
        registrar = self.registrar(self.url, None, key)
        await registrar.terms()
        return registrar, registrar.ticket()

    def claims(self, ticket: Ticket, **changes: Any) -> dict[str, Any]:
        """What the provider would say in a good token."""
        now = int(time.time())
        good = {"iss": self.provider.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300, "auth_time": now}
        good |= {"nonce": ticket.nonce, "acr": TWO_FACTORS, "amr": ["pwd", "otp"], "groups": ["/nord"]}
        return {name: value for name, value in (good | changes).items() if value is not None}


@pytest.fixture
async def agency(tmp_path: Path, provider: OidcProvider) -> AsyncIterator[Agency]:
    provider.next(groups=["/nord", "/everybody"])
    store = MemoryWorkstationStore()
    values = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_acr_values": (TWO_FACTORS,),
        "oidc_amr": ("otp",),
        "oidc_site_claim": "groups",
        "oidc_sites": {"/nord": "nord", "/west": "west"},
        "oidc_hours": HOURS,
        "oidc_ca_file": str(provider.ca_file),
        "label": "Die Jobcenter",
        "site_labels": {"nord": "Jobcenter Musterstadt Nord", "ost": "Jobcenter Musterstadt Ost"},
    }
    async with running_server(tmp_path, workstation_store=store, **values) as server:
        server.clock.now = time.time()
        yield Agency(provider, server, store)


async def test_somebody_signs_in_and_the_workstation_is_known_for_some_hours(agency: Agency) -> None:
    before = int(time.time())
    view = await agency.sign_in()
    assert view.step is Step.DONE
    assert view.server is not None
    assert view.until is not None
    assert (view.server.site, view.server.label, view.server.public_url) == ("nord", "Jobcenter Musterstadt Nord", agency.server.url)
    assert before <= view.until - HOURS * 3600 <= time.time()
    async with agency.proving() as work:
        await work.line.expect("welcome", site="nord", until=view.until)
    known = await agency.store.find(KEY.public)
    assert known is not None
    assert known.person is not None
    assert "person-1" not in repr(known)
    assert "code_challenge_method=S256" in agency.browsers[0]
    assert f"acr_values={TWO_FACTORS.replace(':', '%3A')}" in agency.browsers[0]


async def test_a_real_browser_signs_in_and_says_that_it_can_be_closed(agency: Agency) -> None:
    page_of_ours = AnswerPage(Texts.load(RESOURCES / "i18n", "de", "app"))
    async with chromium() as browser, await browser.new_context(ignore_https_errors=True, viewport=PHONE) as context:
        page = await context.new_page()

        async def opened(address: str) -> bool:
            await page.goto(address)
            await page.get_by_role("button", name="Anmelden").click()
            return True

        async def kept(_: Registered) -> None:
            return

        port = SignIn(lambda url: agency.registrar(url, None), opened, page_of_ours, kept, agency.asking)
        port.begin(agency.url)
        await page.get_by_role("heading", name="Die Anmeldung ist angekommen").wait_for()
        assert urlsplit(page.url).hostname == "127.0.0.1"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not await page.evaluate("document.scripts.length || document.cookie")
        await until(lambda: not port.view.step.under_way)
        assert port.view.step is Step.DONE
        await port.close()


async def test_when_the_time_is_over_the_same_person_goes_on_with_the_same_rooms(agency: Agency) -> None:
    first = await agency.sign_in()
    agency.server.clock.now += HOURS * 3600 + 1
    async with agency.proving() as work:
        await work.line.expect("refused", code="unauthorised")
    known = await agency.store.find(KEY.public)
    assert known is not None
    registrar, ticket = await agency.ticket()
    later = int(time.time()) + 30  # within what clocks may differ: the next second, without waiting for it
    again = await registrar.register(ticket, agency.provider.keys[0].sign(agency.claims(ticket, iat=later)))
    assert again.until == later + HOURS * 3600
    assert first.until is not None
    assert again.until > first.until
    renewed = await agency.store.find(KEY.public)
    assert renewed is not None
    assert renewed.owner == known.owner


@pytest.mark.logs_errors
async def test_the_program_asks_again_and_goes_on_with_its_rooms(agency: Agency, tmp_path: Path) -> None:
    """The whole composition: it joins by a sign-in, whose time is over while a client waits, and goes on after the next one."""
    profile, keys = Profile(tmp_path / "profile"), KeysOfAFolder()
    crashes: list[tuple[str, BaseException]] = []

    def running() -> contextlib.AbstractAsyncContextManager[Services]:
        return services_running(profile, FakeEngine(), lambda name, error: crashes.append((name, error)), keys)

    async def signed_in(services: Services) -> None:
        async def browser(address: str) -> bool:
            return await asyncio.to_thread(agency.provider.person(), address) == 200

        port = services.agency.sign_in(browser, lambda arrived: f"<p>{arrived}", agency.asking)
        port.begin(agency.url)
        await until(lambda: not port.view.step.under_way)
        assert port.view.step is Step.DONE
        await port.close()

    async with running() as services:
        await signed_in(services)
        assert services.agency.at_work is None
    async with running() as services:
        await until(lambda: services.server.state is ServerState.READY)
        assert (services.settings.site, services.settings.label) == ("nord", "Jobcenter Musterstadt Nord")
        room = services.desk.create_now("Frau M.", "de", 30)
        page = PageClient(agency.server.url, room.link.partition("/r#")[2])
        async with page.connected():
            agency.server.clock.now += 60  # it stands still, and the room is open from now on
            await until(lambda: services.desk.link is LinkState.CONNECTED)
            assert (await page.join())["type"] == "waiting"
            shown = await agency.server.look(look_key(room.link.partition("/r#")[2]))
            assert json.loads(shown.body)["label"] == "Jobcenter Musterstadt Nord"
            (known,) = await agency.store.workstations()
            agency.store._workstations[known.key] = replace(known, until=int(agency.server.clock()))
            await until(lambda: services.server.state is ServerState.FAILING)
            assert services.server.problem == "sign-in-over"
            await until(lambda: time.time() >= known.since + 1)  # a token of another second
            await signed_in(services)
            await until(lambda: services.server.state is ServerState.READY)
            await until(lambda: any(seat.present for seat in services.desk.rooms[0].seats))
            assert services.desk.rooms[0].room == room.room
    assert crashes == []


async def test_a_live_link_is_shown_out_when_its_time_is_over(agency: Agency) -> None:
    until = (await agency.sign_in()).until
    assert until is not None
    agency.server.clock.now = until - 2
    async with agency.proving() as work:
        await work.line.expect("welcome")
        agency.server.clock.now = until
        await work.line.expect("refused", code="unauthorised")
        assert await work.line.closed() == CloseCode.REFUSED


async def test_who_is_not_let_in(agency: Agency) -> None:
    people: list[tuple[dict[str, Any], SignInFault]] = [
        ({"groups": ["/nord"], "acr": "urn:example:one"}, SignInFault.TOO_WEAK),
        ({"groups": ["/nord"], "amr": ("pwd",)}, SignInFault.TOO_WEAK),
        ({"groups": ["/everybody"]}, SignInFault.NO_SITE),
        ({"groups": ["/nord", "/west"]}, SignInFault.NO_SITE),
        ({}, SignInFault.NO_SITE),
    ]
    for who, fault in people:
        agency.provider.next(**who)
        assert await agency.failure() is fault
    agency.provider.refuse_next("access_denied")
    assert await agency.failure() is SignInFault.DECLINED
    assert await agency.store.find(KEY.public) is None


async def test_at_a_site_whose_name_nobody_entered_nobody_is_let_in_and_it_reads_why(agency: Agency) -> None:
    agency.provider.next(groups=["/west"])
    with capture_logs() as said:
        assert await agency.failure() is SignInFault.NO_SITE
    assert [(one["event"], one.get("code")) for one in said if one["log_level"] == "warning"] == [("sign-in-refused", "label")]
    assert await agency.store.find(KEY.public) is None


async def test_somebody_else_does_not_get_the_rooms_of_whoever_was_there_before(agency: Agency) -> None:
    await agency.sign_in()
    agency.provider.next("person-2", groups=["/nord"])
    assert await agency.failure() is SignInFault.OTHER_PERSON
    assert (await agency.sign_in(OTHER)).step is Step.DONE


async def test_a_revoked_workstation_stays_revoked(agency: Agency) -> None:
    await agency.sign_in()
    await agency.store.revoke(KEY.public, int(time.time()))
    assert await agency.failure() is Trouble.REVOKED_KEY


async def test_keys_of_the_provider_that_change_are_fetched_again(agency: Agency) -> None:
    await agency.sign_in()
    agency.provider.rotate(SigningKey.new("rotated", "ES256"))
    assert (await agency.sign_in(OTHER)).step is Step.DONE
    agency.provider.rotate(SigningKey.new("first"))


async def test_a_token_counts_once_and_for_one_key(agency: Agency) -> None:
    registrar, ticket = await agency.ticket()
    token = agency.provider.keys[0].sign(agency.claims(ticket))
    with pytest.raises(SignInFailed):  # another salt
        await registrar.register(registrar.ticket(), token)
    stranger, strange = await agency.ticket(OTHER)
    with pytest.raises(SignInFailed):  # seen on its way, and handed in for a key of one's own
        await stranger.register(Ticket(strange.server_key, OTHER, ticket.salt), token)
    assert (await registrar.register(ticket, token)).server.site == "nord"
    with pytest.raises(SignInFailed):
        await registrar.register(ticket, token)


async def test_a_token_that_was_asked_for_with_another_server_s_key_is_of_no_use(agency: Agency) -> None:
    """Somebody in between showed a key of their own; what came of it they hand to the real server."""
    registrar, ticket = await agency.ticket()
    between = Ticket(WorkstationKey(b"m" * 32).public, KEY, ticket.salt)
    token = agency.provider.keys[0].sign(agency.claims(between))
    with pytest.raises(SignInFailed):
        await registrar.register(ticket, token)


async def test_a_server_with_another_key_than_the_known_one_is_not_spoken_with(agency: Agency) -> None:
    with pytest.raises(NotEnrolled) as caught:
        await agency.registrar(agency.url, new_token()).terms()
    assert caught.value.trouble is Trouble.OTHER_SERVER


async def test_a_server_without_a_provider_says_so_and_lets_nobody_in(tmp_path: Path) -> None:
    """No default account: who is neither configured nor enrolled is refused."""
    async with running_server(tmp_path, workstation_keys=()) as server:
        agency = Agency(None, server, MemoryWorkstationStore())  # type: ignore[arg-type]
        with pytest.raises(SignInFailed) as caught:
            await agency.registrar(agency.url, None).terms()
        assert caught.value.fault is SignInFault.NOT_OFFERED
        registrar = agency.registrar(agency.url, server.ready.server_key)
        with pytest.raises(SignInFailed) as caught:
            await registrar.register(Ticket(server.ready.server_key, KEY, new_token()), "a.b.c")
        assert caught.value.fault is SignInFault.NOT_OFFERED
        for seed in (SEED, bytes(32), b"o" * 32):
            async with agency.proving(seed) as work:
                await work.line.expect("refused", code="unauthorised")
