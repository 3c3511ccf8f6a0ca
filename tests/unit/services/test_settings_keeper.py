"""Changes of the settings: written elsewhere, one after the other, the newest wins; a disk that refuses is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.services.profile import Profile, ProfileError, Settings
from app.services.settings_keeper import SettingsKeeper
from app.services.tasks import Tasks
from tests.support.services import until


class SlowDisk(Profile):
    """Takes as long for a write as the test wants."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may_write = threading.Event()
        self.writers: list[int] = []

    def save(self, settings: Settings) -> None:
        self.writers.append(threading.get_ident())
        assert self.may_write.wait(10)
        super().save(settings)


@asynccontextmanager
async def keeping(profile: Profile) -> AsyncIterator[SettingsKeeper]:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    yield SettingsKeeper(profile, tasks)
    await tasks.close()
    assert crashes == []


async def test_what_was_changed_a_moment_ago_is_seen_before_it_lies_on_the_disk(tmp_path: Path) -> None:
    disk = SlowDisk(tmp_path)
    async with keeping(disk) as keeper:
        keeper.change(label="Jobcenter Nord")
        assert keeper.now().label == "Jobcenter Nord"
        await until(lambda: bool(disk.writers))
        assert keeper.now().label == "Jobcenter Nord"
        disk.may_write.set()
        await keeper.settle()
        assert keeper.now() == disk.peek()


async def test_the_loop_goes_on_while_the_disk_takes_its_time_and_the_newest_wins(tmp_path: Path) -> None:
    first, slow = Profile(tmp_path).load(), SlowDisk(tmp_path)
    async with keeping(slow) as keeper:
        keeper.change(self_view="top-left")
        await until(lambda: len(slow.writers) == 1)
        keeper.change(self_view="top-right", label="A")
        keeper.change(label="B")
        settled = asyncio.ensure_future(keeper.settle())
        await asyncio.sleep(0)
        assert not settled.done()
        assert len(slow.writers) == 1, "one at a time"
        assert Profile(tmp_path).load() == first
        slow.may_write.set()
        await settled
    kept = Profile(tmp_path).load()
    assert (kept.self_view, kept.label, kept.public_port) == ("top-right", "B", first.public_port)
    assert len(slow.writers) == 2
    assert threading.get_ident() not in slow.writers


async def test_a_disk_that_refuses_is_told_on_the_loop_and_the_next_change_may_succeed(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    before = profile.load()
    in_the_way = tmp_path / "settings.new"
    in_the_way.mkdir()
    async with keeping(profile) as keeper:
        refused: list[tuple[ProfileError, int]] = []
        keeper.refused.subscribe(lambda error: refused.append((error, threading.get_ident())))
        keeper.change(self_view="top-left")
        await keeper.settle()
        ((error, thread),) = refused
        assert (error.key, error.values) == ("app.profile.unwritable", {"folder": str(tmp_path)})
        assert thread == threading.get_ident()
        assert profile.load() == before
        in_the_way.rmdir()
        keeper.change(self_view="top-right")
        await keeper.settle()
        assert profile.load().self_view == "top-right"
        assert len(refused) == 1


async def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    slow = SlowDisk(tmp_path)
    async with keeping(slow) as keeper:
        await keeper.settle()
    assert slow.writers == []
