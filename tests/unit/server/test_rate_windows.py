"""Windows of the rate limits: begun by the first hit, forgotten when they ran out, and never looked through by a hit."""

from __future__ import annotations

import time_machine
from limits import parse
from limits.aio.strategies import FixedWindowRateLimiter

from app.server.rate_limits import Pace
from app.server.rate_windows import TIDY_AT, Windows

NOW = 1_800_000_000
TWO = parse("2/10 second")


async def test_a_window_begins_with_its_first_hit_and_ends_for_itself() -> None:
    windows = Windows()
    limiter = FixedWindowRateLimiter(windows)
    with time_machine.travel(NOW, tick=False) as clock:
        assert [await limiter.hit(TWO, "a") for _ in range(3)] == [True, True, False]
        assert not await limiter.test(TWO, "a")
        assert (await limiter.get_window_stats(TWO, "a")).remaining == 0
        clock.shift(9)
        assert await limiter.hit(TWO, "b")
        assert not await limiter.hit(TWO, "a")
        clock.shift(1)
        assert await limiter.hit(TWO, "a")
        assert (await limiter.get_window_stats(TWO, "b")).remaining == 1


async def test_what_ran_out_is_thrown_away_and_what_stands_is_kept() -> None:
    windows = Windows()
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(TIDY_AT):
            await windows.incr(f"old{number}", 5)
        clock.shift(5)
        await windows.incr("new", 5)
        assert await windows.get("new") == 1
        assert await windows.reset() == 1
        assert await windows.get("new") == 0


async def test_one_may_be_forgiven() -> None:
    windows = Windows()
    await windows.incr("a", 60, 3)
    await windows.clear("a")
    await windows.clear("nobody")
    assert await windows.get("a") == 0
    assert await windows.check()


def test_the_pace_of_a_connection() -> None:
    pace = Pace(2, 3600.0)
    assert [pace.hit() for _ in range(4)] == [True, True, False, False]
    short = Pace(1, 0.0)
    assert [short.hit() for _ in range(3)] == [True, True, True]
