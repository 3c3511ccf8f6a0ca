"""Safety words in whole sessions: equal on both sides, different as soon as somebody ends the encryption in between."""

from __future__ import annotations

from pathlib import Path

from tests.support.chromium import enter
from tests.support.eavesdropper import Eavesdropper
from tests.support.session import Guest, Session, session_on


async def _words_of_both(session: Session, guest: Guest) -> tuple[list[str], list[str]]:
    (seat,) = await session.desk.until("seats", lambda seats: seats, room=session.room)
    await session.desk.ask("admit", room=session.room, seat=seat["seat"])
    standing = await session.desk.until("session", lambda s: s and s["words"]["words"], room=session.room)
    return standing["words"]["words"], await guest.words()


async def test_equal_without_anybody_in_between(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        here, there = await _words_of_both(session, await Guest.arrive(session.browser, session.link))
        assert len(here) == 4
        assert here == there


async def test_different_with_a_man_in_the_middle(tmp_path: Path) -> None:
    middle = Eavesdropper()
    async with session_on(tmp_path) as session:
        guest = await Guest.arrive(session.browser)
        await middle.tap(guest.page)
        await enter(guest.page, session.link)
        try:
            here, there = await _words_of_both(session, guest)
            await session.desk.ask("say", room=session.room, text="Vertraulich")
            await guest.page.locator("#chat-lines .other .text", has_text="Vertraulich").wait_for()
        finally:
            await middle.close()
    assert "Vertraulich" in [message.get("text") for message in middle.heard], "he reads along, nothing else betrays him"
    assert len(here) == len(there) == 4
    assert here != there
