"""The network changes in mid-conversation, on either side: sound is back within 5 s, in the same seat. No click, no ghost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.netns import Line, LineWithDoor
from tests.support.session import Guest, Session, on_this_machine, session_on

BACK_WITHIN_S = 5.0
"""Sound is back so soon after the network."""
DRAINED_S = 1.0
"""What was on its way, and what stands in for it, has been heard by then."""


async def _sound_is_back(session: Session, guest: Guest, what: str, changed_at: float) -> None:
    """Both ways, in time, and in the seat of before; says when it was."""
    await asyncio.sleep(max(0.0, changed_at + DRAINED_S - time.monotonic()))
    await session.flowing(guest, changed_at + on_this_machine(BACK_WITHIN_S) - time.monotonic(), only_sound=True)
    print(f"{what}: sound is back after {time.monotonic() - changed_at:.1f} s, epoch {(await guest.standing())['epoch']}")
    await session.flowing(guest)
    await guest.page.locator("#page[data-server=online]").wait_for()


async def _same_seat(session: Session, seat: str) -> None:
    """One client, admitted, and nobody else is left over."""
    (now,) = await session.desk.until("seats", lambda seats: [s for s in seats if s["present"]], room=session.room)
    assert (now["seat"], now["state"]) == (seat, "admitted")


@pytest.mark.timeout(180)
async def test_the_clients_network_changes(tmp_path: Path) -> None:
    with Line() as line:
        async with session_on(tmp_path, line) as session:
            guest = await session.admitted()
            (before,) = await session.seats()

            changed_at = time.monotonic()
            line.move(line.client, "10.88.0.12")
            await _sound_is_back(session, guest, "new address of the client", changed_at)
            await _same_seat(session, before["seat"])

            changed_at = time.monotonic()
            line.change_adapter(line.client, "10.88.0.13")
            await _sound_is_back(session, guest, "the client goes from Wi-Fi to mobile", changed_at)
            await _same_seat(session, before["seat"])


@pytest.mark.timeout(180)
async def test_the_counsellors_network_changes(tmp_path: Path) -> None:
    with LineWithDoor() as line:
        async with session_on(tmp_path, line) as session:
            door = line.open_door(urlsplit(session.link).port or 0)
            guest = await session.admitted()
            (before,) = await session.seats()

            changed_at = time.monotonic()
            line.move(line.counsellor, "10.88.0.21")
            door.lead_to("10.88.0.21")
            await _sound_is_back(session, guest, "new address of the counsellor", changed_at)
            await _same_seat(session, before["seat"])
            door.close()
