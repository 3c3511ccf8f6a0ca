"""The whole way of one appointment, step by step: from the program's start to the client's goodbye.

A step counts only if the other side saw it. Nothing is built here; the program, the page and the steps are handed in.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from app.application import Program
from app.demo.client import Client
from app.demo.desk import Counsellor
from app.demo.observer import NothingArrives, PaintedPictures, Rate, clock_on_screen, hear
from app.demo.steps import Steps
from app.domain.appointments import ZONE
from app.services.ports import Session

WithoutNetwork = Callable[[], AbstractContextManager[None]]
Mails = Callable[[str], Awaitable[EmailMessage]]
"""Waits for a mail to that address."""

NAME = "Beratung 1"
ADDRESS = "kundin@beispiel.example"
SOON_MINUTES = 10
"""From now to the appointment's start: its waiting room is open then."""
TALK_S = 10.0
CUT_S = 5.0
"""So long the client has no network."""
FROM_COUNSELLOR = "Guten Tag, sehen Sie mich gut?"
FROM_CLIENT = "Ja, sehr gut."
CLOCK_TRIES = 20


class NotEqual(Exception):
    """The two sides show different safety words."""


class NoLink(Exception):
    """The mail has no personal link."""


def soon(now: datetime) -> datetime:
    """When the appointment begins: today, in a while, to the minute; in the last minutes of a day, now."""
    begins = now + timedelta(minutes=SOON_MINUTES)
    return begins if begins.date() == now.date() else now


def link_in(mail: EmailMessage) -> str:
    """The personal link, as it stands in the mail's plain text. Raises NoLink."""
    body = mail.get_body(("plain",))
    found = re.search(r"https?://\S+/r#[\w-]{43}", body.get_content() if body is not None else "")
    if found is None:
        raise NoLink("no link in the plain text")
    return found[0]


