"""The counsellor's program dies in mid-conversation (SIGKILL: no last word) and is started again: same room, same seat, sound back.

The client sits on another host, so nothing but the network tells the page.
"""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tests.support.netns import Line
from tests.support.session import on_this_machine, session_on, until

BACK_WITHIN_S = 5.0
"""Sound is back so soon after the new program was started, however long its link took."""


@pytest.mark.timeout(120)
async def test_a_killed_program_takes_its_conversation_up_again(tmp_path: Path) -> None:
    with Line() as line:
        async with session_on(tmp_path, line, with_window=True) as session:
            guest = await session.admitted()
            old_words = await guest.words()
            (before,) = await session.seats()
            server = await session.desk.ask("server_pid")
            assert b"/r#" not in (tmp_path / "profile" / "rooms.sealed").read_bytes()

            await session.desk.kill()
            started = time.monotonic()
            await session.desk.start()
            there = time.monotonic()
            await session.desk.until("resumable", lambda rooms: rooms == [session.room])
            await until(lambda: _still_there(server))
            assert await session.desk.ask("session", room=session.room) is None, "nobody is heard before the counsellor wants it"
            await session.desk.ask("press", key="app.resume.back")
            await session.flowing(guest, on_this_machine(BACK_WITHIN_S) - (time.monotonic() - started), only_sound=True)
            print(f"link {there - started:.1f} s, sound {time.monotonic() - started:.1f} s after the start")

            await session.flowing(guest)
            (after,) = await session.desk.until("seats", lambda seats: [s for s in seats if s["present"]], room=session.room)
            assert (after["seat"], after["state"]) == (before["seat"], "admitted")
            standing = await session.desk.until(
                "session", lambda s: s["words"]["state"] == "compare-again" and s["words"]["words"], room=session.room
            )
            await guest.page.locator("#words-panel[data-words=again]").wait_for(state="attached")
            assert await guest.words() == standing["words"]["words"] != old_words
            assert await session.desk.ask("resumable") == []

            await session.desk.ask("end", room=session.room)
            await guest.page.locator("#page[data-state=ended]").wait_for()
    assert not (tmp_path / "profile" / "rooms.sealed").exists(), "a conversation that is over is gone from the disk"


async def _still_there(server: int) -> str:
    """The old server ends with its program. Who has ended and was not fetched by its new parent yet, has ended all the same."""
    try:
        process = psutil.Process(server)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"the old server is still there: {process.status()}"
    except psutil.NoSuchProcess:
        return ""
