"""Somebody waits, and a colleague stands in: two programs with their servers, their team's folder, the client's page in Chromium."""

from __future__ import annotations

from pathlib import Path

from app.domain.appointments import Stage
from app.domain.deputy import ActKind
from app.services.appointments.ports import Tell
from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.support.team_programs import anna_and_bernd, program
from tests.unit.services.test_host_appointments import stage_is

LAST = "Eine andere Fachkraft kümmert sich um Ihren Termin"
"""The notice before it may stand there for less than a moment: the room closes right after it."""


async def test_who_waits_hears_of_the_deputy_and_is_awaited_there(tmp_path: Path) -> None:
    holder, deputy = anna_and_bernd(tmp_path)
    async with program(holder) as anna, program(deputy) as bernd, chromium(FAKE_DEVICES) as browser:
        invited = await anna.invited()
        link = anna.book.link(invited)
        page = await (await person(browser, link.partition("/r#")[0])).new_page()
        await enter(page, link)
        await stage_is(anna.book, invited, Stage.WAITING)

        await anna.team.share.settle()  # what Bernd sees is how it stands
        seen = (await bernd.team.listing(anna.keys.id, 0, 2**40)).appointments[0].seen
        ours = await bernd.team.act(ActKind.TAKE_OVER, anna.as_member(), seen, Tell.MAIL)
        assert (ours.id, ours.stage) == (invited.id, Stage.INVITED)
        await page.get_by_role("heading", name=LAST).wait_for()
        assert "zurückgenommen" not in await page.inner_text("body")
        theirs = await anna.book.find(invited.id)
        assert theirs is not None
        assert (theirs.stage, theirs.access) == (Stage.CANCELLED, None)

        await bernd.mailed(ours.id)
        new = bernd.book.link(ours)
        assert new in bernd.mails.messages()[-1].get_content()
        await page.context.grant_permissions(["camera", "microphone"], origin=new.partition("/r#")[0])
        await page.goto(new)
        await page.locator("#agree").click()
        await page.locator("#enter-waiting").click()
        await at(page, "waiting")
        await stage_is(bernd.book, ours, Stage.WAITING)
        (room,) = [entry for entry in bernd.services.desk.rooms if entry.waiting]
        assert room.title.startswith(seen.appointment.client.name)