class Appointment:
    """One appointment between a window and a page."""

    def __init__(self, program: Program, counsellor: Counsellor, steps: Steps) -> None:
        self._program = program
        self._counsellor = counsellor
        self._steps = steps
        self._link = ""
        self.finished = False
        """True after the last step."""
        self.to_client: Rate | None = None
        """Measured while both talk."""
        self.to_counsellor: Rate | None = None
        self.sound_to_client = False
        self.sound_to_counsellor = False

    async def invite(self, mails: Mails) -> None:
        """From the program's start over the phone call to the link in the client's mail. Raises StepFailed."""
        step, unless_done = self._steps.step, self._steps.unless_done
        async with step("program-started"):
            await self._counsellor.see_program()
        async with step("appointment-noted"):
            begins = soon(datetime.now(ZoneInfo(ZONE)))
            await unless_done(self._counsellor.see_sheet, lambda: self._counsellor.note_appointment(NAME, ADDRESS, f"{begins:%H:%M}"))
            await self._counsellor.see_sheet()
        async with step("phoned-and-agreed"):
            await unless_done(self._counsellor.see_agreement, self._counsellor.agree)
        async with step("invited"):
            await unless_done(self._counsellor.see_accepted, self._counsellor.invite)
            await self._counsellor.see_accepted()
        async with step("mail-received"):
            self._link = link_in(await mails(ADDRESS))

    async def hold(self, client: Client, without_network: WithoutNetwork) -> None:
        """From the client's browser to the goodbye; `without_network` cuts that browser off until the end of its block.

        Raises StepFailed at the first step that does not come about.
        """
        await self._rehearse(client)
        await self._arrive(client)
        await self._meet(client)
        await self._talk(client)
        await self._write(client)
        await self._show(client)
        await self._lose_network(client, without_network)
        await self._part(client)
        await self._close()
        self.finished = True

    async def _rehearse(self, client: Client) -> None:
        step = self._steps.step
        async with step("page-opened"):
            await client.open(self._link)
        async with step("look-shown"):
            await client.see_look()
            self._counsellor.see_nobody()
        async with step("rehearsed"):
            await client.rehearse()
        async with step("light-green"):
            await self._counsellor.see_ready()
            await client.end_rehearsal()
            await client.see_look()
            await self._counsellor.close_sheet()

    async def _arrive(self, client: Client) -> None:
        step, unless_done = self._steps.step, self._steps.unless_done
        async with step("agreed"):
            await unless_done(client.see_preview, client.agree)
        async with step("preview-shown"):
            await client.see_preview()
        async with step("waiting"):
            await unless_done(client.see_waiting, client.enter)
            entered = time.monotonic()
            announced = asyncio.ensure_future(self._counsellor.see_waiting())
            await client.see_reached()
        async with step("client-announced", since=entered):
            await announced

    async def _meet(self, client: Client) -> None:
        step = self._steps.step
        async with step("admitted"):
            await self._steps.unless_done(client.see_room, self._counsellor.admit)
            await client.see_room()
            await self._counsellor.see_running()
        async with step("picture-to-client"):
            await client.see_picture()
        async with step("picture-to-counsellor"):
            await self._see_picture()
        async with step("sound-to-client"):
            await client.hear()
            self.sound_to_client = True
        async with step("sound-to-counsellor"):
            await hear(self._session.stats)
            self.sound_to_counsellor = True

    async def _see_picture(self) -> None:
        painted = PaintedPictures(self._counsellor.surface())
        try:
            await painted.see_moving()
        finally:
            painted.close()
        for _ in range(CLOCK_TRIES):
            if clock_on_screen(self._counsellor.picture()) is not None:
                return
            await asyncio.sleep(0.1)
        raise NothingArrives("the window's pixels do not show the clock of the client's picture")

    async def _talk(self, client: Client) -> None:
        async with self._steps.step("talked"):
            painted = PaintedPictures(self._counsellor.surface())
            began, there = time.monotonic(), await client.look()
            heard = self._session.stats().played_energy
            await asyncio.to_thread(time.sleep, TALK_S)  # the window's own timers are coarse and fire up to a twentieth early
            seconds, later = time.monotonic() - began, await client.look()
            painted.close()
            self.to_client = Rate(round((later.frames - there.frames) / (later.at - there.at) * 1000, 1), later.width)
            self.to_counsellor = Rate(round(painted.count / seconds, 1), painted.width)
            if not (later.energy > there.energy and self._session.stats().played_energy > heard):
                raise NothingArrives("sound stopped while both talked")
            if min(self.to_client.fps, self.to_counsellor.fps) < 1:
                raise NothingArrives(f"pictures stopped while both talked: {self.to_client}, {self.to_counsellor}")

    async def _write(self, client: Client) -> None:
        step = self._steps.step
        async with step("words-equal"):
            here, there = await self._counsellor.read_words(), await client.read_words()
            if here != there:
                raise NotEqual(f"{here} here, {there} there")
        async with step("chat-to-client"):
            await self._counsellor.say(FROM_COUNSELLOR)
            await client.see_line(FROM_COUNSELLOR)
        async with step("chat-to-counsellor"):
            await client.say(FROM_CLIENT)
            await self._counsellor.see_line(FROM_CLIENT)

    async def _show(self, client: Client) -> None:
        step, unless_done = self._steps.step, self._steps.unless_done
        async with step("screen-shown"):
            await unless_done(client.see_screen, self._counsellor.share_screen)
            await client.see_screen()
        async with step("screen-ended"):
            await unless_done(client.see_no_screen, self._counsellor.stop_screen)
            await client.see_no_screen()
        async with step("paused"):
            await unless_done(client.see_pause, self._counsellor.pause)
            await client.see_pause()
        async with step("pause-ended"):
            await unless_done(client.see_no_pause, self._counsellor.pause)
            await client.see_no_pause()
            await client.see_picture()

    async def _lose_network(self, client: Client, without_network: WithoutNetwork) -> None:
        step = self._steps.step
        with without_network():
            cut = time.monotonic()
            async with step("network-lost"):
                await self._counsellor.see_interruption()
                await client.see_interruption()
                await asyncio.sleep(max(0.0, cut + CUT_S - time.monotonic()))
        async with step("network-back"):
            await self._counsellor.see_running()
            await client.see_connection()
            await client.see_picture()
            await client.hear()
            await self._see_picture()
            await hear(self._session.stats)

    async def _part(self, client: Client) -> None:
        step = self._steps.step
        async with step("identity-confirmed"):
            await self._steps.unless_done(self._counsellor.see_identity, self._counsellor.confirm_identity)
        async with step("end-undone"):
            await self._counsellor.end()
            await self._counsellor.undo_end()
            await self._counsellor.see_running()
            await client.see_picture()
        async with step("ended"):
            await self._counsellor.end()
            await self._counsellor.see_over()
        async with step("goodbye"):
            await client.see_goodbye()

    async def _close(self) -> None:
        async with self._steps.step("outcome"):
            await self._steps.unless_done(self._counsellor.see_decided, self._counsellor.decide)
            await self._counsellor.see_decided()

    @property
    def _session(self) -> Session:
        """The running session, to look at its figures."""
        desk = self._program.services.desk
        running = [session for room in desk.rooms if (session := desk.session(room.room)) is not None]
        if not running:
            raise NothingArrives("no session is running")
        return running[0]
