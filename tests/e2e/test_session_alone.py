"""A machine without any network connects to itself at once: nothing but the loopback is up (decision 0010)."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.netns import Alone
from tests.support.session import session_on


async def test_the_first_epoch_connects_where_only_the_loopback_is_up(tmp_path: Path) -> None:
    with Alone() as host:
        async with session_on(tmp_path, host) as session:
            guest = await session.admitted()
            assert (await guest.standing())["epoch"] == "1", "no second try was needed"
            began = time.monotonic()
            await guest.page.reload()
            await session.flowing(guest)
            print(f"loaded again and flowing after {time.monotonic() - began:.1f} s")
            assert (await guest.standing())["epoch"] == "2"
