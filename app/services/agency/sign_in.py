"""A person signs in with the agency's account, in their own browser, and this workstation is registered for some hours (PROTOCOL.md,
section 13; RFC 8252). No Qt: who opens a browser is handed in. Tokens pass through here and stay nowhere; nothing of them is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from app.domain.secrets import new_token
from app.services.agency.loopback import Page, waiting_for
from app.services.agency.ports import NotEnrolled
from app.services.agency.provider import Asked, Provider
from app.services.agency.registering import Registered, Registrar
from app.services.agency.sign_in_port import SignInFailed, SignInFault, SignInView, Step
from app.services.events import Event
from app.wire.handshake import SignInTerms

PATIENCE_S = 300.0
"""So long a person may take in the browser."""
_log = structlog.get_logger(__name__)


OpenBrowser = Callable[[str], Awaitable[bool]]
"""Shows an address in the person's browser; False when there is none."""


class SignIn:
    """The methods are documented at the port."""

    def __init__(
        self,
        registrar: Callable[[str], Registrar],
        open_browser: OpenBrowser,
        page: Page,
        keep: Callable[[Registered], Awaitable[None]],
        provider: Callable[[str], Provider] = Provider,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`registrar` is for the server at this address, `keep` hears what came of it; both may raise NotEnrolled."""
        self.changed: Event[SignInView] = Event()
        self._registrar = registrar
        self._open_browser = open_browser
        self._page = page
        self._keep = keep
        self._provider = provider
        self._patience_s = patience_s
        self._view = SignInView()
        self._work: asyncio.Task[None] | None = None
        self._opening: set[asyncio.Task[None]] = set()

    @property
    def view(self) -> SignInView:
        return self._view

    def begin(self, address: str) -> None:
        if self._work is not None:
            self._work.cancel()
        self._show(SignInView(Step.ASKING))
        self._work = asyncio.ensure_future(self._run(address))

    def open_again(self) -> None:
        if self._view.step is Step.BROWSER:
            opening = asyncio.ensure_future(self._open(self._view.address))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def cancel(self) -> None:
        if self._work is not None and self._view.step.under_way:
            self._work.cancel()
            self._work = None
            self._show(SignInView(Step.CANCELLED))

    async def close(self) -> None:
        """Ends what is under way, without a word."""
        work = [task for task in (self._work, *self._opening) if task is not None]
        for task in work:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*work, return_exceptions=True)

    # ---- one attempt

    async def _run(self, address: str) -> None:
        try:
            registered = await self._signed_in(self._registrar(address))
            await self._keep(registered)
        except (SignInFailed, NotEnrolled) as error:
            failure = error.fault if isinstance(error, SignInFailed) else error.trouble
            _log.info("sign_in.failed", reason=failure.value)
            self._show(SignInView(Step.FAILED, failure=failure))
        else:
            _log.info("sign_in.done")
            self._show(SignInView(Step.DONE, server=registered.server, until=registered.until))

    async def _signed_in(self, registrar: Registrar) -> Registered:
        terms = await registrar.terms()
        ticket = registrar.ticket()
        return await registrar.register(ticket, await self._token(terms, ticket.nonce))

    async def _token(self, terms: SignInTerms, nonce: str) -> str:
        provider = self._provider(terms.issuer)
        described = await asyncio.to_thread(provider.described)
        state = new_token()
        try:
            async with waiting_for(state, self._page) as waiting:
                asked = Asked(terms.client_id, waiting.address, nonce, terms.scopes, terms.acr_values, terms.max_age, state)
                self._show(SignInView(Step.BROWSER, asked.address(described)))
                await self._open(self._view.address)
                async with asyncio.timeout(self._patience_s):
                    arrived = await waiting.arrived()
        except TimeoutError:
            raise SignInFailed(SignInFault.TOO_LATE) from None
        except OSError:
            raise SignInFailed(SignInFault.NO_PORT) from None
        self._show(SignInView(Step.CHECKING))
        return await asyncio.to_thread(provider.id_token, described, asked, arrived)

    async def _open(self, address: str) -> None:
        opened = await self._open_browser(address)
        if not opened and self._view.step is Step.BROWSER and self._view.address == address:
            self._show(SignInView(Step.BROWSER, address, opened=False))

    def _show(self, view: SignInView) -> None:
        self._view = view
        self.changed.announce(view)
