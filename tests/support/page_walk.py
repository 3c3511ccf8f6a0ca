"""Leads a page through every screen that a person can meet, one after the other, for checks that hold on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page

from tests.e2e.fault_table import FACEBOOK, TOO_OLD
from tests.support.chromium import at, person
from tests.support.counsellor import Counsellor
from tests.support.page_client import Appointment
from tests.support.server import RunningServer


class Walk:
    """One way through all screens. Made anew for each language and size of screen."""

    def __init__(self, server: RunningServer, browser: Browser, counsellor: Counsellor, open_room: Appointment) -> None:
        self._server = server
        self._browser = browser
        self._counsellor = counsellor
        self._room = open_room

    def link(self, appointment: Appointment) -> str:
        """The personal link."""
        return f"{self._server.url}/r#{appointment.token}"

    async def screens(self, early: Appointment, over: Appointment, **options: object) -> AsyncIterator[tuple[str, Page]]:
        """Name and page of each screen while it is shown; `options` are those of a browser context."""
        async for shown in self._before_the_tap(early, over, **options):
            yield shown
        async for shown in self._in_other_browsers(**options):
            yield shown
        async for shown in self._while_the_browser_asks(**options):
            yield shown
        async for shown in self._without_permission(**options):
            yield shown
        async for shown in self._through_the_session(**options):
            yield shown

    async def _before_the_tap(self, early: Appointment, over: Appointment, **options: object) -> AsyncIterator[tuple[str, Page]]:
        context = await person(self._browser, self._server.url, **options)  # type: ignore[arg-type]
        for name, address in (
            ("index", self._server.url),
            ("info", f"{self._server.url}/info"),
            ("closed", f"{self._server.url}/r#broken"),
            ("early", self.link(early)),
            ("over", self.link(over)),
            ("welcome", self.link(self._room)),
        ):
            page = await context.new_page()
            await page.goto(address)
            await (page.locator("h1:visible").wait_for() if name in ("index", "info") else at(page, name))
            yield name, page
            if name == "index":
                await page.locator("#code").fill("123 456 789")
                await page.locator("#code-go").click()
                await page.locator("#code-news").wait_for()
                yield "index with a wrong code", page
            if name == "early":
                async for shown in self._ahead_of_time(page):
                    yield shown
            if name == "welcome":
                await page.locator("summary").click()
                yield "welcome with notice", page
                await page.locator("#instead-visit").click()
                await at(page, "instead")
                yield "instead", page
            await page.close()
        await context.close()

    async def _ahead_of_time(self, page: Page) -> AsyncIterator[tuple[str, Page]]:
        """A rehearsal in which one question is passed over and one has no good answer, then a call that is wished for."""
        await page.locator("#rehearse").click()
        await page.locator("#rehearsal-start").wait_for()
        yield "rehearsal", page
        await page.locator("#rehearsal-start").click()
        for part, answer in (("camera", "#yes"), ("microphone", "#no"), ("loudspeaker", "#play"), ("network", "#next")):
            await page.locator(f"#page[data-part={part}] {answer}").wait_for()
            yield f"rehearsal, {part}", page
            await page.locator(answer).click()
            if part == "microphone":
                await page.locator("#next").wait_for()
                yield "rehearsal, no microphone", page
                await page.locator("#next").click()
            if part == "loudspeaker":
                yield "rehearsal, sound played", page
                await page.locator("#yes").click()
        await page.locator("#done").wait_for()
        yield "rehearsal, end", page
        await page.locator("#call-me").click()
        await at(page, "wish")
        await page.locator("#wish-undo").wait_for()
        yield "wish", page
        await page.locator("#back").click()
        await page.locator("#wished").wait_for()
        yield "early with a wish", page

    async def _in_other_browsers(self, **options: object) -> AsyncIterator[tuple[str, Page]]:
        """Inside of another program, and too old."""
        for name, agent, script in (("elsewhere", FACEBOOK, ""), ("too old", None, TOO_OLD)):
            context = await person(self._browser, self._server.url, user_agent=agent, **options)  # type: ignore[arg-type]
            page = await context.new_page()
            await page.add_init_script(script)
            await page.goto(self.link(self._room))
            await page.locator("h1:visible").wait_for()
            yield name, page
            await context.close()

    async def _while_the_browser_asks(self, **options: object) -> AsyncIterator[tuple[str, Page]]:
        """Nobody answers its question."""
        context = await person(self._browser, self._server.url, **options)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.add_init_script("navigator.mediaDevices.getUserMedia = () => new Promise(() => {});")
        await page.goto(self.link(self._room))
        await page.locator("#agree").click()
        await at(page, "permission")
        yield "permission", page
        await context.close()

    async def _without_permission(self, **options: object) -> AsyncIterator[tuple[str, Page]]:
        context = await person(self._browser, self._server.url, allowed=False, **options)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(self.link(self._room))
        await page.locator("#agree").click()
        await at(page, "trouble")
        yield "trouble", page
        await page.locator("#ask-nothing").click()
        await at(page, "preview")
        yield "preview without devices", page
        await context.close()

    async def _through_the_session(self, **options: object) -> AsyncIterator[tuple[str, Page]]:
        context = await person(self._browser, self._server.url, **options)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(self.link(self._room))
        await page.locator("#agree").click()
        await at(page, "preview")
        yield "preview", page
        self._counsellor.acknowledges = False
        await page.locator("#enter-waiting").click()
        await page.locator("[data-situation=unreached]").wait_for()
        yield "waiting, unreached", page
        self._counsellor.acknowledges = True
        (seat,) = await self._counsellor.waiting()
        await self._counsellor.work.line.send("reached", room=self._room.room, seat=seat)
        await page.locator("[data-situation=reached]").wait_for()
        await self._everything_in_the_waiting_room(page, seat)
        yield "waiting", page
        await context.grant_permissions(["camera", "microphone"], origin=self._server.url)
        await page.locator("#ask-again").click()
        await page.locator("[data-trouble=ended]").wait_for(state="hidden")
        async for shown in self._inside(page, seat):
            yield shown
        await context.close()

    async def _everything_in_the_waiting_room(self, page: Page, seat: str) -> None:
        """A notice, a knock, and devices that were taken away."""
        await self._counsellor.do("notify", seat=seat, notice="five-minutes")
        await page.locator("#notice").wait_for()
        await page.locator("#knock").click()
        await page.context.clear_permissions()
        await page.locator("[data-trouble=ended]").wait_for()

    async def _inside(self, page: Page, seat: str) -> AsyncIterator[tuple[str, Page]]:
        await self._counsellor.admit_next()
        await page.locator("#page[data-connection=connected]").wait_for()
        yield "room", page
        await self._counsellor.tab.evaluate("counsellor.say({type: 'chat', id: 'aaaaaaaa', text: 'Guten Tag'})")
        await page.locator("#chat li").wait_for()
        yield "room with chat", page
        await page.locator("#more").click()
        await page.locator("#data-used").wait_for()
        yield "room with more", page
        await page.locator("#words").click()
        await page.locator(".words li").first.wait_for()
        yield "room with words", page
        async for shown in self._pause_and_screen(page, seat):
            yield shown
        await page.locator("#mic").click()
        await page.locator("#cam").click()
        await self._counsellor.tab.evaluate("counsellor.say({type: 'media-state', microphone: false, camera: false})")
        await page.locator("[data-situation=peer-muted]").wait_for()
        yield "room, everything off", page
        await self._counsellor.do("send-back", seat=seat)
        await at(page, "waiting")
        yield "sent back", page
        await page.locator("#leave").click()
        await at(page, "left")
        yield "left", page
        await page.locator("#return").click()
        await at(page, "waiting")
        await self._counsellor.do("remove", seat=seat)
        await at(page, "removed")
        yield "removed", page
        await page.locator("#return").click()
        await at(page, "waiting")
        await self._counsellor.do("end")
        await at(page, "ended")
        yield "ended", page

    async def _pause_and_screen(self, page: Page, seat: str) -> AsyncIterator[tuple[str, Page]]:
        await page.locator("#words-close").click()
        await self._counsellor.tab.evaluate("where => counsellor.share(where)", {"room": self._room.room, "seat": seat})
        await page.wait_for_function("() => document.querySelector('#remote-screen').videoWidth > 0")
        yield "room with a shown screen", page
        await self._counsellor.tab.evaluate("counsellor.unshare()")
        await page.locator("#more").click()
        await page.locator("#pause").click()
        await page.locator("[data-hold=own]").wait_for()
        yield "room, own pause", page
        await page.locator("#resume").click()
        await page.locator("[data-hold='']").wait_for()
