"""A whole session: picture and sound arrive at both ends, chat goes both ways, both see the same words and the same end."""

from __future__ import annotations

from pathlib import Path

from tests.support.session import session_on


async def test_picture_sound_words_chat_and_the_end(tmp_path: Path) -> None:
    async with session_on(tmp_path) as session:
        guest = await session.admitted()
        standing = await session.desk.until("session", lambda s: s["state"] == "running" and s["words"]["words"], room=session.room)
        assert standing["picture"]["width"] >= 160
        reading = await guest.page.evaluate("__probe.clock.newest")
        assert (reading["at"] - reading["value"]) % 65536 < 10_000, "the counsellor's picture is of now"
        assert standing["words"]["state"] == "ready"
        assert await guest.words() == standing["words"]["words"]
        await session.desk.ask("say", room=session.room, text="Guten Tag")
        await guest.page.locator("#chat-lines .other .text", has_text="Guten Tag").wait_for()
        await guest.page.locator("#chat-text").fill("Grüß Gott")
        await guest.page.keyboard.press("Enter")
        chat = (await session.desk.until("session", lambda s: len(s["chat"]) == 2, room=session.room))["chat"]
        assert [(line["text"], line["own"]) for line in chat] == [("Guten Tag", True), ("Grüß Gott", False)]
        assert chat[0]["delivery"] == "seen"
        await session.desk.ask("end", room=session.room)
        await guest.page.locator("#page[data-state=ended]").wait_for()
        assert await guest.page.evaluate("__probe.connections.every((one) => one.connectionState === 'closed')")
